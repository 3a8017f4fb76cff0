import type { ShiftFailure } from '../../core/receipt.js'
import { endingsOf } from '../../core/shift-endings.js'
import { type Shift, type ShiftRecord, describeShift } from '../../core/shift.js'
import { type CodeWord, DeployError } from '../../errors.js'
import { problemOf } from '../release/check-version.js'
import type { TargetContext } from '../context.js'
import type { GateProblem, WatchedFunction } from './shift-gates.js'
import { type Foreign, shareTraffic } from './shift-aliases.js'
import { type Journal, closeShift, readShift } from './shift-journal.js'

/** A shift at its end, whoever ends it. */
export interface Ending {
  journal: Journal
  functions: readonly WatchedFunction[]
  /** Throws once the shift is somebody else's. */
  mayWrite: () => Promise<unknown>
}

/** Takes all requests back to the old versions because of a gate. Throws Unhealthy. */
export async function goBack(
  ending: Ending,
  { text, facts }: GateProblem,
  context: TargetContext,
  hint = 'correct the code, then the same command again',
): Promise<never> {
  const { strategy, percent } = ending.journal.shift
  const record: ShiftRecord = { strategy, percent, ended: 'gate' }
  return end(ending, record, { code: 'Unhealthy', why: text, facts, hint }, context)
}

/** The same because somebody wished it. Throws Interrupted. */
export async function aborted(ending: Ending, by: string, context: TargetContext): Promise<never> {
  const { strategy, percent } = ending.journal.shift
  const record: ShiftRecord = { strategy, percent, ended: 'aborted', by }
  const hint = `ask ${by} why; the same command begins anew`
  return end(ending, record, { code: 'Interrupted', why: `aborted by ${by}`, facts: [], hint }, context)
}

interface Reason {
  code: CodeWord
  why: string
  facts: { label: string; text: string }[]
  hint: string
}

async function end(ending: Ending, shift: ShiftRecord, reason: Reason, context: TargetContext): Promise<never> {
  const { code, why, facts, hint } = reason
  const { foreign, rollback } = await takeBack(ending, reason, context)
  const cause: ShiftFailure = { shift, rollback }
  const strange = foreign.filter(({ text }) => text !== why).map(({ text }) => ({ label: 'Left', text }))
  const became = [backClause(ending, rollback), ...staysClause(rollback)].join('; ')
  throw new DeployError(code, `${why}; ${became}`, { facts: [...facts, ...strange], hint, cause })
}

/** What went back, and how that is. */
function backClause({ journal, functions }: Ending, { outcome, left = [] }: ShiftFailure['rollback']): string {
  if (outcome === 'nothing') return 'nothing was taken back'
  const back = functions.filter(({ logicalId }) => !left.includes(logicalId))
  const [only] = back
  const one = `version ${only?.from}${left.length > 0 ? ` of ${only?.logicalId}` : ''} has`
  const serving = back.length === 1 ? one : `the old versions of ${back.length} functions have`
  const health = { healthy: '', unhealthy: ', and not healthy either', unasked: '; its health was not asked' }[outcome]
  return `back at ${journal.shift.percent} %: ${serving} all requests again${health}`
}

function staysClause({ left = [] }: ShiftFailure['rollback']): string[] {
  return left.length === 0
    ? []
    : [`${left.join(', ')} ${left.length === 1 ? 'stays' : 'stay'} as something else left it`]
}

/**
 * Gives the old versions all requests and closes the journal; a run that stalled just before its write cannot write over
 * that, because every alias has a new revision. Throws where an alias cannot be moved: the journal stays.
 */
export async function takeBack(
  { journal, functions, mayWrite }: Ending,
  { code, why, facts }: Pick<Reason, 'code' | 'why' | 'facts'>,
  context: TargetContext,
): Promise<{ foreign: Foreign[]; rollback: ShiftFailure['rollback'] }> {
  const { foreign, stuck } = await shareTraffic(functions, 0, mayWrite, context, true)
  if (stuck.length > 0) {
    throw new DeployError(code, `${why}; at ${journal.shift.percent} %, and not everything could be taken back`, {
      facts: [...facts, ...stuck.map((text) => ({ label: 'Not back', text }))],
      hint: endingsOf(context.target).abort,
    })
  }
  await closeShift(journal, context)
  return { foreign, rollback: await askOld(functions, foreign, context) }
}

/** Asks the old versions that serve again for their health, directly. What somebody else moved is none of them. */
export async function askOld(
  functions: readonly WatchedFunction[],
  foreign: readonly Foreign[],
  context: TargetContext,
): Promise<ShiftFailure['rollback']> {
  const left = foreign.map(({ logicalId }) => logicalId)
  const back = functions.filter(({ logicalId }) => !left.includes(logicalId))
  const versions = Object.fromEntries(back.map(({ logicalId, from }) => [logicalId, from]))
  const asked = back.filter(({ check }) => check !== undefined)
  const problems = await Promise.all(asked.map((one) => problemOf(one, one.from, context)))
  const healthy = problems.every((problem) => problem === undefined)
  const health = asked.length === 0 ? 'unasked' : healthy ? 'healthy' : 'unhealthy'
  return {
    outcome: back.length === 0 ? 'nothing' : health,
    versions,
    attempts: asked.length === 0 ? 0 : 1,
    ...(left.length === 0 ? {} : { left }),
  }
}

/** Ctrl-C: traffic stays as it is, and nobody watches it any more. */
export function interrupted(shift: Shift, context: TargetContext): DeployError {
  return new DeployError('Interrupted', `stopped on request; ${describeShift(shift)}, and nobody watches it now`, {
    facts: endingsOf(context.target).facts,
    hint: 'one of them; or the same command again, which goes on with the shift',
  })
}

/** Said beside the failure that made a run leave its shift. */
export function warnOfLeft(shift: Shift, context: TargetContext): void {
  context.report.emit({
    type: 'warning',
    text: `as last written down, ${describeShift(shift)}, and nobody watches it now`,
    hint: `the same command goes on with it; ${endingsOf(context.target).abort} takes it back`,
  })
}

/** What went back closed its journal; one that has the same owner still tells of requests that nobody watches. */
export async function tellIfLeft(shift: Shift, context: TargetContext): Promise<void> {
  const found = await readShift(context).catch(() => undefined)
  if (found?.shift.owner === shift.owner) warnOfLeft(shift, context)
}
