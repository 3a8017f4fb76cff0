import { commandFor } from './next-command.js'
import type { Target } from './target.js'

/** How the two commands are called where an error names both. */
export const endingLabels = { finish: 'Finish', abort: 'Abort' } as const

/** The two commands that end a shift, from anywhere; `facts`: both, as an error names them. */
export function endingsOf(target: Target): {
  finish: string
  abort: string
  facts: { label: string; text: string }[]
} {
  const [finish, abort] = [commandFor('rs-shift-finish', target), commandFor('rs-shift-abort', target)]
  const facts = [
    { label: endingLabels.finish, text: finish },
    { label: endingLabels.abort, text: abort },
  ]
  return { finish, abort, facts }
}
