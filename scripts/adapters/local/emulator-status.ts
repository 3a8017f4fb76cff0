import { readFile } from 'node:fs/promises'
import path from 'node:path'
import * as z from 'zod'
import { DeployError } from '../../errors.js'
import type { EmulatorState } from '../../ports.js'
import { getBytes } from '../http.js'

/** What the launcher says of itself; a stranger on the port says something else. */
const statusSchema = z.object({
  service: z.literal('rawscribe-local-aws'),
  ministack: z.string(),
  python: z.string(),
  pid: z.number(),
  port: z.number(),
  dir: z.string(),
  startedAt: z.number(),
  notices: z.array(z.string()),
  stackNames: z.array(z.string()),
  state: z.object({ problem: z.string() }),
})

const holderSchema = z.object({ pid: z.number().int().positive(), port: z.number().int().positive() })

/** The process that the folder's note names, living or not. */
export async function lastHolder(folder: string): Promise<z.infer<typeof holderSchema> | undefined> {
  try {
    return holderSchema.parse(JSON.parse(await readFile(path.join(folder, 'holder.json'), 'utf8')))
  } catch {
    return undefined
  }
}

/**
 * The local AWS that works in a folder, undefined when none does. A busy machine makes it slow: silence is not taken
 * for absence, or its folder would be removed, or started in once more, under a living process. Throws ToolFailed then.
 */
export async function askEmulator(folder: string, patienceMs: number): Promise<EmulatorState | undefined> {
  const holder = await lastHolder(folder)
  if (holder === undefined || !isAlive(holder.pid)) return undefined
  const signal = AbortSignal.timeout(patienceMs)
  try {
    const { body } = await getBytes(`http://127.0.0.1:${holder.port}/_rawscribe/status`, signal)
    return stateFrom(JSON.parse(body.toString('utf8')), folder)
  } catch {
    if (!signal.aborted) return undefined
    throw new DeployError('ToolFailed', `the local AWS (process ${holder.pid}, port ${holder.port}) does not answer`, {
      hint: `kill -9 ${holder.pid}, then make local-start: what it answered to until some seconds ago is kept`,
    })
  }
}

function stateFrom(answer: unknown, folder: string): EmulatorState | undefined {
  const { success, data } = statusSchema.safeParse(answer)
  if (!success || path.resolve(data.dir) !== path.resolve(folder)) return undefined
  return {
    endpoint: `http://127.0.0.1:${data.port}`,
    port: data.port,
    pid: data.pid,
    startedAt: new Date(data.startedAt * 1000).toISOString(),
    version: data.ministack,
    python: data.python,
    notices: data.notices,
    problem: data.state.problem,
    stacks: data.stackNames,
  }
}

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}
