import { describeOwner, describeShift } from '../../core/shift.js'
import { readStrategy } from '../../core/strategy.js'
import { DeployError } from '../../errors.js'
import type { TargetContext } from '../context.js'
import { isHalfWay } from './shift-aliases.js'
import { placed } from './shift-ends.js'
import { closeShift, readShift } from './shift-journal.js'

/**
 * Under the target's lock, before anything else: looks for a shift that its run left half way. The same strategy goes on
 * with it; throws StackState for any other, and for a command that `resumes` none. Whether there is one to go on with.
 */
export async function heedShift(context: TargetContext, resumes = true): Promise<boolean> {
  const found = await readShift(context)
  if (found === undefined) return false
  const { shift } = found
  return context.report.step('Shift', async (step) => {
    if (shift.taken === undefined && !(await isHalfWay(shift.functions, context))) {
      await closeShift(found, context)
      step.say(`${describeOwner(shift)} ended without saying so`)
      return false
    }
    if (resumes && shift.taken === undefined && readStrategy(context.inputs.STRATEGY).name === shift.strategy) {
      step.say(`${describeOwner(shift)} was left half way: going on with it`)
      return true
    }
    const doing = shift.taken === undefined ? '' : `; ${shift.taken.who} began to ${shift.taken.what} it`
    throw new DeployError('StackState', `a shift was left half way: ${describeShift(shift)}${doing}`, {
      facts: [
        { label: 'Shift', text: describeOwner(shift) },
        { label: 'Finish', text: placed('make rs-shift-finish', context) },
        { label: 'Abort', text: placed('make rs-shift-abort', context) },
      ],
      hint: resumes
        ? `one of them; or the same command with STRATEGY=${shift.strategy}, which goes on with it`
        : 'one of them, then the same command again',
    })
  })
}
