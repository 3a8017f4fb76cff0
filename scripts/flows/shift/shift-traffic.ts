import {
  describeOwner,
  describeShift,
  sameFunctions,
  sameWeights,
  type Shift,
  type ShiftRecord,
  type ShiftWish,
} from '../../core/shift.js'
import type { Strategy } from '../../core/strategy.js'
import { DeployError, messageOf } from '../../errors.js'
import type { Step } from '../../report/report.js'
import type { TargetContext } from '../context.js'
import { type GateProblem, type Gates, type WatchedFunction, openGates } from './shift-gates.js'
import { verifyWhole } from './heed-shift.js'
import { shareOf, shareTraffic } from './shift-aliases.js'
import { type Journal, adoptShift, closeShift, openShift, ours, ownership, writeShift } from './shift-journal.js'
import { type Ending, aborted, goBack, interrupted, warnOfLeft } from './shift-ends.js'

/** How often wishes and gates are looked at. */
const tickMs = { aws: 5_000, local: 500 }
/** So many looks in a row may fail, or find an alias that is not as it was left, before a shift goes back. */
const mostUnsure = 3

/** A shift that this process is making. */
interface Running {
  journal: Journal
  functions: readonly WatchedFunction[]
}

/**
 * Moves the requests to the new versions step by step, watched all the while: all of them in the end, or none. `left`: a
 * shift that its run left half way, to be gone on with. `prepare`: what comes before it, once nothing refuses it.
 */
export async function shiftTraffic(
  functions: readonly WatchedFunction[],
  strategy: Strategy,
  left: Shift | undefined,
  step: Step,
  context: TargetContext,
  prepare: () => Promise<void> = async () => undefined,
): Promise<ShiftRecord> {
  const resumed = left !== undefined && sameFunctions(left.functions, functions)
  const since = resumed ? left.since : context.ports.clock.now().toISOString()
  const gates = await openGates(functions, new Date(since), left === undefined, context)
  await prepare()
  const journal = await begin(left, resumed, { functions, strategy, since }, context)
  if (resumed) step.line('plain', `resuming the shift ${describeOwner(left)}`)
  const running: Running = { journal, functions }
  try {
    const last = journal.shift.step >= strategy.steps.length
    const first: Turn = left === undefined ? { kind: 'on' } : await firstTurn(journal, gates, last, context)
    return await goThrough(running, strategy, first, gates, step, context)
  } catch (error) {
    const { shift } = running.journal
    if (context.signal.aborted && error === context.signal.reason) throw interrupted(shift, context)
    // How a shift ends is told by its own words; anything else (a lost network, a lost lock) has left it where it is.
    if (!(error instanceof DeployError && ['Unhealthy', 'Interrupted'].includes(error.code))) warnOfLeft(shift, context)
    throw error
  }
}

/** A journal of this run's; what another one left is taken over, unless some of its functions would stay behind. */
async function begin(
  left: Shift | undefined,
  resumed: boolean,
  { functions, strategy, since }: { functions: readonly WatchedFunction[]; strategy: Strategy; since: string },
  context: TargetContext,
): Promise<Journal> {
  const plain = functions.map(({ logicalId, name, alias, from, to }) => ({ logicalId, name, alias, from, to }))
  const fresh = { strategy: strategy.name, since, step: 0, percent: left?.percent ?? 0, functions: plain }
  if (left === undefined) return openShift({ format: 1, ...ownership(context), ...fresh }, context)
  await verifyWhole(left, new Set(functions.map(({ name }) => name)), context)
  // Who asked to finish it meant its versions, not newer ones.
  const asked = ({ wish }: Shift): Pick<Shift, 'wish'> => ({ wish: wish?.what === 'abort' ? wish : undefined })
  return adoptShift(left, (now) => (resumed ? {} : { ...fresh, ...asked(now) }), context)
}

/** Nobody watched what was left: what was asked of it meanwhile, and every gate, come before its next step. */
async function firstTurn(
  { shift: { wish } }: Journal,
  gates: Gates,
  last: boolean,
  { ports, cloud, signal }: TargetContext,
): Promise<Turn> {
  if (wish !== undefined) return { kind: 'wish', what: wish.what, by: wish.who }
  for (let looks = 1; ; looks++) {
    try {
      const problem = await gates()
      return problem === undefined ? { kind: 'on' } : { kind: 'back', problem }
    } catch (error) {
      // What cannot be looked at is for the watch to judge; after the last step there is none.
      if (!last) return { kind: 'on' }
      if (looks >= mostUnsure) return { kind: 'back', problem: { text: unseen(error), facts: [] } }
      await ports.clock.sleep(tickMs[cloud.kind === 'aws' ? 'aws' : 'local'], signal)
    }
  }
}

function unseen(error: unknown): string {
  return `nobody can tell how it goes: ${messageOf(error)}`
}

/** A look that failed, or found what may be an old answer. */
type Unsure = { kind: 'unsure'; text: string }
type Turn = { kind: 'on' } | { kind: 'wish'; what: ShiftWish; by: string } | { kind: 'back'; problem: GateProblem }

async function goThrough(
  running: Running,
  strategy: Strategy,
  first: Turn,
  gates: Gates,
  step: Step,
  context: TargetContext,
): Promise<ShiftRecord> {
  let turn = first
  for (const [index, { percent, waitMs }] of strategy.steps.entries()) {
    if (turn.kind !== 'on') break
    if (index < running.journal.shift.step) continue
    await share(running, index, percent, context)
    step.line('plain', describeShift(running.journal.shift))
    turn = await watch(running, waitMs, gates, step, context)
  }
  const { percent } = running.journal.shift
  if (turn.kind === 'wish') step.line('plain', `${turn.by} asked to ${turn.what} it now (rs-shift-${turn.what})`)
  if (turn.kind === 'back') return goBack(endingOf(running, context), turn.problem, context)
  if (turn.kind === 'wish' && turn.what === 'abort') return aborted(endingOf(running, context), turn.by, context)
  await share(running, strategy.steps.length, 100, context)
  await closeShift(running.journal, context)
  const by = turn.kind === 'wish' ? turn.by : undefined
  if (by !== undefined) step.line('plain', `finished by ${by} at ${percent} %`)
  const ended = { strategy: strategy.name, percent }
  return by === undefined ? { ...ended, percent: 100, ended: 'done' } : { ...ended, ended: 'finished', by }
}

/** Writes down what is about to be, then does it: whoever finds the journal knows at least as much as happened. */
async function share(running: Running, index: number, percent: number, context: TargetContext): Promise<void> {
  running.journal = await note(running.journal, { step: index, percent }, context)
  const { foreign, stuck } = await shareTraffic(running.functions, percent, mayWrite(running, context), context)
  const problem = foreign[0]?.text ?? stuck[0]
  if (problem !== undefined) return goBack(endingOf(running, context), { text: problem, facts: [] }, context)
}

function mayWrite({ journal }: Running, context: TargetContext): () => Promise<unknown> {
  return () => ours(journal.shift, context)
}

function endingOf(running: Running, context: TargetContext): Ending {
  return { ...running, mayWrite: mayWrite(running, context) }
}

async function note(journal: Journal, changed: Partial<Shift>, context: TargetContext): Promise<Journal> {
  let held = journal
  for (;;) {
    const written = await writeShift(held, changed, context)
    if (written !== undefined) return written
    held = await ours(journal.shift, context)
  }
}

async function watch(
  running: Running,
  waitMs: number,
  gates: Gates,
  step: Step,
  context: TargetContext,
): Promise<Turn> {
  const { clock } = context.ports
  const deadline = clock.now().getTime() + waitMs
  const everyMs = context.cloud.kind === 'aws' ? tickMs.aws : tickMs.local
  let unsure = 0
  for (;;) {
    const leftMs = deadline - clock.now().getTime()
    // After a look that saw nothing the time goes on until one does, or until too many did not.
    if (leftMs <= 0 && unsure === 0) return { kind: 'on' }
    step.progress(`${describeShift(running.journal.shift)}; ${Math.ceil(Math.max(leftMs, 0) / 1000)} s more`)
    await clock.sleep(leftMs > 0 ? Math.min(leftMs, everyMs) : everyMs, context.signal)
    const turn = await look(running, gates, context)
    unsure = turn.kind === 'unsure' ? unsure + 1 : 0
    if (turn.kind === 'unsure' && unsure >= mostUnsure) return { kind: 'back', problem: { text: turn.text, facts: [] } }
    if (turn.kind !== 'unsure' && turn.kind !== 'on') return turn
  }
}

async function look(running: Running, gates: Gates, context: TargetContext): Promise<Turn | Unsure> {
  try {
    running.journal = await ours(running.journal.shift, context)
    const { wish } = running.journal.shift
    if (wish !== undefined) return { kind: 'wish', what: wish.what, by: wish.who }
    const touched = await touchedAlias(running, context)
    if (touched !== undefined) return { kind: 'unsure', text: touched }
    const problem = await gates()
    return problem === undefined ? { kind: 'on' } : { kind: 'back', problem }
  } catch (error) {
    // Whose shift it is, is no question of seeing.
    if (error instanceof DeployError && error.code === 'Interrupted') throw error
    return { kind: 'unsure', text: unseen(error) }
  }
}

/** An alias that somebody moved past this tool. */
async function touchedAlias({ journal, functions }: Running, { ports }: TargetContext): Promise<string | undefined> {
  const aliases = await Promise.all(functions.map(({ name, alias }) => ports.functions.alias(name, alias)))
  const at = functions.findIndex((one, i) => {
    const now = aliases[i]
    const share = shareOf(one, journal.shift.percent)
    return now === undefined || now.version !== share.version || !sameWeights(now.weights, share.weights)
  })
  const [fn, now] = [functions[at], aliases[at]]
  if (fn === undefined) return undefined
  return `the alias of ${fn.logicalId} was moved by something else, to version ${now?.version ?? 'none'}`
}
