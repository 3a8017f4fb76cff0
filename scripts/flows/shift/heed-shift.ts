import { endingLabels, endingsOf } from '../../core/shift-endings.js'
import { type Shift, describeOwner, describeShift, isUnshared } from '../../core/shift.js'
import { readStrategy } from '../../core/strategy.js'
import { DeployError } from '../../errors.js'
import type { TargetContext } from '../context.js'
import { standOf } from './shift-aliases.js'
import { tellIfLeft } from './shift-ends.js'
import { closeShift, readShift } from './shift-journal.js'

/**
 * Under the target's lock, before anything else: looks for a shift that its run left half way. The same strategy goes on
 * with it; throws StackState for any other, and for a command that `resumes` none. The one to go on with.
 */
export async function heedShift(context: TargetContext, resumes = true): Promise<Shift | undefined> {
  const found = await readShift(context)
  if (found === undefined) return undefined
  const { shift } = found
  return context.report.step('Shift', async (step) => {
    const again = resumes && shift.taken === undefined
    const same = readStrategy(context.inputs.STRATEGY).name === shift.strategy
    const stand = await standOf(shift.functions, context)
    // Its last step was taken, after all looks; only its end was not written down.
    const atItsEnd = stand === 'new' && shift.percent === 100 && again && same
    if (!atItsEnd && shift.taken === undefined && stand !== 'shared') {
      await closeShift(found, context)
      step.say(`${describeOwner(shift)} ended without saying so`)
      return undefined
    }
    if (again && same) {
      step.say(`${describeOwner(shift)} was left half way: going on with it`)
      return shift
    }
    const doing = shift.taken === undefined ? '' : `; ${shift.taken.who} began to ${shift.taken.what} it`
    throw leftHalfWay(shift, doing, again ? shift.strategy : undefined, context)
  })
}

/** Whether a journal tells of something to end: requests that are shared, or an end that somebody began. */
export async function isOpen({ taken, functions }: Shift, context: TargetContext): Promise<boolean> {
  return taken !== undefined || (await standOf(functions, context)) === 'shared'
}

/** Throws StackState where a release that goes on with a shift would leave a function of it half way. */
export async function verifyWhole(shift: Shift, names: ReadonlySet<string>, context: TargetContext): Promise<void> {
  const dropped = shift.functions.filter(({ name }) => !names.has(name))
  const aliases = await Promise.all(dropped.map(({ name, alias }) => context.ports.functions.alias(name, alias)))
  const left = dropped.filter(({ from }, i) => {
    const now = aliases[i]
    return now !== undefined && (now.version !== from || !isUnshared(now))
  })
  if (left.length === 0) return
  const ids = left.map(({ logicalId }) => logicalId).join(', ')
  throw leftHalfWay(shift, `; this release is not of ${ids}, which it shifts too`, undefined, context)
}

/** Does what is to go on with a shift; where it fails before that, says that nobody watches the shift any more. */
export async function goingOnWith<T>(
  left: Shift | undefined,
  context: TargetContext,
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await work()
  } catch (error) {
    // What names the commands that end it has said all of it, and that the same command does not go on.
    const told = error instanceof DeployError && error.facts.some(({ label }) => label === endingLabels.abort)
    if (left !== undefined && !told) await tellIfLeft(left, context)
    throw error
  }
}

/** `strategy`: the one that goes on with it, where that helps. */
function leftHalfWay(shift: Shift, more: string, strategy: string | undefined, context: TargetContext): DeployError {
  const { finish, abort, facts } = endingsOf(context.target)
  // What somebody began to finish may be all but recorded.
  const ended = shift.taken?.what === 'finish' ? `${finish} (or abort it)` : `${abort} (or finish it)`
  return new DeployError('StackState', `a shift was left half way: ${describeShift(shift)}${more}`, {
    facts: [{ label: 'Shift', text: describeOwner(shift) }, ...facts],
    hint:
      strategy === undefined
        ? `${ended}, then the same command again`
        : `STRATEGY=${strategy} goes on with it; or finish or abort it, then the same command again`,
  })
}
