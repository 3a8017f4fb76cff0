import { randomUUID } from 'node:crypto'
import { type Lock, describeLock, isStale, lockText, readLockText } from '../../core/lock.js'
import { ledgerKeys } from '../../core/names.js'
import { endingsOf } from '../../core/shift-endings.js'
import { describeShift } from '../../core/shift.js'
import { DeployError, messageOf } from '../../errors.js'
import type { DatedObject } from '../../ports.js'
import type { Step } from '../../report/report.js'
import type { TargetContext } from '../context.js'
import { readShift } from '../shift/shift-journal.js'
import { guardWrites } from './guard-writes.js'
import { type HeldLock, holdLock } from './hold-lock.js'

export const pollMs = { aws: 5_000, local: 500 }
const longestWaitMs = 60 * 60_000

export interface Found {
  lock: Lock
  object: DatedObject
}

/**
 * Does `work` while the target is ours. What it is handed is guarded: once the lock is somebody else's, the next write is
 * refused. `waited` tells that another run was in between: what was read before may be out of date.
 */
export async function withTargetLock<T>(
  context: TargetContext,
  work: (locked: TargetContext, waited: boolean) => Promise<T>,
): Promise<T> {
  const lock = await context.report.step('Lock', (step) => takeLock(step, context))
  try {
    const ports = guardWrites(context.ports, lock.whileHeld)
    return await work({ ...context, ports, unguarded: context.ports }, lock.waited)
  } finally {
    await lock.release().catch((error: unknown) => {
      // What was done is done: a lock that stays must neither turn that into a failure nor hide why it failed.
      const why = messageOf(error)
      context.report.emit({
        type: 'warning',
        text: `the lock could not be released: ${why}`,
        hint: 'the next run takes it over once it has been silent for a minute',
      })
    })
  }
}

/** Where nothing was ever deployed there is no deployments bucket, and so nobody to keep away. */
export async function whileOurs<T>(context: TargetContext, work: (ours: TargetContext) => Promise<T>): Promise<T> {
  const { ports, names } = context
  if ((await ports.buckets.presence(names.deploymentsBucket)) === 'absent') return work(context)
  return withTargetLock(context, work)
}

/** Takes the target's lock; waits while another run holds it, refuses at once while a person does. */
async function takeLock(step: Step, context: TargetContext): Promise<HeldLock> {
  const { ports, names, signal } = context
  const [bucket, key] = [names.deploymentsBucket, ledgerKeys.lock(names.stack)]
  const mine = newLock(context, false)
  const deadline = ports.clock.now().getTime() + readLockWait(context)
  let told = false
  for (;;) {
    const askedAt = ports.clock.now()
    const etag = await tryTake(mine, context)
    if (etag !== undefined) {
      if (told) step.say('taken after waiting')
      else step.skip('free')
      return holdLock({ bucket, key, etag, mine, renewedAt: askedAt, waited: told }, ports)
    }
    const found = await readLock(context)
    if (found === undefined) continue
    if (found.lock.manual) throw lockedByPerson(found.lock, context)
    if (isStale(found.lock, found.object.modifiedAt, found.object.serverNow)) {
      step.line('plain', `taking over from ${describeLock(found.lock)}, which gave no sign of life`)
      await ports.buckets.removeIf(bucket, key, found.object.etag)
      continue
    }
    if (!told) await tellWhom(found.lock, step, context)
    told = true
    const leftMs = deadline - ports.clock.now().getTime()
    if (leftMs <= 0) throw waitedTooLong(found.lock, context)
    step.progress(`waiting, at most ${Math.ceil(leftMs / 1000)} s more (LOCK_WAIT)`)
    await ports.clock.sleep(Math.min(leftMs, context.cloud.kind === 'aws' ? pollMs.aws : pollMs.local), signal)
  }
}

/** Whom the run waits for; where that one moves requests step by step, how it can be ended sooner. */
async function tellWhom(lock: Lock, step: Step, context: TargetContext): Promise<void> {
  step.line('plain', `waiting for ${describeLock(lock)}`)
  const shifting = await readShift(context).catch(() => undefined)
  if (shifting === undefined) return
  const { finish, abort } = endingsOf(context.target)
  step.line('plain', `${describeShift(shifting.shift)}; ${finish} or ${abort} ends that`)
}

/** The lock of the target, or undefined. A lock that cannot be read counts as a person's: nobody passes it by accident. */
export async function readLock({ ports, names, target }: TargetContext): Promise<Found | undefined> {
  const key = ledgerKeys.lock(names.stack)
  const object = await ports.buckets.readDated(names.deploymentsBucket, key)
  if (object === undefined) return undefined
  const lock = readLockText(object.text)
  if (lock !== undefined) return { lock, object }
  throw new DeployError('StackState', `the lock s3://${names.deploymentsBucket}/${key} cannot be read`, {
    hint: `look at it, then make rs-unlock ENV=${target.env} ORG=${target.org}`,
  })
}

export function newLock(context: TargetContext, manual: boolean, why?: string): Lock {
  const { who, command, pid, ciRun, ports } = context
  return {
    format: 1,
    nonce: randomUUID(),
    holder: who,
    pid,
    ...(ciRun === undefined ? {} : { run: ciRun }),
    command,
    ...(why === undefined ? {} : { why }),
    since: ports.clock.now().toISOString(),
    manual,
  }
}

/** The ETag of our lock when the target is ours now. After a lost answer "taken" may mean taken by ourselves. */
export async function tryTake(mine: Lock, { ports, names }: TargetContext): Promise<string | undefined> {
  const key = ledgerKeys.lock(names.stack)
  const etag = await ports.buckets.putNew(names.deploymentsBucket, key, lockText(mine))
  if (etag !== undefined) return etag
  const object = await ports.buckets.readDated(names.deploymentsBucket, key)
  return object?.text.includes(mine.nonce) === true ? object.etag : undefined
}

/** LOCK_WAIT in milliseconds. Throws Usage; asked for before anything is written. */
export function readLockWait({ inputs }: TargetContext): number {
  if (inputs.LOCK_WAIT === undefined) return longestWaitMs
  if (/^\d{1,6}$/.test(inputs.LOCK_WAIT)) return Number(inputs.LOCK_WAIT) * 1000
  throw new DeployError('Usage', `LOCK_WAIT=${inputs.LOCK_WAIT} is not a whole number of seconds`, {
    hint: 'LOCK_WAIT=600',
  })
}

function lockedByPerson(lock: Lock, { target }: TargetContext): DeployError {
  return new DeployError('Refused', `${target.env}/${target.org} is locked by ${describeLock(lock)}`, {
    hint: `make rs-unlock ENV=${target.env} ORG=${target.org}, once its holder agrees`,
  })
}

/** More than was waited now: `LOCK_WAIT=7200`. */
export function longerWait(mostMs: number): string {
  return `LOCK_WAIT=${Math.max(longestWaitMs, 2 * mostMs) / 1000}`
}

function waitedTooLong(lock: Lock, context: TargetContext): DeployError {
  const { env, org } = context.target
  return new DeployError('Refused', `${env}/${org} is still held by ${describeLock(lock)}`, {
    hint: `wait for it to end and try again, or ${longerWait(readLockWait(context))} to wait longer`,
  })
}
