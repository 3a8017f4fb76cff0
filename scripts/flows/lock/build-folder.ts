import path from 'node:path'
import { DeployError } from '../../errors.js'
import type { TargetContext } from '../context.js'
import { longerWait, readLockWait } from './target-lock.js'

/**
 * Does `work` while no other run of this checkout builds into the target's folder, or reads its zips: to the end of a run,
 * which may yet update a function with them. Others wait, as they would for the target. `waited` tells that another run
 * was in between.
 */
export async function withBuildFolder<T>(context: TargetContext, work: (waited: boolean) => Promise<T>): Promise<T> {
  const { ports, names, report, signal } = context
  const mostMs = readLockWait(context)
  const file = path.join(names.buildFolder, 'lock')
  let waited = false
  return ports.files.exclusively(file, () => work(waited), {
    onWait: (pid) => {
      waited = true
      const most = `at most ${Math.ceil(mostMs / 1000)} s (LOCK_WAIT)`
      report.emit({
        type: 'note',
        text: `process ${pid} is working in ${names.buildFolder}; waiting for it, ${most} …`,
      })
    },
    mostMs,
    signal,
    tooLong: (pid) =>
      new DeployError('Refused', `process ${pid ?? '(unknown)'} is still working in ${names.buildFolder}`, {
        hint: `wait for it to end and try again, or ${longerWait(mostMs)} to wait longer; where there is no such process, delete ${file}`,
      }),
  })
}
