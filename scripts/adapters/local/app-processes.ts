import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { exclusively } from '../../../infra/bootstrap/exclusive.mjs'
import { DeployError } from '../../errors.js'
import type { AppPart, AppProcess, AppProcesses, Clock } from '../../ports.js'
import { answers } from '../http.js'
import { startInBackground } from '../processes.js'
import { canListen } from './free-port.js'

const readyWithinMs = 30_000
const endsWithinMs = 10_000
const pollMs = 50
const answerMs = 2_000

/** What was started, and when its process began: a number alone may be another's by now. */
interface Holder extends AppProcess {
  born: string
}

/** What ps prints about these words. */
type Ps = (args: readonly string[]) => Promise<string>

/** Backend and page on this machine: a record and a log for each in `folder`. */
export function makeAppProcesses(folder: string, clock: Clock, ps: Ps): AppProcesses {
  /** When a process began; undefined when there is none. */
  const bornOf = async (pid: number): Promise<string | undefined> => {
    const said = await ps(['-o', 'lstart=,stat=', '-p', String(pid)])
    const [, born, state] = /^(.*\S)\s+(\S+)$/.exec(said.trim()) ?? []
    // One that has ended and that nobody has asked about yet is none.
    return state?.startsWith('Z') === true ? undefined : born
  }
  const recordOf = (part: AppPart): string => path.join(folder, `${part}.json`)
  const running = async (part: AppPart): Promise<Holder | undefined> => {
    const text = await readFile(recordOf(part), 'utf8').catch(() => undefined)
    const holder = text === undefined ? undefined : (JSON.parse(text) as Holder)
    return holder !== undefined && (await bornOf(holder.pid)) === holder.born ? holder : undefined
  }
  const until = (ms: number, done: () => Promise<boolean>): Promise<boolean> => waitFor(ms, done, clock)
  const end = async (pid: number, born: string): Promise<void> => {
    const isGone = async (): Promise<boolean> => (await bornOf(pid)) !== born
    if (await isGone()) return
    process.kill(pid, 'SIGTERM')
    if (await until(endsWithinMs, isGone)) return
    process.kill(pid, 'SIGKILL')
    await until(endsWithinMs, isGone)
  }
  return {
    running,
    start: (part, target, preferredPort, commandOf) =>
      exclusively(path.join(folder, `${part}.lock`), async () => {
        const present = await running(part)
        if (present !== undefined) return { ...present, fresh: false }
        await mkdir(folder, { recursive: true, mode: 0o700 })
        const port = (await canListen(preferredPort)) ?? (await canListen(0)) ?? preferredPort
        const url = `http://127.0.0.1:${port}`
        const log = path.join(folder, `${part}.log`)
        const child = startInBackground(commandOf(port), log)
        const born = child.pid === undefined ? undefined : await bornOf(child.pid)
        if (child.pid !== undefined && born !== undefined) {
          const holder: Holder = { pid: child.pid, born, url, target }
          await writeFile(recordOf(part), JSON.stringify(holder))
          const answered = await until(
            readyWithinMs,
            async () => child.ended() !== undefined || (await answers(url, AbortSignal.timeout(answerMs))),
          )
          if (answered && child.ended() === undefined) return { ...holder, fresh: true }
          await end(child.pid, born)
          await rm(recordOf(part), { force: true })
        }
        const lines = (await readFile(log, 'utf8').catch(() => '')).trim().split('\n').slice(-3)
        throw new DeployError('ToolFailed', `the local ${part} did not start at ${url}`, {
          facts: lines.map((text, i) => ({ label: i === 0 ? 'Log' : '', text })),
          hint: `its whole log is ${log}; mend that, then the same command again`,
        })
      }),
    stop: (part) =>
      exclusively(path.join(folder, `${part}.lock`), async () => {
        const present = await running(part)
        if (present !== undefined) await end(present.pid, present.born)
        await rm(recordOf(part), { force: true })
        return present
      }),
  }
}

async function waitFor(ms: number, done: () => Promise<boolean>, clock: Clock): Promise<boolean> {
  const deadline = clock.now().getTime() + ms
  while (!(await done())) {
    if (clock.now().getTime() > deadline) return false
    await clock.sleep(pollMs)
  }
  return true
}
