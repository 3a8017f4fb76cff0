import { stackStates } from '../core/stack-state.js'
import { DeployError } from '../errors.js'
import type { Stack } from '../ports.js'
import type { Step } from '../report/report.js'
import { confirmDeployment } from './confirm.js'
import type { TargetContext } from './context.js'
import { waitUntil } from './wait.js'
import { watchStack } from './watch-stack.js'

const deletionDeadlineMs = 30 * 60_000

export interface SettledStack {
  /** Undefined: there is no stack (any more), the deployment creates it. */
  stack: Stack | undefined
  /** Whether anything happened meanwhile: what was read before may be out of date. */
  changed: boolean
}

/**
 * Brings the stack into a state that can be deployed: waits for a running operation, deletes the remains of a creation
 * that failed, refuses where a person must decide.
 */
export async function settleStack(step: Step, context: TargetContext): Promise<SettledStack> {
  const { ports, names } = context
  const stack = await ports.stacks.describe(names.stack)
  if (stack === undefined) {
    step.say('no stack yet: it will be created')
    return { stack: undefined, changed: false }
  }
  const { situation, meaning } = stackStates[stack.status]
  switch (situation) {
    case 'healthy':
      step.say(`${stack.status}: ${meaning}`)
      return { stack, changed: false }
    case 'unborn':
      step.say('nothing was created yet')
      return { stack: undefined, changed: false }
    case 'gone':
      step.say('no stack any more: it will be created')
      return { stack: undefined, changed: false }
    case 'busy':
      step.line('plain', `the stack is ${meaning}; waiting for that to end`)
      await waitForEnd(stack, step, context)
      return { ...(await settleStack(step, context)), changed: true }
    case 'failed-creation':
      await confirmDeployment(context)
      await deleteRemains(stack, step, context)
      step.say('the failed stack is deleted, it will be created again')
      return { stack: undefined, changed: true }
    case 'stuck':
      throw new DeployError('StackState', `the stack ${stack.name} is ${meaning} (${stack.status})`, {
        ...(stack.statusReason === undefined ? {} : { facts: [{ label: 'Reason', text: stack.statusReason }] }),
        hint:
          stack.status === 'DELETE_FAILED'
            ? `make rs-teardown ENV=${context.target.env} ORG=${context.target.org} names what blocks it`
            : 'continue the rollback of the stack in the CloudFormation console, then the same command again',
      })
  }
}

async function waitForEnd(stack: Stack, step: Step, context: TargetContext): Promise<void> {
  if (stack.status === 'DELETE_IN_PROGRESS') return waitUntilDeleted(stack, context)
  await watchStack(stack.arn, await context.ports.stacks.lastEventId(stack.arn), undefined, step, context)
}

/** The four lines that operators know, in our marks. */
async function deleteRemains(stack: Stack, step: Step, context: TargetContext): Promise<void> {
  step.line('plain', `Stack ${stack.name} is in ${stack.status} state`)
  step.line('removed', 'Deleting failed stack before redeploying…')
  await context.ports.stacks.deleteStack(stack.arn)
  step.line('plain', 'Waiting for stack deletion (this may take a minute)…')
  await waitUntilDeleted(stack, context)
  step.line('done', 'Failed stack deleted successfully')
}

async function waitUntilDeleted(stack: Stack, context: TargetContext): Promise<void> {
  const local = context.cloud.kind !== 'aws'
  const wait = {
    what: 'the stack to be deleted',
    firstMs: local ? 100 : 2_000,
    limitMs: local ? 500 : 5_000,
    deadlineMs: deletionDeadlineMs,
    hint: 'make check-rs-stack-status tells how it goes on',
  }
  await waitUntil(wait, context, async () => {
    // By ARN: the name alone stops telling of a stack once it is deleted.
    const now = await context.ports.stacks.describe(stack.arn)
    if (now === undefined || now.status === 'DELETE_COMPLETE') return true
    if (now.status !== 'DELETE_FAILED') return undefined
    throw new DeployError('StackFailed', `the failed stack ${stack.name} could not be deleted`, {
      facts: [{ label: 'Reason', text: now.statusReason ?? 'not told' }],
      hint: 'resolve what blocks the deletion, then the same command again',
    })
  })
}
