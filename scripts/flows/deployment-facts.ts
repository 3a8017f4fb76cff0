import { type BucketPresence, planBuckets } from '../core/buckets-plan.js'
import { toolVersion } from '../core/identity.js'
import { type BucketKey, bucketKeys } from '../core/names.js'
import { type ParameterValue, parameterRecord, planParameters } from '../core/parameters.js'
import { planUserPool, verifyPairs } from '../core/pool-plan.js'
import { type Reality, type Receipt, type ReleaseInputs, differences } from '../core/receipt.js'
import { stackStates } from '../core/stack-state.js'
import type { Stack, StackResource } from '../ports.js'
import { type Admin, readAdmin, verifyPassword } from './admin-user.js'
import { type BuildPlace, type Sources, buildPlace, readSources } from './build-target.js'
import type { TargetContext } from './context.js'
import { readLastReceipt } from './ledger.js'
import { liveAlias } from './release-code.js'
import { readAttempts } from './verify-live.js'
import { type TargetConfig, configKey, readTargetConfig } from './target-config.js'

/** All that a deployment needs to know before it changes anything. */
export interface DeploymentFacts {
  sources: Sources
  config: TargetConfig
  place: BuildPlace
  admin: Admin | undefined
  stack: Stack | undefined
  receipt: Receipt | undefined
  parameters: ParameterValue[]
  inputs: ReleaseInputs
  /** Why there is something to do; empty when nothing changed. */
  reasons: string[]
}

/** Reads and checks everything, and writes nothing. Throws Usage or Refused with what is wrong. */
export async function gatherFacts(context: TargetContext): Promise<DeploymentFacts> {
  verifyPairs(context.inputs)
  readAttempts(context.inputs.HEALTH_ATTEMPTS)
  const admin = await readAdmin(context)
  const [sources, config] = await Promise.all([readSources(context), readTargetConfig(context)])
  const [stack, receipt, place, presence] = await Promise.all([
    livingStack(context),
    readLastReceipt(context),
    buildPlace(context),
    bucketPresence(context),
  ])
  if (admin !== undefined) await verifyPassword(admin, stack, sources.template, context)
  const resources = stack === undefined ? [] : await context.ports.stacks.resources(stack.arn)
  const parameters = planValues(sources, stack, resources, presence, context)
  const inputs: ReleaseInputs = {
    template: sources.templateHash,
    code: sources.codeHash,
    config: config.hash,
    parameters: parameterRecord(parameters),
    place: place.name,
    tool: toolVersion,
  }
  const reasons = differences(receipt, inputs, await readReality(stack, context))
  return { sources, config, place, admin, stack, receipt, parameters, inputs, reasons }
}

/** The stack, unless there is none that holds anything. */
async function livingStack({ ports, names }: TargetContext): Promise<Stack | undefined> {
  const stack = await ports.stacks.describe(names.stack)
  if (stack === undefined) return undefined
  const { situation } = stackStates[stack.status]
  return situation === 'unborn' || situation === 'gone' || situation === 'failed-creation' ? undefined : stack
}

async function bucketPresence({ ports, names }: TargetContext): Promise<Record<BucketKey, BucketPresence>> {
  const pairs = await Promise.all(
    bucketKeys.map(async (key) => [key, await ports.buckets.presence(names.buckets[key])] as const),
  )
  return Object.fromEntries(pairs) as Record<BucketKey, BucketPresence>
}

function planValues(
  { template }: Sources,
  stack: Stack | undefined,
  resources: readonly StackResource[],
  presence: Readonly<Record<BucketKey, BucketPresence>>,
  { target, inputs, names }: TargetContext,
): ParameterValue[] {
  const alive = resources.filter(({ status }) => status !== 'DELETE_COMPLETE')
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
    stack: stack?.parameters,
    managed: physical('AWS::Cognito::UserPool').length > 0,
  })
  const decided = { CreateBuckets: String(buckets.create), ...pool }
  return planParameters({ target, inputs, template, stack: stack?.parameters, decided })
}

function wantedBuckets(value: string | undefined): 'true' | 'false' | undefined {
  return value === 'true' || value === 'false' ? value : undefined
}

async function readReality(stack: Stack | undefined, { ports, names }: TargetContext): Promise<Reality | undefined> {
  if (stack === undefined) return undefined
  const [alias, configEtag] = await Promise.all([
    ports.functions.alias(names.function, liveAlias),
    ports.buckets.etag(names.buckets.lambda, configKey),
  ])
  return {
    stackArn: stack.arn,
    stackChangedAt: stack.changedAt,
    stackHealthy: stackStates[stack.status].situation === 'healthy',
    aliasVersion: alias?.version,
    configEtag,
  }
}
