import { type Addresses, addressesOf, apiIdOf } from '../../core/addresses.js'
import { authDrift } from '../../core/auth-drift.js'
import { liveAlias } from '../../core/functions.js'
import { describeLock } from '../../core/lock.js'
import { namesOf } from '../../core/names.js'
import type { BucketKey } from '../../core/project.js'
import { type Receipt, releasedFunctions } from '../../core/receipt.js'
import { type StackStatus, situationOf, situations, stackStates } from '../../core/stack-state.js'
import { describeOwner, describeShift } from '../../core/shift.js'
import type { Target } from '../../core/target.js'
import { DeployError } from '../../errors.js'
import type { Stack } from '../../ports.js'
import { type ConfigProblem, configState } from '../config/config-state.js'
import type { CloudContext, TargetContext } from '../context.js'
import { type LedgerEntry, readHead } from '../ledger/ledger.js'
import { versionsServing } from '../release/serving.js'
import { readShift } from '../shift/shift-journal.js'
import { readLock } from '../lock/target-lock.js'

/** How a target is, in what fits a line; everything that could not be found is undefined. */
export interface TargetGlance {
  target: Target
  stackName: string
  status: StackStatus | 'NO_STACK'
  meaning: string
  function: string | undefined
  /** The version that answers now. */
  liveVersion: string | undefined
  /** Where that is not what the last good release made live. */
  codeProblem: string | undefined
  /** A shift that is under way, or was left half way, in one sentence. */
  shift: string | undefined
  /** The newest release that went live, while its stack is there. */
  receipt: Receipt | undefined
  /** The newest entry of the history, where it is another one. */
  newest: LedgerEntry | undefined
  /** Where bucket, files and stack disagree; undefined where nothing is uploaded at all. */
  config: ConfigProblem[] | undefined
  /** What the last drift detection found, and when. */
  drift: Stack['drift']
  /** Who holds the target now. */
  lock: string | undefined
  /** Where the API is guarded otherwise than that release left it. */
  warning: string | undefined
  /** The command that leads out of the state that the stack is in; undefined where it is healthy. */
  next: string | undefined
}

/** All that is there of a target. */
export interface TargetView extends TargetGlance {
  api: string | undefined
  addresses: Addresses
  userPoolId: string | undefined
  clientId: string | undefined
  buckets: Partial<Record<BucketKey, string>>
}

export async function lookAtTarget(target: Target, context: CloudContext): Promise<TargetView> {
  const { ports, cloud } = context
  const names = namesOf(target, cloud.account, context.project)
  const described = ports.stacks.describe(names.stack)
  const [stack, glance, presence] = await Promise.all([
    described,
    described.then((stack) => glanceAtTarget(target, stack, context)),
    Promise.all(names.bucketKeys.map(async (key) => [key, await ports.buckets.presence(names.buckets[key])] as const)),
  ])
  const outputs = stack?.outputs ?? {}
  const apiId = apiIdOf(outputs)
  const present = presence.filter(([, state]) => state === 'ours')
  return {
    ...glance,
    api: apiId !== undefined && context.project.namesApi ? names.api : apiId,
    addresses: addressesOf(outputs, names.apiStage, cloud),
    userPoolId: outputs['CognitoUserPoolId'],
    clientId: outputs['CognitoClientId'],
    buckets: Object.fromEntries(present.map(([key]) => [key, names.buckets[key]])),
  }
}

/** The same but for what its parts are called: five calls, for a matrix of many. */
export async function glanceAtTarget(
  target: Target,
  stack: Stack | undefined,
  cloudContext: CloudContext,
): Promise<TargetGlance> {
  const names = namesOf(target, cloudContext.cloud.account, cloudContext.project)
  const context: TargetContext = { ...cloudContext, target, names }
  const [head, config, lock, shift] = await Promise.all([
    readHead(context),
    configState(stack, context),
    holder(context),
    sharing(context),
  ])
  const receipt = stack === undefined ? undefined : head.live
  const released = receipt === undefined ? [] : releasedFunctions(receipt)
  const functions = released.length > 0 ? released : [{ name: names.function, alias: liveAlias }]
  const serving = stack === undefined ? {} : await versionsServing(functions, context)
  const main = functions.find(({ name }) => name === names.function) ?? functions[0]
  const liveVersion = main && serving[main.name]
  const other = released.filter(({ name, version }) => serving[name] !== version)
  const isNewest = head.newest?.kind === 'receipt' && head.newest.receipt.release === receipt?.release
  const auth = authDrift(receipt, stack?.parameters, context.project)
  const { resolve } = situations[situationOf(stack?.status)]
  const where = `ENV=${target.env} ORG=${target.org}`
  return {
    target,
    stackName: names.stack,
    status: stack?.status ?? 'NO_STACK',
    meaning: stack === undefined ? 'not deployed' : stackStates[stack.status].meaning,
    function: liveVersion === undefined ? undefined : main?.name,
    liveVersion,
    shift,
    codeProblem:
      other.length === 0
        ? undefined
        : `${other.map(({ name, version }) => `release ${receipt?.release} made version ${version} of ${name} live`).join(', ')}: make rs-deploy ${where}`,
    receipt,
    newest: isNewest ? undefined : head.newest,
    config,
    drift: stack?.drift,
    lock,
    warning: auth && `${auth.text}: make rs-deploy ${where} ${auth.command} puts it back`,
    next: resolve === undefined ? undefined : `make ${resolve} ${where}`,
  }
}

/** Who holds the target; a lock that cannot be read is told, not thrown. */
async function holder(context: TargetContext): Promise<string | undefined> {
  try {
    const found = await readLock(context)
    return found && describeLock(found.lock)
  } catch (error) {
    if (error instanceof DeployError && error.code === 'StackState') return error.message
    throw error
  }
}

/** Told, not thrown, where its journal cannot be read. */
async function sharing(context: TargetContext): Promise<string | undefined> {
  try {
    const found = await readShift(context)
    return found && `${describeShift(found.shift)} (${describeOwner(found.shift)})`
  } catch (error) {
    if (error instanceof DeployError && error.code === 'StackState') return error.message
    throw error
  }
}
