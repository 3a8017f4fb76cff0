import { describeContents, isEmpty } from '../../core/contents.js'
import type { FailureCause } from '../../core/receipt.js'
import { actionOf, stackStates } from '../../core/stack-state.js'
import { DeployError } from '../../errors.js'
import type { Stack, StackEvent } from '../../ports.js'
import type { Step } from '../../report/report.js'
import type { TargetContext } from '../context.js'
import { measureContents } from '../take-down/empty-bucket.js'
import { nukeCommandOf } from './holdings.js'
import { watchStack } from './watch-stack.js'

/** The target's stack once no operation runs on it; none is ever cancelled. Undefined: there is no stack. */
export async function idleStack(step: Step, context: TargetContext): Promise<Stack | undefined> {
  const { stacks } = context.ports
  const found = await stacks.describe(context.names.stack)
  const action = actionOf('rs-teardown', found?.status)
  if (found === undefined || action === 'nothing') return undefined
  if (action !== 'wait') return found
  step.line('plain', `the stack is ${stackStates[found.status].meaning}; waiting for that to end`)
  const after = await stacks.lastEventId(found.arn)
  await watchStack(found.arn, after, undefined, step, context)
  return idleStack(step, context)
}

/** Deletes a stack to its end. Throws StackFailed with what blocks it and the command that resolves it. */
export async function deleteStack(stack: Stack, expected: number, step: Step, context: TargetContext): Promise<void> {
  const { stacks } = context.ports
  if (stack.terminationProtected) {
    await stacks.allowTermination(stack.name)
    step.line('changed', 'termination protection lifted')
  }
  const after = await stacks.lastEventId(stack.arn)
  await stacks.deleteStack(stack.arn)
  const { stack: ended, events } = await watchStack(stack.arn, after, expected, step, context)
  if (ended.status === 'DELETE_COMPLETE') return
  const blocking = events.filter(({ status, physicalId }) => status === 'DELETE_FAILED' && physicalId !== stack.arn)
  throw await deletionFailure(ended, blocking, context)
}

async function deletionFailure(
  stack: Stack,
  blocking: readonly StackEvent[],
  context: TargetContext,
): Promise<DeployError> {
  const causes = await Promise.all(blocking.map((event) => explainBlocking(event, context)))
  const { env, org } = context.target
  const [first] = blocking
  const resolving = [...new Set(causes.flatMap(({ command }) => command ?? []))]
  const own = `make ${context.command} ENV=${env} ORG=${org}`
  const hint =
    resolving.length === 0
      ? `resolve what is named by hand, then ${own} continues`
      : `${resolving.join(', ')}, then ${own} continues`
  return new DeployError('StackFailed', `the stack ${stack.name} could not be deleted whole: ${stack.status}`, {
    facts:
      causes.length === 0
        ? [{ label: 'Reason', text: stack.statusReason ?? 'not told' }]
        : causes.map(({ label, text }) => ({ label, text })),
    hint,
    ...(first === undefined ? {} : { cause: causeOf(first) }),
  })
}

function causeOf({ logicalId, type, reason = 'no reason is told' }: StackEvent): FailureCause {
  return { logicalId, type, reason }
}

interface Cause {
  label: string
  text: string
  /** The command that resolves it. */
  command?: string | undefined
}

/** What keeps these resources from going on: `FormsBucket: the bucket … holds 12 objects`. */
export async function blockingFacts(
  resources: readonly Blocking[],
  context: TargetContext,
): Promise<{ label: string; text: string }[]> {
  const causes = await Promise.all(resources.map((one) => explainBlocking(one, context)))
  return causes.map(({ label, text, command }) => {
    const way = command === undefined ? '' : `: ${command} if it may go`
    return { label, text: `${text}${way}` }
  })
}

type Blocking = Pick<StackEvent, 'logicalId' | 'physicalId' | 'type'> & { reason?: string | undefined }

async function explainBlocking(event: Blocking, context: TargetContext): Promise<Cause> {
  const { logicalId, physicalId = '', type, reason = 'no reason is told' } = event
  const text = `${type} ${physicalId}: ${reason}`
  const command = nukeCommandOf(type, context.target)
  if (type !== 'AWS::S3::Bucket') return { label: logicalId, text, command }
  const contents = await measureContents(physicalId, '', context)
  if (isEmpty(contents)) return { label: logicalId, text }
  return { label: logicalId, text: `the bucket ${physicalId} holds ${describeContents(contents)}`, command }
}
