import { targetOfName } from '../../core/names.js'
import { DeployError } from '../../errors.js'
import type { Stack } from '../../ports.js'
import type { TargetContext } from '../context.js'
import { deployedStack } from '../stack/deployed-stack.js'

/** The user pool that a stack names, and its client. */
export interface StackPool {
  stack: Stack
  poolId: string
  clientId: string
}

/** As the stack's outputs name them; empty where it has none. */
export function poolOfStack({ outputs }: Stack): Omit<StackPool, 'stack'> {
  return { poolId: outputs['CognitoUserPoolId'] ?? '', clientId: outputs['CognitoClientId'] ?? '' }
}

/**
 * The pool that the target's stack names in its outputs. Throws NotDeployed where there is no stack or pool, and Refused
 * where the pool's own name is that of another target.
 */
export async function findStackPool(context: TargetContext): Promise<StackPool> {
  const { ports, names, target, project } = context
  const where = `ENV=${target.env} ORG=${target.org}`
  const stack = await deployedStack(context)
  const { poolId, clientId } = poolOfStack(stack)
  if (poolId === '') {
    throw new DeployError('NotDeployed', `${names.stack} has no user pool`, {
      hint: `make rs-deploy ${where} ENABLE_AUTH=true`,
    })
  }
  const view = await ports.userPools.look(poolId)
  if (view === undefined) {
    throw new DeployError('StackState', `the user pool ${poolId} that ${names.stack} names does not exist any more`, {
      hint: `make rs-deploy ${where}`,
    })
  }
  const owner = view.name === names.userPool ? undefined : targetOfName(view.name, project.names.userPool, project)
  if (owner !== undefined) {
    throw new DeployError('Refused', `the user pool ${poolId} is ${owner.env}/${owner.org}'s, not ${target.org}'s`, {
      hint: `make check-rs ${where} shows what the stack uses`,
    })
  }
  return { stack, poolId, clientId }
}
