import { randomUUID } from 'node:crypto'
import { type TemplateBucket, importTemplate } from '../../core/bucket-adoption.js'
import { type Contents, counted, describeContents } from '../../core/contents.js'
import { stackStates } from '../../core/stack-state.js'
import { parseTemplate, writeTemplate } from '../../core/template.js'
import { DeployError } from '../../errors.js'
import type { ChangeSet, Stack } from '../../ports.js'
import type { Step } from '../../report/report.js'
import { type Adoptable, type AdoptedBucket, findAdoptable } from './adoptable-buckets.js'
import { confirmTyped } from '../confirm.js'
import type { TargetContext } from '../context.js'
import { recordDeed, recordFailedDeed } from '../ledger/record-beside.js'
import { dropPlan, ownSetPrefix } from '../stack/drop-change-sets.js'
import { measureContents } from '../take-down/empty-bucket.js'
import { stackFailure } from '../stack/find-cause.js'
import { awaitSet, uploadTemplate } from '../stack/nested-change-set.js'
import { trespassRefusal } from '../stack/judge-changes.js'
import { dropPlanOrTell } from '../stack/plan-changes.js'
import { ensureDeploymentsBucket } from '../stack/prepare-account.js'
import { processedTemplate, surroundingsOf } from '../stack/stack-changes.js'
import { withTargetLock } from '../lock/target-lock.js'
import { watchStack } from '../stack/watch-stack.js'

export type AdoptOutcome =
  | { kind: 'nothing'; missing: string[] }
  | { kind: 'adopted'; stack: Stack; buckets: AdoptedBucket[]; missing: string[] }

/**
 * Brings the target's buckets that exist outside its stack under its management, with all that is in them, and changes
 * nothing else. Where there is no stack the import makes one that the next deployment completes.
 */
export async function adoptBuckets(context: TargetContext): Promise<AdoptOutcome> {
  const { report } = context
  const first = await report.step('Check', (step) => findAdoptable(step, context))
  if (first.buckets.length === 0) return { kind: 'nothing', missing: first.missing }
  await report.step('Account', async (step) => {
    const made = await ensureDeploymentsBucket(context)
    if (made.length === 0) return step.skip('the deployments bucket is there')
    step.say(made.join(', '))
  })
  return withTargetLock(context, async (locked) => {
    // Between the first look and the lock another run may have come and gone.
    const found = await report.step('Check again', (step) => findAdoptable(step, locked))
    if (found.buckets.length === 0) return { kind: 'nothing', missing: found.missing }
    const what = `handing ${counted(found.buckets.length, 'bucket')} to the stack ${locked.names.stack}`
    await confirmTyped({ what, yesSkips: locked.target.env !== 'prod' }, locked)
    const set = await prepareImport(found, locked)
    const stack = await takeOver(set, found, locked)
    return { kind: 'adopted', stack, buckets: found.buckets, missing: found.missing }
  })
}

/** The import, its proof, and its receipt, however it ends. */
async function takeOver(set: ChangeSet, found: Adoptable, context: TargetContext): Promise<Stack> {
  const { report, ports, names } = context
  const deed = {
    adopted: found.buckets.map(({ name, contents }) => `${name} (${describeContents(contents)})`).join(', '),
  }
  try {
    const stack = await report.step('Import', (step) => runImport(set, step, context))
    await report.step('Verify', (step) => verifyAdopted(stack, found.buckets, step, context))
    await recordDeed(deed, stack, context)
    return stack
  } catch (error) {
    await recordFailedDeed(deed, error, await ports.stacks.describe(names.stack).catch(() => undefined), context)
    throw error
  }
}

/** Has the set made and reads it: it takes over exactly these buckets, or nothing of it stays. */
async function prepareImport(found: Adoptable, context: TargetContext): Promise<ChangeSet> {
  const { report } = context
  await dropPlan(context)
  try {
    return await report.step('Change set', async (step) => {
      const arn = await makeImportSet(found, context)
      await awaitSet(arn, step, context)
      const set = await context.ports.stacks.changeSet(arn, context.names.stack)
      verifyOnlyImports(set, found.buckets)
      await verifyOwn(set, found, context)
      step.say(`${counted(set.changes.length, 'bucket')} to import, nothing else`)
      return set
    })
  } catch (error) {
    await dropPlanOrTell(context)
    throw error
  }
}

async function makeImportSet({ stack, buckets }: Adoptable, context: TargetContext): Promise<string> {
  const { ports, names, cloud } = context
  const deployed =
    stack === undefined
      ? undefined
      : parseTemplate(await ports.stacks.template(stack.arn), `the template of ${stack.name}`)
  return ports.stacks.createImportSet({
    name: `${ownSetPrefix}${randomUUID()}`,
    stack: names.stack,
    templateUrl: await uploadTemplate(writeTemplate(importTemplate(deployed, buckets)), context),
    parameters: Object.keys(stack?.parameters ?? {}),
    buckets,
    serviceRole: cloud.serviceRole,
  })
}

function verifyOnlyImports({ changes }: ChangeSet, buckets: readonly TemplateBucket[]): void {
  const wanted = (id: string): boolean => buckets.some(({ logicalId }) => logicalId === id)
  const others = changes.filter(({ action, logicalId }) => action !== 'Import' || !wanted(logicalId))
  if (others.length === 0 && changes.length === buckets.length) return
  const list = others.map(({ action, logicalId }) => `${action} ${logicalId}`).join(', ')
  throw new DeployError('Refused', `CloudFormation would do more than to take the buckets over: ${list}`, {
    hint: 'nothing was changed; the stack must be as its template says: make rs-deploy first',
  })
}

/**
 * What is taken over must be the target's own. The rest of the template is deployed as it is, and must not be in the way of
 * a deployment that would mend it. An import leaves every parameter as the stack has it.
 */
async function verifyOwn({ arn }: ChangeSet, { stack, buckets }: Adoptable, context: TargetContext): Promise<void> {
  const { names } = context
  const { Resources, Parameters, Conditions } = await processedTemplate(names.stack, arn, context)
  const taken = Object.entries(Resources).filter(([id]) => buckets.some(({ logicalId }) => logicalId === id))
  const template = { Parameters, Conditions, Resources: Object.fromEntries(taken) }
  const surroundings = surroundingsOf(template, stack?.parameters ?? {}, names.stack, context)
  const refusal = trespassRefusal([{ surroundings, within: [] }], context)
  if (refusal !== undefined) throw refusal
}

async function runImport(set: ChangeSet, step: Step, context: TargetContext): Promise<Stack> {
  const { stacks } = context.ports
  const after = await stacks.lastEventId(set.stackArn)
  await stacks.executeImport(set)
  const { stack, events } = await watchStack(set.stackArn, after, set.changes.length, step, context)
  if (stack.status !== 'IMPORT_COMPLETE') throw await stackFailure(stack, events, undefined, context)
  step.say(`${stack.status}: ${stackStates[stack.status].meaning}`)
  return stack
}

/** Users may write meanwhile, so there may be more than before, never less: nothing takes a version away. */
async function verifyAdopted(
  { arn }: Stack,
  buckets: readonly AdoptedBucket[],
  step: Step,
  context: TargetContext,
): Promise<void> {
  const held = await context.ports.stacks.resources(arn)
  for (const { logicalId, name, contents } of buckets) {
    const isHeld = held.some((one) => one.logicalId === logicalId && one.physicalId === name)
    const now = await measureContents(name, '', context)
    if (isHeld && versionsOf(now) >= versionsOf(contents)) continue
    const problem = isHeld ? `holds ${describeContents(now)} instead of ${describeContents(contents)}` : 'is not in it'
    throw new DeployError('AwsFailed', `the import has ended, but ${name} ${problem}`, {
      hint: 'look at the bucket: its versions and its lifecycle rules; make check-rs shows what the stack holds',
    })
  }
  step.say('the stack holds them, and everything in them is there')
}

function versionsOf({ objects, olderVersions, deleteMarkers }: Contents): number {
  return objects + olderVersions + deleteMarkers
}
