import { ourParameters } from '../../core/project.js'
import { actionOf } from '../../core/stack-state.js'
import { DeployError } from '../../errors.js'
import type { TargetContext } from '../context.js'
import { factsOfHoldings, mayGo, uncountedWay, waysByHand } from '../stack/holdings.js'
import { type Part, type Remains, isStanding } from './remains.js'

/** Throws Refused where the stack would take data with it that is to stay (its template does not keep it). */
export function verifyNothingLost(parts: readonly Part[], { stack }: Remains, context: TargetContext): void {
  if (stack === undefined || !parts.includes('stack') || parts.includes('buckets')) return
  const lost = stack.losing.filter((one) => !mayGo(one, context))
  const facts = factsOfHoldings(lost)
  if (facts.length === 0) return
  const deployable = actionOf('rs-deploy', stack.stack.status) === 'proceed'
  throw new DeployError('Refused', 'the stack would take data with it that its template does not keep', {
    facts,
    hint: deployable
      ? [
          `give each of them DeletionPolicy: RetainExceptOnCreate in template.yaml and deploy that first`,
          ...uncountedWay(lost),
        ].join('; or ')
      : `${waysByHand(lost, context).join('; or ')}; then the same command again`,
  })
}

/** Throws StackState where the user pool would be pulled from under a stack that stands. */
export function verifyPoolUnused(
  parts: readonly Part[],
  { stack, pool }: Remains,
  { target, project }: TargetContext,
): void {
  if (!parts.includes('pool') || parts.includes('stack') || pool === undefined || !isStanding(stack)) return
  const managed = [...stack.goes, ...stack.stays].some(({ physicalId }) => physicalId === pool.id)
  if (!managed && ourParameters(stack.stack.parameters, project)['CognitoUserPoolId'] !== pool.id) return
  const where = `ENV=${target.env} ORG=${target.org}`
  throw new DeployError('StackState', `the stack ${stack.stack.name} signs its users in with ${pool.id}`, {
    hint: `make rs-teardown ${where} first; or make rs-nuke-users ${where} removes the users and keeps the pool`,
  })
}
