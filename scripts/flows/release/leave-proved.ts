import pMap from 'p-map'
import type { Shift } from '../../core/shift.js'
import { DeployError, messageOf } from '../../errors.js'
import type { Step } from '../../report/report.js'
import type { TargetContext } from '../context.js'
import { goBack } from '../shift/shift-ends.js'
import { adoptShift, ours } from '../shift/shift-journal.js'
import { problemOf } from './check-version.js'
import { type Move, moveTraffic } from './move-traffic.js'
import type { Wanted } from './release-code.js'
import { functionsAtOnce } from './target-functions.js'

interface Failing {
  wanted: readonly Wanted[]
  /** The shift that the release was to go on with. */
  left: Shift | undefined
}

/**
 * After a version failed before requests reached it: what an earlier run left half way, or serving without a proof, does
 * not stay so. Throws `error`, with what became of that.
 */
export async function leaveProved(
  error: unknown,
  { wanted, left }: Failing,
  step: Step,
  context: TargetContext,
): Promise<never> {
  if (!(error instanceof DeployError) || error.code !== 'Unhealthy') throw error
  if (left !== undefined) {
    return takeLeftBack(error, left, wanted, context).catch((problem: unknown) => throwBoth(error, problem))
  }
  const moves = await movesBack(wanted, step, context).catch((problem: unknown) => throwBoth(error, problem))
  if (moves.length === 0) throw error
  const { code, message, facts, cause } = error
  const back = moves.map(({ name, from, to }) => ({
    label: 'Back',
    text: `${name}: version ${to} serves again; version ${from}, which a run left, was never proved`,
  }))
  throw new DeployError(code, message, {
    facts: [...facts, ...back],
    hint: 'correct the code, then the same command again',
    cause,
  })
}

/** What failed first is what is to be corrected, whatever came in the way of the way back. */
function throwBoth(first: DeployError, problem: unknown): never {
  const { code, message, facts, hint = '', cause } = first
  const its = problem instanceof DeployError ? problem : undefined
  // A shift that went back tells of both.
  if (its?.code === 'Unhealthy') throw its
  if (its?.code === 'Interrupted') {
    const told = [{ label: 'Before', text: message }, ...facts]
    throw new DeployError(its.code, its.message, {
      facts: [...its.facts, ...told],
      hint: its.hint ?? '',
      cause: its.cause,
    })
  }
  const text = messageOf(problem)
  const notBack = [{ label: 'Not back', text }, ...(its?.facts ?? [])]
  throw new DeployError(code, message, { facts: [...facts, ...notBack], hint, cause })
}

/** Nobody would watch the requests that the shift gave to its new versions. */
async function takeLeftBack(
  { message, facts }: DeployError,
  left: Shift,
  wanted: readonly Wanted[],
  context: TargetContext,
): Promise<never> {
  const journal = await adoptShift(left, () => ({}), context)
  const functions = left.functions.map((one) => ({
    ...one,
    check: wanted.find(({ fn }) => fn.name === one.name)?.fn.check,
  }))
  return goBack({ journal, functions, mayWrite: () => ours(journal.shift, context) }, { text: message, facts }, context)
}

/** Has what was proved serve again, where nothing proved what serves. */
async function movesBack(wanted: readonly Wanted[], step: Step, context: TargetContext): Promise<Move[]> {
  const ways = await pMap(wanted, (one) => wayBack(one, context), { concurrency: functionsAtOnce })
  const moves = ways.flat()
  if (moves.length > 0) await moveTraffic(moves, step, context)
  return moves
}

/** From a version that nothing proved to the one that the last good release did, where that is healthy still. */
async function wayBack({ fn, served }: Wanted, context: TargetContext): Promise<Move[]> {
  const { name, alias } = fn
  if (alias === undefined || served === undefined || served === '$LATEST') return []
  const now = await context.ports.functions.alias(name, alias)
  if (now === undefined || now.version === served) return []
  if ((await problemOf(fn, served, context)) !== undefined) return []
  return [{ name, alias, from: now.version, to: served, revisionId: now.revisionId }]
}
