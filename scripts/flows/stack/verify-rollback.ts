import { cameToRest, createdBy } from '../../core/created-resources.js'
import { ourParameters } from '../../core/project.js'
import { DeployError } from '../../errors.js'
import type { Stack, StackResource } from '../../ports.js'
import type { TargetContext } from '../context.js'
import { poolOfStack } from '../users/stack-pool.js'
import { factsOfHoldings, holdingsOf, mayGo, waysByHand } from './holdings.js'
import { resourcesWithNested } from './nested-resources.js'

const nestedStack = 'AWS::CloudFormation::Stack'
const userPool = 'AWS::Cognito::UserPool'

/**
 * Throws Refused where a rollback would delete data: it deletes what was created since the stack was last at rest,
 * whatever the template keeps, and people may have filled that meanwhile. Returns what goes uncounted, because
 * ALLOW_DATA_LOSS names it.
 */
export async function verifyRollback(stack: Stack, context: TargetContext): Promise<string[]> {
  const created = await createdSinceRest(stack.arn, context)
  const held = await holdingsOf(created, context, await poolsOf(stack, created, context))
  const full = held.filter((one) => !mayGo(one, context))
  if (full.length === 0) return held.map(({ logicalId }) => logicalId)
  throw new DeployError(
    'Refused',
    `the rollback of ${stack.name} (${stack.status}) deletes what the update created, and that holds data: nothing was changed`,
    { facts: factsOfHoldings(full), hint: `${waysByHand(full, context).join('; or ')}; then the same command again` },
  )
}

/** The pools that a new group may be in: the stack's own, one that it names, and new ones. */
async function poolsOf(stack: Stack, created: readonly StackResource[], context: TargetContext): Promise<string[]> {
  const resources = [...(await resourcesWithNested(stack.arn, context)), ...created]
  const own = resources.flatMap(({ type, physicalId }) => (type === userPool ? (physicalId ?? []) : []))
  const named = ourParameters(stack.parameters, context.project)['CognitoUserPoolId'] ?? ''
  return [...new Set([...own, named, poolOfStack(stack).poolId])].filter((id) => id !== '')
}

/** What a stack, and the stacks nested in it, have got since it was last at rest; logical ids with the path to them. */
async function createdSinceRest(stackArn: string, context: TargetContext): Promise<StackResource[]> {
  const atRest = cameToRest(stackArn)
  const read = await context.ports.stacks.eventsBackTo(stackArn, atRest)
  const [first] = read
  const events = first !== undefined && atRest(first) ? read.slice(1) : read
  const begun = events[0]?.at ?? new Date(0)

  const createdIn = async (arn: string, within: string, since: typeof events): Promise<StackResource[]> => {
    const own = createdBy(since, arn).map((event) => ({ ...event, logicalId: `${within}${event.logicalId}` }))
    // Each once, under the id that it had last: a replaced one may have several.
    const nested = new Map(
      since.flatMap(({ type, physicalId, logicalId }) =>
        type === nestedStack && physicalId !== arn && physicalId?.startsWith('arn:') === true
          ? [[physicalId, logicalId] as const]
          : [],
      ),
    )
    const below = await Promise.all(
      [...nested].map(async ([inner, logicalId]) => {
        const seen = await context.ports.stacks.eventsBackTo(inner, ({ at }) => at < begun)
        const fresh = seen.filter(({ at }) => at >= begun)
        return createdIn(inner, `${within}${logicalId}/`, fresh)
      }),
    )
    return [...own, ...below.flat()]
  }
  return createdIn(stackArn, '', events)
}
