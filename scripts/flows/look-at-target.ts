import { type Addresses, addressesOf } from '../core/addresses.js'
import { authDrift } from '../core/auth-drift.js'
import { liveAlias } from '../core/functions.js'
import { namesOf } from '../core/names.js'
import type { BucketKey } from '../core/project.js'
import type { Receipt } from '../core/receipt.js'
import { type StackStatus, situationOf, situations, stackStates } from '../core/stack-state.js'
import type { Target } from '../core/target.js'
import type { CloudContext } from './context.js'
import { type LedgerEntry, readHead } from './ledger.js'

/** What is there of a target; everything that could not be found is undefined. */
export interface TargetView {
  target: Target
  stackName: string
  status: StackStatus | 'NO_STACK'
  meaning: string
  function: string | undefined
  liveVersion: string | undefined
  api: string | undefined
  addresses: Addresses
  userPoolId: string | undefined
  clientId: string | undefined
  buckets: Partial<Record<BucketKey, string>>
  /** The newest release that went live, while its stack is there. */
  receipt: Receipt | undefined
  /** The newest entry of the history, where it is another one. */
  newest: LedgerEntry | undefined
  /** Where the API is guarded otherwise than that release left it. */
  warning: string | undefined
  /** The command that leads out of the state that the stack is in; undefined where it is healthy. */
  next: string | undefined
}

export async function lookAtTarget(target: Target, context: CloudContext): Promise<TargetView> {
  const { ports, cloud } = context
  const names = namesOf(target, cloud.account, context.project)
  const targetContext = { ...context, target, names }
  const [stack, alias, head, presence] = await Promise.all([
    ports.stacks.describe(names.stack),
    ports.functions.alias(names.function, liveAlias),
    readHead(targetContext),
    Promise.all(names.bucketKeys.map(async (key) => [key, await ports.buckets.presence(names.buckets[key])] as const)),
  ])
  const outputs = stack?.outputs ?? {}
  const receipt = stack === undefined ? undefined : head.live
  const isNewest = head.newest?.kind === 'receipt' && head.newest.receipt.release === receipt?.release
  const drift = authDrift(receipt, stack?.parameters)
  const { resolve } = situations[situationOf(stack?.status)]
  const present = presence.filter(([, state]) => state === 'ours')
  return {
    target,
    stackName: names.stack,
    status: stack?.status ?? 'NO_STACK',
    meaning: stack === undefined ? 'not deployed' : stackStates[stack.status].meaning,
    function: alias === undefined ? undefined : names.function,
    liveVersion: alias?.version,
    api: outputs['ApiGatewayId'] === undefined ? undefined : names.api,
    addresses: addressesOf(outputs, names.apiStage, cloud),
    userPoolId: outputs['CognitoUserPoolId'],
    clientId: outputs['CognitoClientId'],
    buckets: Object.fromEntries(present.map(([key]) => [key, names.buckets[key]])),
    receipt,
    newest: isNewest ? undefined : head.newest,
    warning: drift && `${drift.text}: make rs-deploy ENV=${target.env} ORG=${target.org} ${drift.command} puts it back`,
    next: resolve === undefined ? undefined : `make ${resolve} ENV=${target.env} ORG=${target.org}`,
  }
}
