import type { Target } from '../../core/target.js'
import { DeployError } from '../../errors.js'
import type { Stack } from '../../ports.js'
import type { TargetContext } from '../context.js'

/** The target's stack. Throws NotDeployed where there is none. */
export async function deployedStack({ ports, names, target }: TargetContext): Promise<Stack> {
  const stack = await ports.stacks.describe(names.stack)
  if (stack !== undefined) return stack
  throw notDeployed(target)
}

export function notDeployed({ env, org }: Target): DeployError {
  return new DeployError('NotDeployed', `${env}/${org} is not deployed`, {
    hint: `make rs-deploy ENV=${env} ORG=${org}`,
  })
}
