import type { ChangeSet } from '../../ports.js'
import type { TargetContext } from '../context.js'

/** Names of the sets that SAM makes for us, and of those that we make ourselves. */
export const ownSetPrefix = 'rs-changes-'
const ourNames = [':changeSet/samcli-deploy', `:changeSet/${ownSetPrefix}`]
const noChanges = /didn't contain changes|No updates are to be performed/
const pollMs = 1_000
const mostPolls = 60

/** Whether a set failed only because CloudFormation finds nothing to change. */
export function isEmptySet({ status, statusReason }: ChangeSet): boolean {
  return status === 'FAILED' && noChanges.test(statusReason ?? '')
}

/** Whether CloudFormation is still working on a set. */
export function isUnfinished({ status }: ChangeSet): boolean {
  return status === 'CREATE_PENDING' || status === 'CREATE_IN_PROGRESS'
}

/**
 * Removes every change set of ours: under our lock no other run has one under way, so they are this run's, or what one
 * that was cut off has left. Returns those that are not ours.
 */
export async function dropOurSets(context: TargetContext): Promise<string[]> {
  const present = await context.ports.stacks.changeSetArns(context.names.stack)
  const ours = present.filter((arn) => ourNames.some((name) => arn.includes(name)))
  await Promise.all(ours.map((arn) => dropSet(arn, context)))
  return present.filter((arn) => !ours.includes(arn))
}

/**
 * Leaves nothing of a plan behind: no set of ours, nor the empty stack that a first set makes. That one goes by its ARN,
 * only while it is empty and without another set: somebody else may have begun a deployment of it.
 */
export async function dropPlan(context: TargetContext): Promise<void> {
  const { ports, names } = context
  const others = await dropOurSets(context)
  const stack = await ports.stacks.describe(names.stack)
  if (stack?.status !== 'REVIEW_IN_PROGRESS' || others.length > 0) return
  const sets = await ports.stacks.changeSetArns(stack.arn)
  const now = await ports.stacks.describe(stack.arn)
  if (sets.length === 0 && now?.status === 'REVIEW_IN_PROGRESS') await ports.stacks.deleteStack(stack.arn)
}

/** CloudFormation refuses to delete a set that it is still working on. Not stopped by Ctrl-C: this is what follows it. */
async function dropSet(arn: string, { ports, names }: TargetContext): Promise<void> {
  for (let poll = 0; poll < mostPolls; poll++) {
    if (!isUnfinished(await ports.stacks.changeSet(arn, names.stack))) break
    await ports.clock.sleep(pollMs)
  }
  await ports.stacks.deleteChangeSet(arn, names.stack)
}
