import { isSuccess } from '../../core/operations.js'
import { type StackStatus, actionOf, stackStates } from '../../core/stack-state.js'
import { DeployError } from '../../errors.js'
import type { Stack } from '../../ports.js'
import type { Step } from '../../report/report.js'
import { confirmTyped } from '../confirm.js'
import type { TargetContext } from '../context.js'
import { idleStack } from './delete-stack.js'
import { type Stuck, findStuck } from './find-stuck.js'
import { stackFailure } from './find-cause.js'
import { refusal } from './settle-stack.js'
import { whileOurs } from '../lock/target-lock.js'
import { verifyRollback } from './verify-rollback.js'
import { watchStack } from './watch-stack.js'
import { templateFile } from '../../core/saved-files.js'

export type ContinuedRollback =
  | { kind: 'nothing'; status: StackStatus | 'NO_STACK' }
  /** `skipped` are the resources that are not what the stack's template says. */
  | { kind: 'rolled-back'; stack: Stack; skipped: string[] }

/**
 * Ends a rollback that failed, or that an update was left without, once what made it fail is mended: shows what failed,
 * asks, continues it under the target's lock, and follows it to its end. Throws Refused where that would delete data,
 * StackFailed with the cause.
 */
export async function continueRollback(context: TargetContext): Promise<ContinuedRollback> {
  return whileOurs(context, async (locked) => {
    const found = await locked.report.step('Stack', (step) => look(step, locked))
    if (found.kind === 'nothing') return found
    const { stack, skipped } = found
    const past = skipped.length === 0 ? '' : `, past ${skipped.map(({ name }) => name).join(', ')}`
    const yesSkips = locked.target.env !== 'prod'
    const lost = found.uncounted.length === 0 ? '' : `, which deletes ${found.uncounted.join(', ')}`
    await confirmTyped({ what: `continuing the rollback of ${stack.name}${past}${lost}`, yesSkips }, locked)
    // Data may have come in while somebody thought about it.
    await verifyRollback(stack, locked)
    const ended = await locked.report.step('Rollback', (step) => rollBack(stack, skipped, step, locked))
    return { kind: 'rolled-back', stack: ended, skipped: skipped.map(({ name }) => name) }
  })
}

type Found =
  | { kind: 'nothing'; status: StackStatus | 'NO_STACK' }
  /** `uncounted` goes, and nobody can tell what is in it: ALLOW_DATA_LOSS names it. */
  | { kind: 'stuck'; stack: Stack; skipped: Stuck[]; uncounted: string[] }

async function look(step: Step, context: TargetContext): Promise<Found> {
  const stack = await idleStack(step, context)
  const action = actionOf('rs-continue-rollback', stack?.status)
  if (stack !== undefined && action === 'refuse') throw await refusal(stack, context)
  if (stack === undefined || action !== 'continue-rollback') {
    const meaning = stack === undefined ? 'not deployed' : stackStates[stack.status].meaning
    step.say(`nothing to continue: the stack is ${meaning}`)
    return { kind: 'nothing', status: stack?.status ?? 'NO_STACK' }
  }
  step.line('plain', `${stack.status}: ${stack.statusReason ?? stackStates[stack.status].meaning}`)
  const stuck = await findStuck(stack, context)
  for (const { name, type, reason } of stuck) step.line('failed', `${name}  ${type}  ${reason}`)
  const skipped = chosen(stack, stuck, context)
  for (const { name } of skipped) {
    step.line(
      'changed',
      `${name} is skipped: it stays as it is now and counts as rolled back; until it agrees with the template again, ` +
        'by hand or by a deployment that changes it, later updates may fail on it',
    )
  }
  const uncounted = await verifyRollback(stack, context)
  step.say(`${stuck.length} failed, ${skipped.length} skipped`)
  return { kind: 'stuck', stack, skipped, uncounted }
}

/** Those that SKIP names. Throws Usage for a name that is none of the stuck ones: nothing is skipped by accident. */
function chosen(stack: Stack, stuck: readonly Stuck[], { inputs, target }: TargetContext): Stuck[] {
  const names = [...new Set((inputs.SKIP ?? '').split(',').map((name) => name.trim()))].filter((name) => name !== '')
  const where = `ENV=${target.env} ORG=${target.org}`
  if (names.length > 0 && stack.status !== 'UPDATE_ROLLBACK_FAILED') {
    throw new DeployError('Usage', `SKIP is possible only in UPDATE_ROLLBACK_FAILED, the stack is in ${stack.status}`, {
      hint: `make rs-continue-rollback ${where}`,
    })
  }
  const unknown = names.filter((name) => !stuck.some((one) => one.name === name))
  if (unknown.length === 0) return stuck.filter(({ name }) => names.includes(name))
  const known = stuck.map(({ name }) => name)
  throw new DeployError('Usage', `SKIP names ${unknown.join(', ')}, which did not fail in this rollback`, {
    facts: stuck.map(({ name, reason }) => ({ label: name, text: reason })),
    hint: known.length === 0 ? `make rs-continue-rollback ${where}` : `SKIP takes of these: ${known.join(',')}`,
  })
}

async function rollBack(stack: Stack, skipped: readonly Stuck[], step: Step, context: TargetContext): Promise<Stack> {
  const { stacks, files } = context.ports
  const after = await stacks.lastEventId(stack.arn)
  if (stack.status === 'UPDATE_ROLLBACK_FAILED') {
    await stacks.continueRollback(
      stack.arn,
      skipped.map(({ awsName }) => awsName),
    )
  } else await stacks.rollBack(stack.arn)
  const { stack: ended, events } = await watchStack(stack.arn, after, 0, step, context)
  if (ended.status === 'UPDATE_ROLLBACK_COMPLETE' || isSuccess(ended.status)) {
    step.say(`${ended.status}: the stack is ${stackStates[ended.status].meaning}`)
    return ended
  }
  throw await stackFailure(ended, events, await files.readText(templateFile), context)
}
