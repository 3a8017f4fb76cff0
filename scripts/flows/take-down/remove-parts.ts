import { counted } from '../../core/contents.js'
import { ledgerKeys } from '../../core/names.js'
import { DeployError } from '../../errors.js'
import type { VersionPlace } from '../../ports.js'
import type { Step } from '../../report/report.js'
import type { TargetContext } from '../context.js'
import { deleteStack } from '../stack/delete-stack.js'
import { emptyBucket } from './empty-bucket.js'
import type { Remains } from './remains.js'
import { liftPoolProtection } from './remove-pool.js'

/** Deletes the stack. Data that it takes with it (an older template keeps nothing) is emptied first, or it would fail. */
export async function removeStack(
  { stack, buckets, pool }: Remains,
  step: Step,
  context: TargetContext,
): Promise<void> {
  if (stack === undefined) return step.skip('there is none (any more)')
  const lost = new Set(stack.losing.map(({ physicalId }) => physicalId))
  for (const { name } of buckets) if (lost.has(name)) await emptyTold(name, step, context)
  if (pool !== undefined && lost.has(pool.id) && pool.view.protected) await liftPoolProtection(pool.id, step, context)
  await deleteStack(stack.stack, stack.goes.length, step, context)
  step.say(`${counted(stack.goes.length, 'resource')} deleted`)
}

/** Empties the buckets and, unless a stack stands on them, removes them. */
export async function removeBuckets(
  { buckets }: Remains,
  stay: boolean,
  step: Step,
  context: TargetContext,
): Promise<void> {
  if (buckets.length === 0) return step.skip('there is none (any more)')
  for (const { name } of buckets) {
    await emptyTold(name, step, context)
    if (stay) continue
    if (!(await context.ports.buckets.removeBucket(name))) {
      throw new DeployError('AwsFailed', `something still writes into ${name}: it is emptied, and not empty`, {
        hint: 'stop what writes into it, then the same command again',
      })
    }
  }
  step.say(`${counted(buckets.length, 'bucket')} ${stay ? 'emptied' : 'emptied and removed'}`)
}

async function emptyTold(bucket: string, step: Step, context: TargetContext): Promise<void> {
  await emptyBucket(bucket, '', (removed) => step.progress(`${bucket}: ${removed} removed`), context)
}

export async function removeLogGroups({ logGroups }: Remains, step: Step, { ports }: TargetContext): Promise<void> {
  const removed: string[] = []
  for (const name of logGroups) {
    if (!(await ports.logs.hasGroup(name))) continue
    await ports.logs.removeGroup(name)
    removed.push(name)
  }
  if (removed.length === 0) step.skip('none is left')
  else step.say(`${counted(removed.length, 'log group')} removed`)
}

/** The target's part of the deployments bucket; everybody else's is below another prefix. */
export async function removeReleases(step: Step, context: TargetContext): Promise<void> {
  const { names } = context
  const prefix = ledgerKeys.all(names.stack)
  const tell = (removed: number): void => step.progress(`${removed} removed`)
  const removed = await emptyBucket(names.deploymentsBucket, prefix, tell, context)
  if (removed === 0) step.skip('there is none (any more)')
  else step.say(`releases and artifacts removed from ${names.deploymentsBucket}`)
}

/** Removes the journal of a shift that its run left half way: the functions that it moved are gone. */
export async function forgetShift(context: TargetContext): Promise<void> {
  const { deploymentsBucket, stack } = context.names
  await emptyBucket(deploymentsBucket, ledgerKeys.shift(stack), () => undefined, context)
}

/**
 * Removes what former locks left in the versioned bucket. The markers go last: without them an old lock would be the
 * newest version. One that somebody has taken by now is neither, and stays.
 */
export async function forgetLock({ ports, names }: TargetContext): Promise<void> {
  const key = ledgerKeys.lock(names.stack)
  const { versions, next } = await ports.buckets.versions(names.deploymentsBucket, key)
  // More than a page of them: the bucket's own rule removes them in a day.
  if (next !== undefined) return
  const ended = versions.filter((one) => one.key === key && (one.deleteMarker || !one.latest))
  const inOrder = [ended.filter(({ deleteMarker }) => !deleteMarker), ended.filter(({ deleteMarker }) => deleteMarker)]
  for (const some of inOrder as VersionPlace[][]) {
    if (some.length > 0) await ports.buckets.removeVersions(names.deploymentsBucket, some)
  }
}
