import { type BucketPresences, planBuckets } from '../../core/buckets-plan.js'
import { isNoEcho } from '../../core/input-changes.js'
import { ourParameters, toolVersion } from '../../core/project.js'
import { type ParameterValue, parameterRecord, planParameters } from '../../core/parameters.js'
import { type KeptPool, planUserPool, verifyPairs } from '../../core/pool-plan.js'
import { type Reality, type Receipt, type ReleaseInputs, differences, releasedFunctions } from '../../core/receipt.js'
import { isItsOwn, isThere } from '../../core/resource-status.js'
import { actionOf, situationOf } from '../../core/stack-state.js'
import { DeployError } from '../../errors.js'
import type { Stack, StackResource } from '../../ports.js'
import { type Admin, adminReason, readAdmin, readAdminState, verifyPassword } from '../users/admin-user.js'
import { poolOfStack } from '../users/stack-pool.js'
import { verifyBucketSettings } from '../buckets/bucket-settings.js'
import { requireBuild } from '../build/build-record.js'
import { type BuildPlace, type Sources, buildPlace, readSources } from '../build/build-target.js'
import type { TargetContext } from '../context.js'
import { resourcesWithNested } from '../stack/nested-resources.js'
import { keptPoolFor } from '../take-down/kept-pool.js'
import { warnOfAuth, warnOfReceipt } from '../ledger/heed-ledger.js'
import { readLastDeployment, readLive } from '../ledger/ledger.js'
import { healthPathOf, readAttempts } from '../release/health-gate.js'
import { readKeepVersions } from '../release/prune-versions.js'
import { versionsServing } from '../release/serving.js'
import { readLockWait } from '../lock/target-lock.js'
import { type TargetConfig, configKey, readTargetConfig, verifyNoSecrets } from '../config/target-config.js'

/** All that a deployment needs to know before it changes anything. */
export interface DeploymentFacts {
  sources: Sources
  config: TargetConfig
  place: BuildPlace
  admin: Admin | undefined
  /** ID token of the administrator, where it is as wanted and nothing else is to be done. */
  token: string | undefined
  stack: Stack | undefined
  receipt: Receipt | undefined
  /** The last release of this very stack that was proved, whatever failed since. */
  live: Receipt | undefined
  presence: BucketPresences
  parameters: ParameterValue[]
  inputs: ReleaseInputs
  /** Why there is something to do; empty when nothing changed. */
  reasons: string[]
}

/** Reads and checks everything, and writes nothing. Throws Usage or Refused with what is wrong. */
export async function gatherFacts(context: TargetContext, takesBuild: boolean): Promise<DeploymentFacts> {
  verifyPairs(context.inputs)
  readAttempts(context.inputs.HEALTH_ATTEMPTS)
  healthPathOf(context)
  readLockWait(context)
  readKeepVersions(context.inputs.KEEP_VERSIONS)
  const admin = await readAdmin(context)
  const [sources, config] = await Promise.all([readSources(context), readTargetConfig(context)])
  verifyNoSecrets(config, context)
  const [{ stack, remains }, last, place, existing] = await Promise.all([
    readStack(context),
    readLastDeployment(context),
    buildPlace(context),
    bucketPresence(context),
  ])
  const presence = withoutBuckets(existing, remains, context)
  const receipt = last?.kind === 'receipt' ? last.receipt : undefined
  const live = last?.kind === 'unreadable' ? undefined : await provedOn(stack, receipt, context)
  await warnOfAuth(stack, live ?? receipt, context)
  if (admin !== undefined) await verifyPassword(admin, stack, sources.template, context)
  const resources = stack === undefined ? [] : await resourcesWithNested(stack.arn, context)
  const kept = await keptPoolFor(stack, { resources, remains }, context)
  const parameters = planValues(sources, { stack, resources, kept }, presence, context)
  if (admin !== undefined) verifyPoolWanted(ourParameters(parameterRecord(parameters), context.project))
  await verifyBucketSettings({ template: sources.template, parameters, presence, resources }, context)
  // What is deployed is what was built, not what lies in the checkout by now.
  const built = takesBuild ? await requireBuild(place, context) : undefined
  const inputs: ReleaseInputs = {
    template: built?.template ?? sources.templateHash,
    code: built?.code ?? sources.codeHash,
    config: config.hash,
    parameters: parameterRecord(parameters),
    place: place.name,
    tool: toolVersion,
  }
  if (last?.kind === 'unreadable') warnOfReceipt(last.where, context)
  const lost = last?.kind === 'unreadable' ? ['the last receipt cannot be read'] : undefined
  const changed = lost ?? differences(receipt, inputs, await readReality(stack, receipt, context))
  const { reasons, token } = changed.length > 0 ? { reasons: changed } : await lookForAdmin(admin, stack, context)
  return { sources, config, place, admin, token, stack, receipt, live, presence, parameters, inputs, reasons }
}

async function provedOn(
  stack: Stack | undefined,
  newest: Receipt | undefined,
  context: TargetContext,
): Promise<Receipt | undefined> {
  if (stack === undefined) return undefined
  const found = newest?.outcome === 'live' ? newest : await readLive(context)
  return found?.stack.arn === stack.arn ? found : undefined
}

/** Where nothing else is to be done: whoever makes a user or sets a password needs the lock and the confirmation too. */
async function lookForAdmin(
  admin: Admin | undefined,
  stack: Stack | undefined,
  context: TargetContext,
): Promise<Pick<DeploymentFacts, 'reasons' | 'token'>> {
  if (admin === undefined || stack === undefined) return { reasons: [], token: undefined }
  const state = await readAdminState(admin, poolOfStack(stack), context)
  const reason = adminReason(admin, state)
  return reason === undefined ? { reasons: [], token: state.token } : { reasons: [reason], token: undefined }
}

/** Throws Usage where an administrator is given and there will be no user pool to put it into. */
function verifyPoolWanted(parameters: Readonly<Record<string, string>>): void {
  if (parameters['ManageUserPool'] !== 'false' || (parameters['CognitoUserPoolId'] ?? '') !== '') return
  throw new DeployError('Usage', 'ADMIN_USERNAME is given, but this stack has no user pool', {
    hint: 'ENABLE_AUTH=true makes one; or leave ADMIN_USERNAME out',
  })
}

/** The stack, unless there is none that holds anything. */
export async function livingStack(context: TargetContext): Promise<Stack | undefined> {
  return (await readStack(context)).stack
}

/**
 * The stack, unless there is none that holds anything; and what the remains of a failed creation hold, by physical id:
 * they are deleted before anything is made, and what is left of them then is looked at again.
 */
async function readStack({ ports, names }: TargetContext): Promise<{ stack: Stack | undefined; remains: string[] }> {
  const stack = await ports.stacks.describe(names.stack)
  const action = actionOf('rs-deploy', stack?.status)
  if (stack === undefined || action === 'create') return { stack: undefined, remains: [] }
  if (action !== 'delete-then-create') return { stack, remains: [] }
  const own = (await ports.stacks.resources(stack.arn)).filter(isItsOwn)
  return { stack: undefined, remains: own.flatMap(({ physicalId }) => physicalId ?? []) }
}

function withoutBuckets(presence: BucketPresences, gone: readonly string[], { names }: TargetContext): BucketPresences {
  const pairs = names.bucketKeys.map((key) => [key, gone.includes(names.buckets[key]) ? 'absent' : presence[key]])
  return Object.fromEntries(pairs) as BucketPresences
}

export async function bucketPresence({ ports, names }: TargetContext): Promise<BucketPresences> {
  const pairs = await Promise.all(
    names.bucketKeys.map(async (key) => [key, await ports.buckets.presence(names.buckets[key])] as const),
  )
  return Object.fromEntries(pairs) as BucketPresences
}

function planValues(
  { template }: Sources,
  { stack, resources, kept }: { stack: Stack | undefined; resources: StackResource[]; kept: KeptPool | undefined },
  presence: BucketPresences,
  { target, inputs, names, project, cloud, predecessor = {} }: TargetContext,
): ParameterValue[] {
  const alive = resources.filter(isThere)
  const physical = (type: string): string[] =>
    alive.flatMap((one) => (one.type === type && one.physicalId !== undefined ? [one.physicalId] : []))
  const buckets = planBuckets({
    names,
    presence,
    managed: physical('AWS::S3::Bucket'),
    wanted: wantedBuckets(inputs.CREATE_BUCKETS),
  })
  const pool = planUserPool({
    inputs,
    stack: stack && ourParameters(stack.parameters, project),
    managed: physical('AWS::Cognito::UserPool').length > 0,
    kept,
  })
  const decided = { CreateBuckets: String(buckets.create), ...pool }
  const place = cloud.permissionsBoundary === undefined ? {} : { PermissionsBoundary: cloud.permissionsBoundary }
  // Of a stack that is gone nobody can keep a secret: all that is known of it is a mask.
  const open = Object.entries(predecessor).filter(([name]) => !isNoEcho(name, template))
  const known = stack?.parameters ?? Object.fromEntries(open)
  return planParameters({ target, inputs, template, names: project.parameters, stack: known, decided, place })
}

function wantedBuckets(value: string | undefined): 'true' | 'false' | undefined {
  return value === 'true' || value === 'false' ? value : undefined
}

async function readReality(
  stack: Stack | undefined,
  receipt: Receipt | undefined,
  context: TargetContext,
): Promise<Reality | undefined> {
  if (stack === undefined) return undefined
  const { ports, names } = context
  const [versions, configEtag] = await Promise.all([
    versionsServing(receipt === undefined ? [] : releasedFunctions(receipt), context),
    names.bucketKeys.includes('lambda') ? ports.buckets.etag(names.buckets.lambda, configKey) : undefined,
  ])
  return {
    stackArn: stack.arn,
    stackChangedAt: stack.changedAt,
    stackHealthy: situationOf(stack.status) === 'healthy',
    versions,
    configEtag,
  }
}
