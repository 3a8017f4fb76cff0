import { type Contents, noContents, sumContents } from '../../core/contents.js'
import { ledgerKeys } from '../../core/names.js'
import type { StackRemoval } from '../../core/stack-removal.js'
import { hasLived } from '../../core/stack-state.js'
import { DeployError } from '../../errors.js'
import type { PoolView, Stack, StackResource } from '../../ports.js'
import type { Step } from '../../report/report.js'
import type { TargetContext } from '../context.js'
import { idleStack } from '../stack/delete-stack.js'
import { type HeldResource, countAll } from '../stack/holdings.js'
import { measureContents } from './empty-bucket.js'
import { readLastReceipt } from '../ledger/ledger.js'
import { readStackRemoval } from '../stack/nested-resources.js'

/** What can be taken down: the stack, its data, and what stack and releases leave behind. */
export type Part = 'stack' | 'buckets' | 'users' | 'pool' | 'logs' | 'releases'

/** What is there of the parts of a target that are to go, counted. Parts that stay are not looked at. */
export interface Remains {
  /** There whatever is to go: data of a stack that stands is treated with care. */
  stack: StandingStack | undefined
  buckets: { name: string; contents: Contents }[]
  /** Buckets of the target's names that are not this account's, or in another region: left alone. */
  foreign: string[]
  pool: StandingPool | undefined
  logGroups: string[]
  releases: Contents
}

export interface StandingStack extends StackRemoval<StackResource> {
  stack: Stack
  /** Counted where the stack is to go. */
  losing: HeldResource[]
}

export interface StandingPool {
  id: string
  view: PoolView
  users: string[]
}

/** Reads and counts what the target has of these parts; waits while an operation runs on its stack. */
export async function countRemains(parts: readonly Part[], step: Step, context: TargetContext): Promise<Remains> {
  const { ports } = context
  const wants = (part: Part): boolean => parts.includes(part)
  const stack = await standingStack(wants('stack'), step, context)
  const buckets = wants('buckets') ? await bucketsOf(context) : { own: [], foreign: [] }
  const pool = wants('pool') || wants('users') ? await poolOf(stack, context) : undefined
  const logGroups = wants('logs') ? await logGroupsOf(stack, context) : []
  const releases = wants('releases') ? await releasesOf(context) : noContents
  const present = await Promise.all(logGroups.map((name) => ports.logs.hasGroup(name)))
  return {
    stack,
    buckets: buckets.own,
    foreign: buckets.foreign,
    pool,
    // All of them where the stack goes too: its function may write one again while it goes.
    logGroups: stack === undefined ? logGroups.filter((_name, i) => present[i]) : logGroups,
    releases,
  }
}

/** What the target has in the deployments bucket, the journal of a shift included. */
async function releasesOf(context: TargetContext): Promise<Contents> {
  const { deploymentsBucket, stack } = context.names
  const places = [ledgerKeys.all(stack), ledgerKeys.shift(stack)]
  return sumContents(await Promise.all(places.map((prefix) => measureContents(deploymentsBucket, prefix, context))))
}

async function standingStack(goes: boolean, step: Step, context: TargetContext): Promise<StandingStack | undefined> {
  const stack = await idleStack(step, context)
  if (stack === undefined) return undefined
  const removal = await readStackRemoval(stack.arn, context)
  return { stack, ...removal, losing: await countAll(goes ? removal.losing : [], context) }
}

/** The same, with what goes with the stack counted anew. */
export async function countAgain({ stack, ...others }: Remains, context: TargetContext): Promise<Remains> {
  return { ...others, stack: stack && { ...stack, losing: await countAll(stack.losing, context) } }
}

async function bucketsOf(context: TargetContext): Promise<{ own: Remains['buckets']; foreign: Remains['foreign'] }> {
  const { ports, names } = context
  const all = await Promise.all(
    names.bucketKeys.map(async (key) => {
      const name = names.buckets[key]
      return { name, presence: await ports.buckets.presence(name) }
    }),
  )
  const own = all.filter(({ presence }) => presence === 'ours')
  return {
    own: await Promise.all(own.map(async ({ name }) => ({ name, contents: await measureContents(name, '', context) }))),
    foreign: all.flatMap(({ name, presence }) => (presence === 'ours' || presence === 'absent' ? [] : [name])),
  }
}

/** The stack's own pool, else the one of exactly the target's name. Throws Refused when there are several. */
async function poolOf(standing: StandingStack | undefined, context: TargetContext): Promise<StandingPool | undefined> {
  const { ports, names, inputs } = context
  const named = await ports.userPools.findByName(names.userPool)
  const ids = [...new Set([...physicalIds('AWS::Cognito::UserPool', standing), ...named])]
  const chosen = ids.filter((id) => id === inputs.COGNITO_USER_POOL_ID)
  const [id, second] = chosen.length === 1 ? chosen : ids
  if (second !== undefined) {
    throw new DeployError('Refused', `${ids.length} user pools are named ${names.userPool}: ${ids.join(', ')}`, {
      hint: `COGNITO_USER_POOL_ID=${ids[0]} says which one is meant`,
    })
  }
  const view = id === undefined ? undefined : await ports.userPools.look(id)
  if (id === undefined || view === undefined) return undefined
  return { id, view, users: await ports.userPools.usernames(id) }
}

/** Log groups of the function and the API; API Gateway makes one more of each API that no stack holds. */
async function logGroupsOf(standing: StandingStack | undefined, context: TargetContext): Promise<string[]> {
  const { names } = context
  const apis =
    standing === undefined ? await apisOfLastStack(context) : physicalIds('AWS::ApiGateway::RestApi', standing)
  const executions = apis.map((id) => `API-Gateway-Execution-Logs_${id}/${names.apiStage}`)
  return [...names.logGroups, ...executions]
}

/** CloudFormation tells of a deleted stack, by its ARN, for 90 days. */
async function apisOfLastStack(context: TargetContext): Promise<string[]> {
  const receipt = await readLastReceipt(context).catch((error: unknown) => {
    // A receipt that cannot be read is about to be removed: it must not stop that.
    if (error instanceof DeployError && error.code === 'StackState') return undefined
    throw error
  })
  const last = receipt === undefined ? undefined : await context.ports.stacks.describe(receipt.stack.arn)
  if (last === undefined) return []
  const resources = await context.ports.stacks.resources(last.arn)
  return resources.flatMap(({ type, physicalId }) => (type === 'AWS::ApiGateway::RestApi' ? (physicalId ?? []) : []))
}

function physicalIds(type: string, standing: StandingStack | undefined): string[] {
  const all = standing === undefined ? [] : [...standing.goes, ...standing.stays]
  return all.flatMap((one) => (one.type === type && one.physicalId !== undefined ? [one.physicalId] : []))
}

/** Whether an application lives on the stack: one that is half deleted or never was created does not count. */
export function isStanding(standing: StandingStack | undefined): standing is StandingStack {
  return standing !== undefined && hasLived(standing.stack.status)
}
