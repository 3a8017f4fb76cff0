import { isItsOwn } from '../../core/resource-status.js'
import { DeployError } from '../../errors.js'
import type { Stack } from '../../ports.js'
import type { TargetContext } from '../context.js'
import { factsOfHoldings, holdingsOf, mayGo, waysOn } from './holdings.js'
import { resourcesWithNested } from './nested-resources.js'

/** Of a creation that failed they are worth nothing without users, who are counted in their pool. */
const partsOfPool = ['AWS::Cognito::UserPoolClient', 'AWS::Cognito::UserPoolGroup']

/**
 * Throws Refused where the remains of a failed creation hold data, whatever their template would keep: before they are
 * deleted a person looks at them. Returns what goes uncounted, because ALLOW_DATA_LOSS names it.
 */
export async function verifyNothingInside(stack: Stack, context: TargetContext): Promise<string[]> {
  const resources = await resourcesWithNested(stack.arn, context)
  const held = await holdingsOf(
    resources.filter((one) => isItsOwn(one) && !partsOfPool.includes(one.type)),
    context,
  )
  const full = held.filter((one) => !mayGo(one, context))
  if (full.length === 0) return held.map(({ logicalId }) => logicalId)
  throw new DeployError(
    'Refused',
    `the failed stack ${stack.name} (${stack.status}) is to be deleted, but it holds data: nothing was changed`,
    { facts: factsOfHoldings(full), hint: await waysOn(stack.arn, full, context) },
  )
}
