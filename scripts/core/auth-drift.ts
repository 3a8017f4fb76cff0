import { type Project, ourParameters } from './project.js'
import type { Receipt } from './receipt.js'

/** Where the stack guards its API otherwise than the last good release did: what to shout, and what puts it back. */
export function authDrift(
  live: Receipt | undefined,
  parameters: Readonly<Record<string, string>> | undefined,
  project: Project,
): { text: string; command: string } | undefined {
  const had = ourParameters(live?.inputs.parameters ?? {}, project)['EnableAuth']
  const has = ourParameters(parameters ?? {}, project)['EnableAuth']
  if (live === undefined || had === undefined || has === undefined || had === has) return undefined
  const open = has === 'false' ? ': the API may be open to everybody' : ''
  return {
    text: `ENABLE_AUTH is ${has} now, the last good release (${live.release}) had ${had}${open}`,
    command: `ENABLE_AUTH=${had}`,
  }
}
