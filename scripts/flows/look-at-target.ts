import { type Addresses, addressesOf } from '../core/addresses.js'
import { liveAlias } from '../core/functions.js'
import { namesOf } from '../core/names.js'
import type { BucketKey } from '../core/project.js'
import type { Receipt } from '../core/receipt.js'
import { type StackStatus, situationOf, situations, stackStates } from '../core/stack-state.js'
import type { Target } from '../core/target.js'
import type { CloudContext } from './context.js'
import { readLastReceipt } from './ledger.js'

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
  receipt: Receipt | undefined
  /** The command that leads out of the state that the stack is in; undefined where it is healthy. */
  next: string | undefined
}

export async function lookAtTarget(target: Target, context: CloudContext): Promise<TargetView> {
  const { ports, cloud } = context
  const names = namesOf(target, cloud.account, context.project)
  const targetContext = { ...context, target, names }
  const [stack, alias, receipt, presence] = await Promise.all([
    ports.stacks.describe(names.stack),
    ports.functions.alias(names.function, liveAlias),
    readLastReceipt(targetContext),
    Promise.all(names.bucketKeys.map(async (key) => [key, await ports.buckets.presence(names.buckets[key])] as const)),
  ])
  const outputs = stack?.outputs ?? {}
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
    next: resolve === undefined ? undefined : `make ${resolve} ENV=${target.env} ORG=${target.org}`,
  }
}
