import { type DriftReport, reportDrift } from '../../core/drift.js'
import { situationOf } from '../../core/stack-state.js'
import { DeployError } from '../../errors.js'
import type { TargetContext } from '../context.js'
import { deployedStack } from './deployed-stack.js'
import { waitUntil } from '../wait.js'

/** Has CloudFormation compare the stack's resources with its template. Throws NotDeployed, StackState or AwsFailed. */
export async function findDrift(context: TargetContext): Promise<DriftReport> {
  const { ports, target, report } = context
  const stack = await deployedStack(context)
  const where = `ENV=${target.env} ORG=${target.org}`
  if (situationOf(stack.status) !== 'healthy') {
    throw new DeployError('StackState', `${stack.name} is ${stack.status}: drift is looked for once it is settled`, {
      hint: `make check-rs ${where}`,
    })
  }
  return report.step('Drift', async (step) => {
    const id = await ports.stacks.detectDrift(stack.arn)
    const wait = {
      what: 'drift detection',
      firstMs: 200,
      limitMs: 5_000,
      deadlineMs: 10 * 60_000,
      hint: `make rs-drift ${where}`,
    }
    const { status, reason } = await waitUntil(wait, context, async () => {
      const now = await ports.stacks.driftDetection(id)
      return now.status === 'DETECTION_IN_PROGRESS' ? undefined : now
    })
    const [found, all] = await Promise.all([ports.stacks.resourceDrifts(stack.arn), ports.stacks.resources(stack.arn)])
    // Where some resources could not be read, CloudFormation calls all of it failed: those count as not compared.
    if (status === 'DETECTION_FAILED' && found.length === 0) {
      throw new DeployError('AwsFailed', `drift detection failed: ${reason ?? 'no reason given'}`, {
        hint: `make rs-drift ${where}`,
      })
    }
    step.say(`${all.length} resources`)
    return reportDrift(found, all)
  })
}
