import { ourParameters } from '../../core/project.js'
import type { KeptPool } from '../../core/pool-plan.js'
import { isThere } from '../../core/resource-status.js'
import { DeployError } from '../../errors.js'
import type { Stack, StackResource } from '../../ports.js'
import type { TargetContext } from '../context.js'

/**
 * The user pool that an earlier stack of the target left behind, for a stack that has none: asked only where one is
 * wanted and none was named; `remains` are ids of what is about to be deleted. Throws Refused when it cannot be told
 * which one it is.
 */
export async function keptPoolFor(
  stack: Stack | undefined,
  { resources, remains }: { resources: readonly StackResource[]; remains: readonly string[] },
  context: TargetContext,
): Promise<KeptPool | undefined> {
  const { inputs, project } = context
  const has = stack && ourParameters(stack.parameters, project)
  const managed = resources.some((one) => one.type === 'AWS::Cognito::UserPool' && isThere(one))
  const named = inputs.COGNITO_USER_POOL_ID ?? has?.['CognitoUserPoolId'] ?? ''
  const wanted = stack === undefined || (inputs.ENABLE_AUTH ?? has?.['EnableAuth'] ?? 'true') === 'true'
  return managed || named !== '' || !wanted ? undefined : findKeptPool(context, remains)
}

/** The pool and the client of exactly the target's names, without those that go; undefined when there is no such pool. */
export async function findKeptPool(
  { ports, names }: TargetContext,
  going: readonly string[] = [],
): Promise<KeptPool | undefined> {
  const pools = (await ports.userPools.findByName(names.userPool)).filter((id) => !going.includes(id))
  const [poolId] = pools
  if (poolId === undefined) return undefined
  const clients = pools.length > 1 ? [] : await ports.userPools.clientsByName(poolId, names.userPoolClient)
  const [clientId] = clients
  if (pools.length === 1 && clients.length === 1 && clientId !== undefined) return { poolId, clientId }
  const problem =
    pools.length > 1
      ? `${pools.length} user pools are named ${names.userPool}: ${pools.join(', ')}`
      : clientId === undefined
        ? `the user pool ${poolId} has no client ${names.userPoolClient}`
        : `the user pool ${poolId} has ${clients.length} clients ${names.userPoolClient}: ${clients.join(', ')}`
  throw new DeployError('Refused', problem, {
    hint: 'COGNITO_USER_POOL_ID=… COGNITO_CLIENT_ID=… says which ones to use',
  })
}
