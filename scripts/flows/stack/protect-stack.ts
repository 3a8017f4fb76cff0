import { ourParameters } from '../../core/project.js'
import type { Stack } from '../../ports.js'
import type { Step } from '../../report/report.js'
import type { TargetContext } from '../context.js'
import { stackFailure } from './find-cause.js'
import { watchStack } from './watch-stack.js'
import { templateFile } from '../../core/saved-files.js'

/**
 * What may only be switched on once the stack stands: deletion protection of its user pool (a failed creation could not
 * be rolled back with it) and, in prod, termination protection. Returns the stack as it is then.
 */
export async function protectStack(stack: Stack, step: Step, context: TargetContext): Promise<Stack> {
  const { ports, target, project } = context
  const done: string[] = []
  const { ManageUserPool, UserPoolProtection } = ourParameters(stack.parameters, project)
  if (ManageUserPool === 'true' && UserPoolProtection === 'INACTIVE') {
    const after = await ports.stacks.lastEventId(stack.arn)
    await ports.stacks.updateParameters(stack, {
      [project.parameters.UserPoolProtection ?? 'UserPoolProtection']: 'ACTIVE',
    })
    const { stack: updated, events } = await watchStack(
      stack.arn,
      after,
      1,
      { ...step, line: () => undefined },
      context,
    )
    if (updated.status !== 'UPDATE_COMPLETE') {
      throw await stackFailure(updated, events, await ports.files.readText(templateFile), context)
    }
    done.push('user pool protected from deletion')
  }
  if (target.env === 'prod' && !stack.terminationProtected) {
    await ports.stacks.protectFromTermination(stack.name)
    done.push('stack protected from termination')
  }
  if (done.length === 0) {
    step.skip('nothing to switch on')
    return stack
  }
  step.say(done.join(', '))
  return (await ports.stacks.describe(stack.arn)) ?? stack
}
