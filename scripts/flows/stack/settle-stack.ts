import { actionOf, situationOf, situations, stackStates, wayOut } from '../../core/stack-state.js'
import { DeployError } from '../../errors.js'
import type { Stack } from '../../ports.js'
import type { Step } from '../../report/report.js'
import { confirmTyped } from '../confirm.js'
import type { TargetContext } from '../context.js'
import { blockingFacts, deleteStack } from './delete-stack.js'
import { findStuck } from './find-stuck.js'
import { verifyNothingInside } from './verify-remains.js'
import { watchStack } from './watch-stack.js'

export interface SettledStack {
  /** Undefined: there is no stack (any more), the deployment creates it. */
  stack: Stack | undefined
  /** Whether anything happened meanwhile: what was read before may be out of date. */
  changed: boolean
  /** Ids in ALLOW_DATA_LOSS that let something go with remains that were deleted. */
  usedUp?: readonly string[]
}

/**
 * Brings the stack into a state that can be deployed, as the table of stack states says: waits for a running operation,
 * deletes the remains of a creation that failed, refuses where a person must decide.
 */
export async function settleStack(
  step: Step,
  context: TargetContext,
  command: 'rs-deploy' | 'rs-deploy-only' = 'rs-deploy',
): Promise<SettledStack> {
  const stack = await context.ports.stacks.describe(context.names.stack)
  if (stack === undefined) {
    step.say('no stack yet: it will be created')
    return { stack: undefined, changed: false }
  }
  const { meaning } = stackStates[stack.status]
  switch (actionOf(command, stack.status)) {
    case 'proceed':
      step.say(`${stack.status}: ${meaning}`)
      return { stack, changed: false }
    case 'create':
      step.say(`${meaning}: it will be created`)
      return { stack: undefined, changed: false }
    case 'wait':
      await waitForEnd(stack, step, context)
      return { ...(await settleStack(step, context, command)), changed: true }
    case 'delete-then-create': {
      const usedUp = await confirmRemains(stack, context)
      await deleteRemains(stack, step, context)
      step.say('the failed stack is deleted, it will be created again')
      return { stack: undefined, changed: true, ...(usedUp.length === 0 ? {} : { usedUp }) }
    }
    default:
      throw await refusal(stack, context)
  }
}

/** Throws StackState or Refused at once where settling would refuse: before anything is built. */
export async function verifyDeployable(context: TargetContext): Promise<void> {
  const stack = await context.ports.stacks.describe(context.names.stack)
  if (stack === undefined) return
  if (wayOut(stack.status) !== undefined) throw await refusal(stack, context)
  if (actionOf('rs-deploy', stack.status) === 'delete-then-create') await verifyRemovable(stack, context)
}

/** Throws StackState or Refused where the remains of a failed creation must stay. Returns what goes uncounted. */
async function verifyRemovable(stack: Stack, context: TargetContext): Promise<string[]> {
  if (stack.terminationProtected) {
    throw new DeployError('StackState', `the failed stack ${stack.name} is protected from termination`, {
      hint: `make rs-teardown ENV=${context.target.env} ORG=${context.target.org} lifts that and deletes it`,
    })
  }
  return verifyNothingInside(stack, context)
}

/** In prod the deletion is confirmed by itself; what came in while a person thought about it is counted too. */
async function confirmRemains(stack: Stack, context: TargetContext): Promise<string[]> {
  const uncounted = await verifyRemovable(stack, context)
  if (context.target.env !== 'prod') return uncounted
  const inside = uncounted.length === 0 ? 'in which nothing holds data' : `with whatever is in ${uncounted.join(', ')}`
  const what = `deleting the failed stack ${stack.name} (${stack.status}), ${inside},`
  await confirmTyped({ what, yesSkips: uncounted.length === 0 }, context)
  return verifyRemovable(stack, context)
}

/**
 * The stack that code is released to past CloudFormation, as the table says for rs-deploy-function: waits for a running
 * operation. Throws StackState where it cannot take code, NotDeployed where there is none.
 */
export async function settleForFunction(step: Step, context: TargetContext): Promise<Stack> {
  const { names, target } = context
  const stack = await context.ports.stacks.describe(names.stack)
  const action = actionOf('rs-deploy-function', stack?.status)
  if (stack !== undefined && action === 'proceed') return stack
  if (stack !== undefined && action === 'wait') {
    await waitForEnd(stack, step, context)
    return settleForFunction(step, context)
  }
  if (stack !== undefined && wayOut(stack.status) !== undefined) throw await refusal(stack, context)
  const state = stack === undefined ? 'does not exist' : `is ${stackStates[stack.status].meaning} (${stack.status})`
  throw new DeployError('NotDeployed', `the stack ${names.stack} ${state}`, {
    hint: `make ${situations[situationOf(stack?.status)].resolve} ENV=${target.env} ORG=${target.org}`,
  })
}

/** Follows the operation that runs, with its events as they come. */
async function waitForEnd(stack: Stack, step: Step, context: TargetContext): Promise<void> {
  step.line('plain', `the stack is ${stackStates[stack.status].meaning}; waiting for that to end`)
  const after = await context.ports.stacks.lastEventId(stack.arn)
  // By ARN: the name alone stops telling of a stack once it is deleted.
  await watchStack(stack.arn, after, undefined, step, context)
}

/** The four lines that operators know, in our marks. */
async function deleteRemains(stack: Stack, step: Step, context: TargetContext): Promise<void> {
  step.line('plain', `Stack ${stack.name} is in ${stack.status} state`)
  step.line('removed', 'Deleting failed stack before redeploying…')
  step.line('plain', 'Waiting for stack deletion (this may take a minute)…')
  // What is half deleted cannot be deployed: where this fails, the teardown is what ends it.
  await deleteStack(stack, 0, step, { ...context, command: 'rs-teardown' })
  step.line('done', 'Failed stack deleted successfully')
}

/** Why nothing can be done with the stack as it is, and the command that leads out. */
export async function refusal(stack: Stack, context: TargetContext): Promise<DeployError> {
  const { name, status, statusReason } = stack
  const { env, org } = context.target
  const own = statusReason === undefined ? [] : [{ label: 'Reason', text: statusReason }]
  const named = await failedParts(stack, context)
  return new DeployError('StackState', `the stack ${name} is ${stackStates[status].meaning} (${status})`, {
    facts: [...own, ...named, { label: 'Because', text: situations[situationOf(status)].because }],
    hint: `make ${wayOut(status)} ENV=${env} ORG=${org}, then the same command again`,
  })
}

/** What failed, by name. That it cannot be read must not hide the state. */
async function failedParts(stack: Stack, context: TargetContext): Promise<{ label: string; text: string }[]> {
  try {
    if (situationOf(stack.status) !== 'half-deleted') {
      const stuck = await findStuck(stack, context)
      return stuck.map(({ name, type, reason }) => ({ label: name, text: `${type}: ${reason}` }))
    }
    const resources = await context.ports.stacks.resources(stack.arn)
    return await blockingFacts(
      resources.filter(({ status }) => status === 'DELETE_FAILED'),
      context,
    )
  } catch (error) {
    if (context.signal.aborted) throw error
    return []
  }
}
