import { beginsOperation, isSuccess } from '../../core/operations.js'
import { describeLock, isStale } from '../../core/lock.js'
import { situationOf, stackStates } from '../../core/stack-state.js'
import type { Stack } from '../../ports.js'
import type { Step } from '../../report/report.js'
import type { TargetContext } from '../context.js'
import { stackFailure } from './find-cause.js'
import { readLock } from '../lock/target-lock.js'
import { watchStack } from './watch-stack.js'
import { templateFile } from '../../core/saved-files.js'

export type Attached =
  /** Nothing runs. */
  | { kind: 'idle'; stack: Stack | undefined }
  /** What ran has ended well; `holder` is the run that goes on with the rest of its deployment. */
  | { kind: 'ended'; stack: Stack; holder: string | undefined }

/**
 * Follows the operation that runs on the stack, whoever started it, from its first event to its end. Writes nothing.
 * Throws StackFailed, with the cause, when it did not end well.
 */
export async function attach(context: TargetContext): Promise<Attached> {
  const { ports, names, report } = context
  const stack = await ports.stacks.describe(names.stack)
  if (stack === undefined || situationOf(stack.status) !== 'busy') return { kind: 'idle', stack }
  const ended = await report.step('Attach', (step) => follow(stack, step, context))
  return { kind: 'ended', stack: ended, holder: await livingHolder(context) }
}

async function follow(running: Stack, step: Step, context: TargetContext): Promise<Stack> {
  const begun = await context.ports.stacks.eventsBackTo(running.arn, beginsOperation(running.arn))
  step.line('plain', `the stack is ${stackStates[running.status].meaning}, since ${begun[0]?.at.toISOString() ?? '?'}`)
  const { stack, events } = await watchStack(running.arn, undefined, undefined, step, context, begun)
  if (!isSuccess(stack.status)) {
    throw await stackFailure(stack, events, await context.ports.files.readText(templateFile), context)
  }
  const changed = new Set(events.filter(({ physicalId }) => physicalId !== stack.arn).map(({ logicalId }) => logicalId))
  step.say(`${changed.size} resources, ${stack.status}`)
  return stack
}

/** Who goes on with the deployment, if somebody who lives does. */
async function livingHolder(context: TargetContext): Promise<string | undefined> {
  const found = await readLock(context).catch(() => undefined)
  if (found === undefined || found.lock.manual || isStale(found.lock, found.object.modifiedAt, found.object.serverNow))
    return undefined
  return describeLock(found.lock)
}
