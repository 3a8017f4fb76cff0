import pMap from 'p-map'
import { type Shift, type ShiftRecord, isUnshared } from '../../core/shift.js'
import { readStrategy } from '../../core/strategy.js'
import type { FunctionAlias } from '../../ports.js'
import type { Step } from '../../report/report.js'
import type { TargetContext } from '../context.js'
import { shareTraffic } from '../shift/shift-aliases.js'
import type { WatchedFunction } from '../shift/shift-gates.js'
import { shiftTraffic } from '../shift/shift-traffic.js'
import { problemOf } from './check-version.js'
import { type Move, moveTraffic } from './move-traffic.js'
import { type TargetFunction, functionsAtOnce } from './target-functions.js'

/** A version that is ready for traffic, and where its alias is now. */
export interface ReadyVersion {
  fn: TargetFunction
  made: {
    logicalId: string
    name: string
    alias: string
    version: string
    /** The version to go back to; undefined: there was no good one. */
    before: string | undefined
  }
  current: FunctionAlias
}

/** The same, and the version that its requests are to go from. */
interface Placed extends ReadyVersion {
  from: string
}

/**
 * Moves the aliases at once, or as STRATEGY says: where a published version serves that can share the requests. `left`: a
 * shift that is to be gone on with.
 */
export async function moveReady(
  ready: readonly ReadyVersion[],
  left: Shift | undefined,
  step: Step,
  context: TargetContext,
): Promise<ShiftRecord | undefined> {
  const strategy = readStrategy(context.inputs.STRATEGY)
  const among = strategy.steps.length === 0 ? [] : ready
  const placed = await pMap(among, (one) => place(one, left, step, context), { concurrency: functionsAtOnce })
  const gradual = placed.filter(({ made, current, from }) => {
    if (from === made.version) return false
    if (current.version !== '$LATEST') return true
    step.line('plain', `${made.logicalId} has no version yet that requests could be shared with: all at once`)
    return false
  })
  const shifted = new Set(gradual.map(({ made }) => made.name))
  const direct = ready.filter((one) => !shifted.has(one.made.name) && !isThere(one)).map(moveOf)
  if (gradual.length === 0) {
    if (direct.length > 0) await moveTraffic(direct, step, context)
    return undefined
  }
  const functions = gradual.map(watched)
  const leave = (): Promise<void> => leaveUnproved(gradual, left, step, context)
  const shift = await shiftTraffic(functions, strategy, left, step, context, leave)
  if (direct.length > 0) await follow(direct, functions, step, context)
  return shift
}

/**
 * What a run that was cut off left serving is no way back: a shift begins at the version that was proved, unless that is not
 * healthy any more.
 */
async function place(one: ReadyVersion, left: Shift | undefined, step: Step, context: TargetContext): Promise<Placed> {
  const { fn, made, current } = one
  const { logicalId, before = current.version } = made
  const asked = ![made.version, current.version].includes(before) && current.version !== '$LATEST'
  if (!asked || isOf(left, one)) return { ...one, from: before }
  const problem = await problemOf(fn, before, context)
  if (problem === undefined) return { ...one, from: before }
  step.line(
    'plain',
    `${logicalId}: version ${before}, which was proved, is not healthy (${problem}): version ${current.version} stays its way back`,
  )
  return { ...one, from: current.version }
}

/** What the shift itself had moved already is as far as it is to go. */
function isOf(left: Shift | undefined, { made }: ReadyVersion): boolean {
  return left?.functions.some(({ name, to }) => name === made.name && to === made.version) === true
}

/** The version that was proved serves before the shift begins, once nothing refuses that. */
async function leaveUnproved(
  gradual: readonly Placed[],
  left: Shift | undefined,
  step: Step,
  context: TargetContext,
): Promise<void> {
  const moves = gradual.flatMap((one): Move[] => {
    const { made, current, from } = one
    if (from === current.version || isOf(left, one)) return []
    step.line(
      'plain',
      `${made.logicalId}: version ${current.version} was never proved, the shift begins at version ${from}`,
    )
    return [{ ...moveOf(one), to: from }]
  })
  if (moves.length > 0) await moveTraffic(moves, step, context)
}

/** What goes all at once goes after the shift ended well; where it cannot, what was shifted goes back: all or none. */
async function follow(
  direct: readonly Move[],
  shifted: readonly WatchedFunction[],
  step: Step,
  context: TargetContext,
): Promise<void> {
  try {
    await moveTraffic(direct, step, context)
  } catch (error) {
    const { foreign, stuck } = await shareTraffic(shifted, 0, async () => undefined, context)
    for (const text of [...foreign.map(({ text }) => text), ...stuck]) step.line('plain', `not taken back: ${text}`)
    throw error
  }
}

function moveOf({ made: { name, alias, version }, current }: ReadyVersion): Move {
  return { name, alias, from: current.version, to: version, revisionId: current.revisionId }
}

function watched({ fn, made, from }: Placed): WatchedFunction {
  const { logicalId, name, alias, version } = made
  return { logicalId, name, alias, from, to: version, check: fn.check }
}

/** Whether the alias serves the new version alone, though nothing proved that. */
function isThere({ made, current }: ReadyVersion): boolean {
  return current.version === made.version && isUnshared(current)
}
