import { type Shift, type ShiftRecord, sameWeights } from '../../core/shift.js'
import { readStrategy } from '../../core/strategy.js'
import type { FunctionAlias } from '../../ports.js'
import type { Step } from '../../report/report.js'
import type { TargetContext } from '../context.js'
import { shareTraffic } from '../shift/shift-aliases.js'
import type { WatchedFunction } from '../shift/shift-gates.js'
import { shiftTraffic } from '../shift/shift-traffic.js'
import { type Move, moveTraffic } from './move-traffic.js'
import type { TargetFunction } from './target-functions.js'

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
  const gradual = ready.filter(({ made, current }) => {
    if (strategy.steps.length === 0 || startOf({ made, current }) === made.version) return false
    if (current.version !== '$LATEST') return true
    step.line('plain', `${made.logicalId} has no version yet that requests could be shared with: all at once`)
    return false
  })
  const direct = ready.filter((one) => !gradual.includes(one) && !isThere(one)).map(moveOf)
  if (gradual.length === 0) {
    if (direct.length > 0) await moveTraffic(direct, step, context)
    return undefined
  }
  const functions = gradual.map(watched)
  await leaveUnproved(gradual, left, step, context)
  const shift = await shiftTraffic(functions, strategy, left, step, context)
  if (direct.length > 0) await follow(direct, functions, step, context)
  return shift
}

/** What a run that was cut off left serving is no way back: the version that was proved serves before the shift begins. */
async function leaveUnproved(
  gradual: readonly ReadyVersion[],
  left: Shift | undefined,
  step: Step,
  context: TargetContext,
): Promise<void> {
  const moves = gradual.flatMap(({ made, current }): Move[] => {
    const { logicalId, before } = made
    // What the shift itself had moved already is as far as it is to go.
    const goesOn = left?.functions.some(({ name, to }) => name === made.name && to === made.version)
    if (before === undefined || before === current.version || goesOn) return []
    step.line(
      'plain',
      `${logicalId}: version ${current.version} was never proved, the shift begins at version ${before}`,
    )
    return [{ ...moveOf({ made, current }), to: before }]
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
    for (const text of [...foreign, ...stuck]) step.line('plain', `not taken back: ${text}`)
    throw error
  }
}

function moveOf({ made: { name, alias, version }, current }: Pick<ReadyVersion, 'made' | 'current'>): Move {
  return { name, alias, from: current.version, to: version, revisionId: current.revisionId }
}

function watched({ fn, made, current }: ReadyVersion): WatchedFunction {
  const { logicalId, name, alias, version } = made
  return { logicalId, name, alias, from: startOf({ made, current }), to: version, check: fn.check }
}

/** The version that a shift begins at: the proved one, where a run that was cut off left another. */
function startOf({ made, current }: Pick<ReadyVersion, 'made' | 'current'>): string {
  return made.before ?? current.version
}

/** Whether the alias serves the new version alone, though nothing proved that. */
function isThere({ made, current }: ReadyVersion): boolean {
  return current.version === made.version && sameWeights(current.weights, {})
}
