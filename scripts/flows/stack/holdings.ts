import type { Inputs } from '../../core/inputs.js'
import { isStateful } from '../../core/stateful.js'
import type { Target } from '../../core/target.js'
import type { StackResource } from '../../ports.js'
import { type Holding, countContents } from '../buckets/count-contents.js'
import type { TargetContext } from '../context.js'
import { readStackRemoval } from './nested-resources.js'

/** A resource of a stack with what is in it. */
export interface HeldResource extends StackResource {
  holds: Holding
}

/** Those of the resources that hold data, or that nobody can count; groups are counted in these pools. */
export async function holdingsOf(
  resources: readonly StackResource[],
  context: TargetContext,
  pools: readonly string[] = [],
): Promise<HeldResource[]> {
  const stateful = resources.filter(({ type }) => isStateful(type))
  const counted = await countAll(stateful, context, pools)
  return counted.filter(({ holds }) => holds.kind !== 'empty')
}

/** Each of the resources with what is in it. */
export async function countAll(
  resources: readonly StackResource[],
  context: TargetContext,
  pools: readonly string[] = [],
): Promise<HeldResource[]> {
  return Promise.all(
    resources.map(async (one) => ({ ...one, holds: await countContents(one.type, one.physicalId, context, pools) })),
  )
}

/** What ALLOW_DATA_LOSS names, by exact logical ids. */
export function allowedIds(inputs: Inputs): string[] {
  const ids = (inputs.ALLOW_DATA_LOSS ?? '').split(',').map((id) => id.trim())
  return ids.filter((id) => id !== '')
}

/**
 * Whether somebody has said that it may go. Only of what cannot be counted, not even once it was emptied or removed by
 * hand: of everything else it is seen.
 */
export function mayGo({ logicalId, holds }: HeldResource, { inputs }: TargetContext): boolean {
  return holds.kind === 'uncounted' && allowedIds(inputs).includes(logicalId)
}

/** One fact for each that is not empty: `Notes: AWS::DynamoDB::Table notes holds 3 items`. */
export function factsOfHoldings(held: readonly HeldResource[]): { label: string; text: string }[] {
  return held.flatMap(({ logicalId, type, physicalId = '', holds }) =>
    holds.kind === 'empty' ? [] : [{ label: logicalId, text: `${type} ${physicalId} holds ${holds.text}` }],
  )
}

const removing: Readonly<Record<string, string>> = {
  'AWS::S3::Bucket': 'rs-nuke-buckets',
  'AWS::Cognito::UserPool': 'rs-nuke-user-pool',
}

/** The command that removes what such a resource holds; there is none in prod, where that is done by hand. */
export function nukeCommandOf(type: string, { env, org }: Target): string | undefined {
  const name = removing[type]
  return name === undefined || env === 'prod' ? undefined : `make ${name} ENV=${env} ORG=${org}`
}

/** The ways on for a stack that holds these, what loses nothing first. */
export async function waysOn(stackArn: string, held: readonly HeldResource[], context: TargetContext): Promise<string> {
  const { env, org } = context.target
  const { losing } = await readStackRemoval(stackArn, context)
  const isKept = held.every(({ logicalId }) => !losing.some((one) => one.logicalId === logicalId))
  const keeping = `make rs-teardown ENV=${env} ORG=${org}, which keeps it as the stack's template says`
  return `${[...(isKept ? [keeping] : []), ...waysByHand(held, context)].join('; or ')}; then the same command again`
}

/** How such resources are emptied or let go. */
export function waysByHand(held: readonly HeldResource[], { target }: TargetContext): string[] {
  const typed = [...new Set(held.flatMap(({ type }) => nukeCommandOf(type, target) ?? []))]
  return [
    'move that data elsewhere by hand',
    ...(typed.length === 0 ? [] : [`${typed.join(', ')} if it may go`]),
    ...uncountedWay(held),
  ]
}

/** Of what cannot be counted it is not seen that it is gone: that is said by name. */
export function uncountedWay(held: readonly HeldResource[]): string[] {
  const uncounted = held.flatMap(({ logicalId, holds }) => (holds.kind === 'uncounted' ? [logicalId] : []))
  return uncounted.length === 0 ? [] : [`ALLOW_DATA_LOSS=${uncounted.join(',')} if it is gone, or may go`]
}
