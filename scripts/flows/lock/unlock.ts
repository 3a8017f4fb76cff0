import { describeAge } from '../../core/age.js'
import { describeLock, isStale, lockText, readLockText, writelessAfterMs } from '../../core/lock.js'
import { ledgerKeys } from '../../core/names.js'
import { DeployError } from '../../errors.js'
import type { Step } from '../../report/report.js'
import { confirmUnlock } from '../confirm.js'
import type { TargetContext } from '../context.js'
import { type Found, pollMs, readLock } from './target-lock.js'

const deadlineMs = 60 * 60_000

/**
 * Removes the lock of a target. One of a person, of a dead run, or one that cannot be read, goes at once. A run that
 * gives signs of life is asked for it, once that is confirmed: it goes when that run has said that it writes nothing
 * more, or has been silent for so long that it cannot.
 */
export async function unlock(context: TargetContext): Promise<void> {
  const { report, ports, names } = context
  const key = ledgerKeys.lock(names.stack)
  const object = await ports.buckets.readDated(names.deploymentsBucket, key)
  if (object === undefined) return report.emit({ type: 'note', text: 'it is not locked' })
  const lock = readLockText(object.text)
  const found: Found | undefined = lock && { lock, object }
  const mayLive = found !== undefined && !found.lock.manual && !isDead(found)
  if (mayLive) {
    const sign = describeAge(found.object.modifiedAt.toISOString(), found.object.serverNow)
    await confirmUnlock(`${describeLock(found.lock)}, whose last sign of life is ${sign} old`, context)
  }
  await report.step('Unlock', async (step) => {
    if (mayLive) return step.say(await takeBack(found, step, context))
    if (!(await ports.buckets.removeIf(names.deploymentsBucket, key, object.etag))) throw changedMeanwhile()
    step.say(found === undefined ? 'removed, it could not be read' : `was held by ${describeLock(found.lock)}`)
  })
}

function isDead({ lock, object: { modifiedAt, serverNow } }: Found): boolean {
  return isStale(lock, modifiedAt, serverNow)
}

/** Asks its holder for the lock, and waits for the answer. Returns how it ended, in words. */
async function takeBack(found: Found, step: Step, context: TargetContext): Promise<string> {
  const { ports, names, who, signal, cloud } = context
  const [bucket, key] = [names.deploymentsBucket, ledgerKeys.lock(names.stack)]
  const { lock, object } = found
  const asked = await ports.buckets.replace(bucket, key, lockText({ ...lock, askedBackBy: who }), object.etag)
  if (asked === undefined) throw changedMeanwhile()
  const holder = describeLock(lock)
  let etag = asked
  let lastSignAt = object.modifiedAt
  const begunAt = ports.clock.now().getTime()
  for (;;) {
    const now = await readLock(context)
    if (now?.lock.nonce !== lock.nonce) return `${holder} has given it back`
    if (now.object.etag !== etag) [etag, lastSignAt] = [now.object.etag, now.object.modifiedAt]
    const silentMs = now.object.serverNow.getTime() - lastSignAt.getTime()
    if (silentMs >= writelessAfterMs) {
      if (await ports.buckets.removeIf(bucket, key, etag)) return `${holder} gave no sign of life any more`
      continue
    }
    if (ports.clock.now().getTime() - begunAt > deadlineMs) throw stillWriting(holder)
    const left = Math.ceil((writelessAfterMs - silentMs) / 1000)
    step.progress(`its run ends what it is writing, or is given up in ${left} s`)
    await ports.clock.sleep(cloud.kind === 'aws' ? pollMs.aws : pollMs.local, signal)
  }
}

function changedMeanwhile(): DeployError {
  return new DeployError('Refused', 'its holder renewed it at the same moment', { hint: 'the same command again' })
}

function stillWriting(holder: string): DeployError {
  return new DeployError('Refused', `${holder} is still ending what it began to write`, {
    hint: 'it gives the lock back by itself; end its process where it runs, then the same command again',
  })
}
