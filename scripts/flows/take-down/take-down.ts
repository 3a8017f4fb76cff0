import { isEmpty } from '../../core/contents.js'
import { DeployError } from '../../errors.js'
import type { Step } from '../../report/report.js'
import { confirmTakeDown } from '../confirm.js'
import type { TargetContext } from '../context.js'
import { recordDeed, recordFailedDeed } from '../ledger/record-beside.js'
import { type Part, type Remains, countAgain, countRemains } from './remains.js'
import { forgetLock, forgetShift, removeBuckets, removeLogGroups, removeReleases, removeStack } from './remove-parts.js'
import { removePool, removeUsers } from './remove-pool.js'
import { leavesBuckets, linesOfRemains, sentenceOfRemains } from './show-remains.js'
import { whileOurs } from '../lock/target-lock.js'
import { verifyNothingLost, verifyPoolUnused } from './verify-take-down.js'

export interface TakeDownOutcome {
  kind: 'taken-down' | 'nothing-there'
  remains: Remains
  /** What was removed, in one sentence; empty when nothing was there. */
  removed: string
}

/**
 * Takes parts of one target down, and nothing of any other: what goes is counted, shown and confirmed first. What a run
 * that was stopped has left, the next one removes. In prod only the stack can go; its data cannot.
 */
export async function takeDown(parts: readonly Part[], context: TargetContext): Promise<TakeDownOutcome> {
  verifyAllowed(parts, context)
  const outcome = await whileOurs(context, (ours) => takeDownOurs(parts, ours))
  if (parts.includes('releases')) await forgetLock(context)
  return outcome
}

function verifyAllowed(parts: readonly Part[], { target, command }: TargetContext): void {
  if (target.env !== 'prod' || parts.every((part) => part === 'stack')) return
  throw new DeployError('Refused', `${command} is blocked in prod: nothing was changed`, {
    hint: `there is no switch for it: make check-rs ENV=prod ORG=${target.org} shows what there is; rs-teardown deletes the stack and keeps all data`,
  })
}

async function takeDownOurs(parts: readonly Part[], context: TargetContext): Promise<TakeDownOutcome> {
  const { report } = context
  const remains = await report.step('Count', async (step) => {
    const found = await countRemains(parts, step, context)
    verifyNothingLost(parts, found, context)
    verifyPoolUnused(parts, found, context)
    for (const { mark, text } of linesOfRemains(parts, found)) step.line(mark, text)
    step.say(isNothing(parts, found) ? 'nothing of it is there (any more)' : sentenceOfRemains(parts, found))
    return found
  })
  if (isNothing(parts, remains)) return { kind: 'nothing-there', remains, removed: '' }
  const removed = sentenceOfRemains(parts, remains)
  await confirmTakeDown(`removing ${removed}`, context)
  // Data may have come in while somebody thought about it.
  verifyNothingLost(parts, await countAgain(remains, context), context)
  const stack = remains.stack?.stack
  try {
    await remove(parts, remains, context)
  } catch (error) {
    await recordFailedDeed({ removed }, error, stack, context)
    throw error
  }
  // Where all releases go too, there is no history to tell it in.
  if (!parts.includes('releases')) await recordDeed({ removed }, stack, context)
  return { kind: 'taken-down', remains, removed }
}

async function remove(parts: readonly Part[], remains: Remains, context: TargetContext): Promise<void> {
  const run = async (part: Part, title: string, work: (step: Step) => Promise<void>): Promise<void> => {
    if (parts.includes(part)) await context.report.step(title, work)
  }
  await run('stack', 'Stack', (step) => removeStack(remains, step, context))
  if (parts.includes('stack')) await forgetShift(context)
  await run('buckets', 'Buckets', (step) => removeBuckets(remains, leavesBuckets(parts, remains), step, context))
  await run('users', 'Users', (step) => removeUsers(remains.pool, step, context))
  await run('pool', 'User pool', (step) => removePool(remains.pool, step, context))
  await run('logs', 'Logs', (step) => removeLogGroups(remains, step, context))
  await run('releases', 'Releases', (step) => removeReleases(step, context))
}

function isNothing(parts: readonly Part[], remains: Remains): boolean {
  const { stack, buckets, pool, logGroups, releases } = remains
  const found: Record<Part, boolean> = {
    stack: stack !== undefined,
    buckets: buckets.length > 0,
    users: (pool?.users.length ?? 0) > 0,
    pool: pool !== undefined,
    logs: logGroups.length > 0,
    releases: !isEmpty(releases),
  }
  return !parts.some((part) => found[part])
}
