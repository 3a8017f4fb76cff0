import { type Lock, doubtfulAfterMs, heartbeatEveryMs, lockText, readLockText } from '../../core/lock.js'
import { DeployError } from '../../errors.js'
import type { Ports } from '../../ports.js'
import type { Guard } from './guard-writes.js'

export interface HeldLock {
  /** Does a write; throws Refused, and does not, once the lock is, or may be, somebody else's, or is asked back. */
  whileHeld: Guard
  /** Whether it was waited for: what was read before may be out of date. */
  waited: boolean
  release(): Promise<void>
}

export interface Holding {
  bucket: string
  key: string
  etag: string
  mine: Lock
  /** When the renewal (or the taking) was asked for that S3 has confirmed last. */
  renewedAt: Date
  waited: boolean
}

/** Renews the lock in the background until it is released, lost, or given back to whoever asks for it. */
export function holdLock({ bucket, key, waited, ...taken }: Holding, { buckets, clock }: Ports): HeldLock {
  const ended = new AbortController()
  let { etag, renewedAt, mine } = taken
  let lost = false
  let writing = 0
  const renew = async (): Promise<void> => {
    const askedAt = clock.now()
    const renewed = (await buckets.replace(bucket, key, lockText(mine), etag)) ?? (await etagIfOurs())
    lost ||= renewed === undefined
    if (renewed !== undefined) [etag, renewedAt] = [renewed, askedAt]
  }
  /** Not as we left it: after a lost answer by a renewal of ours, or because it is asked back. */
  const etagIfOurs = async (): Promise<string | undefined> => {
    const object = await buckets.readDated(bucket, key)
    const now = object && readLockText(object.text)
    if (object === undefined || now?.nonce !== mine.nonce) return undefined
    mine = now
    return object.etag
  }
  const giveBack = async (): Promise<void> => {
    if (lost || (await buckets.removeIf(bucket, key, etag))) return
    const now = await etagIfOurs()
    if (now !== undefined) await buckets.removeIf(bucket, key, now)
  }
  const beat = async (): Promise<void> => {
    while (!lost) {
      await clock.sleep(heartbeatEveryMs, ended.signal)
      // No answer is no proof of a loss: the next beat tells, and before a write it is asked again.
      await renew().catch(() => undefined)
      // What was begun is ended first: whoever waits for the lock sees it renewed until then.
      if (!lost && mine.askedBackBy !== undefined && writing === 0) {
        await giveBack().catch(() => undefined)
        lost = true
      }
    }
  }
  const beating = beat().catch(() => undefined)
  const verifyHeld = async (): Promise<void> => {
    // After a sleep of the machine, or without a network, no beat has told yet that somebody took over.
    const silentMs = clock.now().getTime() - renewedAt.getTime()
    if (!lost && silentMs >= doubtfulAfterMs) await renew().catch(rejectUncertain)
    if (mine.askedBackBy !== undefined)
      throw lostLock(`${mine.askedBackBy} took the lock away from this run (rs-unlock)`)
    if (lost) throw lostLock('this run lost its lock to another one')
  }
  return {
    waited,
    async whileHeld(write) {
      // Counted before it is verified: between the two the lock must not be given back.
      writing += 1
      try {
        await verifyHeld()
        return await write()
      } finally {
        writing -= 1
      }
    },
    async release() {
      ended.abort()
      await beating
      await giveBack()
    },
  }
}

function rejectUncertain(cause: unknown): never {
  throw lostLock('this run could not renew its lock for too long, and another one may have taken it', cause)
}

function lostLock(what: string, cause?: unknown): DeployError {
  return new DeployError('Refused', `${what}: it stops before it writes anything more`, {
    cause,
    hint: 'the same command again waits for the other run and continues',
  })
}
