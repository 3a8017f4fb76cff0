import { type RatedChange, ratedLines } from '../core/change-risk.js'
import type { ParameterValue } from '../core/parameters.js'
import type { ChangeSet, Stack } from '../ports.js'
import type { Step } from '../report/report.js'
import type { BuildRecord } from './build-record.js'
import { prepareChangeSet } from './change-set.js'
import { confirmDeployment, confirmTyped } from './confirm.js'
import type { TargetContext } from './context.js'
import { judgeChanges } from './judge-changes.js'

/** A change set that was read and found harmless; without `set` CloudFormation finds nothing to change. */
export interface PlannedChanges {
  set: ChangeSet | undefined
  rated: RatedChange[]
}

/** Has the change set made, reads it, and shows it, what is dangerous first. One that is refused leaves nothing behind. */
export async function planChanges(
  build: BuildRecord,
  parameters: readonly ParameterValue[],
  before: Stack | undefined,
  context: TargetContext,
): Promise<PlannedChanges> {
  return context.report.step('Change set', async (step) => {
    showParameters(parameters, before, step)
    const set = await prepareChangeSet(build, parameters, step, context)
    if (set === undefined) return { set, rated: [] }
    const rated = await orDrop(set, context, () => judgeChanges(set, parameters, before, context))
    // A first deployment is nothing but additions, of which the number says enough.
    if (rated.some(({ class: kind }) => kind !== 'additive')) {
      for (const { mark, text } of ratedLines(rated)) step.line(mark, text)
    }
    return { set, rated }
  })
}

/** Each parameter that will have another value than it has, and where the value comes from. */
function showParameters(parameters: readonly ParameterValue[], before: Stack | undefined, step: Step): void {
  for (const { name, value, from } of parameters) {
    const was = before?.parameters[name]
    if (was === value || (before === undefined && value === '')) continue
    const origin = {
      target: 'from ENV and ORG',
      given: 'given',
      stack: 'as it is',
      default: 'default',
      decided: 'by what exists',
    }[from]
    step.line('plain', `${name}=${value}  ${origin}${was === undefined ? '' : `, was ${was === '' ? 'empty' : was}`}`)
  }
}

/** In prod everything is confirmed before the first write; opening the API is typed, whatever YES says. */
export async function confirmChanges(
  { set }: PlannedChanges,
  parameters: readonly ParameterValue[],
  before: Stack | undefined,
  context: TargetContext,
): Promise<void> {
  const authOff = parameters.some(({ name, value }) => name === 'EnableAuth' && value === 'false')
  const opens = context.target.env === 'prod' && authOff && before?.parameters['EnableAuth'] !== 'false'
  const confirm = opens
    ? () => confirmTyped({ what: 'opening the API of prod to everybody (ENABLE_AUTH=false)', yesSkips: false }, context)
    : () => confirmDeployment(context)
  if (set === undefined) await confirm()
  else await orDrop(set, context, confirm)
}

/** What is refused or not confirmed leaves nothing behind: neither the set nor the empty stack that a first set makes. */
async function orDrop<T>(set: ChangeSet, context: TargetContext, check: () => Promise<T>): Promise<T> {
  try {
    return await check()
  } catch (error) {
    await dropChangeSet(set, context)
    throw error
  }
}

export async function dropChangeSet(set: ChangeSet, { ports }: TargetContext): Promise<void> {
  await ports.stacks.deleteChangeSet(set.arn)
  const stack = await ports.stacks.describe(set.stackArn)
  if (stack?.status !== 'REVIEW_IN_PROGRESS') return
  // Another run may have begun a deployment of it meanwhile: only an empty shell without any set goes.
  if ((await ports.stacks.changeSetArns(set.stackArn)).length === 0) await ports.stacks.deleteStack(set.stackArn)
}
