import { createInterface } from 'node:readline/promises'
import { Writable } from 'node:stream'
import { DeployError } from '../errors.js'
import type { Prompts } from '../ports.js'

/** What a question is asked with; the signal ends it when the run is stopped. */
export interface Terminal {
  input: NodeJS.ReadableStream
  output: NodeJS.WritableStream
  interactive: boolean
  signal: AbortSignal
}

/**
 * Questions at a terminal; `interactive` is false where nobody can answer (CI, pipes, JSON). Ctrl-C and Ctrl-D at the
 * question decline it, so that the run can still put away what it has prepared (zx's question would end the process).
 */
export function makePrompts(terminal: Terminal): Prompts {
  return {
    interactive: terminal.interactive,
    ask: (text) => ask(text, terminal),
    async askHidden(text) {
      // readline echoes what is typed to its output, so it is given one that shows nothing.
      const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() })
      terminal.output.write(text)
      try {
        return await ask('', { ...terminal, output: nowhere })
      } finally {
        terminal.output.write('\n')
      }
    },
  }
}

async function ask(text: string, { input, output, interactive, signal }: Terminal): Promise<string> {
  const terminal = createInterface({ input, output, terminal: interactive })
  const left = new AbortController()
  for (const event of ['close', 'SIGINT'] as const) terminal.once(event, () => left.abort())
  try {
    return await terminal.question(text, { signal: AbortSignal.any([signal, left.signal]) })
  } catch {
    throw new DeployError('Declined', 'the question was left unanswered: nothing was changed', {
      hint: 'the same command again, and answer it',
    })
  } finally {
    terminal.close()
  }
}
