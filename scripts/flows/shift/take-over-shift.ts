import { describeLock } from '../../core/lock.js'
import { ledgerKeys } from '../../core/names.js'
import { commandFor } from '../../core/next-command.js'
import type { ShiftFailure } from '../../core/receipt.js'
import {
  type Shift,
  type ShiftRecord,
  type ShiftWish,
  describeOwner,
  describeShift,
  isLockOf,
} from '../../core/shift.js'
import { DeployError } from '../../errors.js'
import type { Step } from '../../report/report.js'
import { checkBeforeTraffic } from '../release/check-version.js'
import { type CodeFacts, gatherCodeFacts } from '../release/code-facts.js'
import type { TargetContext } from '../context.js'
import { recordCodeFailure, recordFinished } from '../release/record-code.js'
import { longestProbeMs } from '../release/health-gate.js'
import type { Released } from '../release/release-code.js'
import { shareTraffic } from './shift-aliases.js'
import { askOld, goBack, takeBack, tellIfLeft } from './shift-ends.js'
import type { WatchedFunction } from './shift-gates.js'
import { type Journal, closeShift, ours, ownership, readShift, writeShift } from './shift-journal.js'
import { readLock, withTargetLock } from '../lock/target-lock.js'
import { type Proof, proveRelease } from '../deploy/verify-target.js'

/**
 * Ends a shift whose run does not answer, and records it. The number of its receipt; undefined where it was over already
 * or there is none to write. Forward only under the target's lock; back past whatever lock there is.
 */
export async function endInPlace(what: ShiftWish, found: Journal, context: TargetContext): Promise<number | undefined> {
  if (what === 'abort') {
    const journal = await takeShift(what, found, context)
    return journal && abort(journal, found.shift, context)
  }
  await removeLockOf(found.shift, context)
  return withTargetLock(context, async (locked) => {
    const journal = await takeShift(what, found, locked)
    return journal && finish(journal, locked)
  })
}

/** A run that was asked and is silent has left its lock: nobody waits until that is stale. */
async function removeLockOf(shift: Shift, context: TargetContext): Promise<void> {
  const found = await readLock(context)
  if (found === undefined || shift.taken !== undefined || !isLockOf(shift, found.lock)) return
  const { ports, names } = context
  await ports.buckets.removeIf(names.deploymentsBucket, ledgerKeys.lock(names.stack), found.object.etag)
}

/**
 * The shift as this run's own: from here on nobody else writes its aliases. Undefined where it is over. Throws StackState
 * where it is not the one that was shown any more.
 */
async function takeShift(what: ShiftWish, found: Journal, context: TargetContext): Promise<Journal | undefined> {
  const at = context.ports.clock.now().toISOString()
  let held: Journal | undefined = found
  while (held !== undefined) {
    if (held.shift.owner !== found.shift.owner) throw changedHands(what, held.shift, context)
    const taken = { ...ownership(context), taken: { what, who: context.who, at } }
    const written: Journal | undefined = await writeShift(held, taken, context)
    if (written !== undefined) return written
    held = await readShift(context)
  }
  return undefined
}

/** Whoever confirmed or asked for the end of a shift meant that one, and not what somebody else made of it. */
export function changedHands(what: ShiftWish, now: Shift, context: TargetContext): DeployError {
  const { taken } = now
  const doing = taken === undefined ? describeShift(now) : `${taken.who} began to ${taken.what} it`
  return new DeployError('StackState', `the shift is another one by now: ${doing}`, {
    facts: [{ label: 'Shift', text: describeOwner(now) }],
    hint: `${commandFor(`rs-shift-${what}`, context.target)} again, where that one is meant too`,
  })
}

/** Requests first: whatever else is wrong with the target, and whoever has locked it, they go back. */
async function abort(journal: Journal, left: Shift, context: TargetContext): Promise<number | undefined> {
  const { report, who } = context
  const { functions, strategy, percent } = journal.shift
  const why = `aborted by ${who}`
  const foreign = await report.step('Back', async (step) => {
    const found = await readLock(context).catch(() => undefined)
    if (found !== undefined && !isLockOf(left, found.lock)) {
      step.line('plain', `past the lock of ${describeLock(found.lock)}: requests only go back`)
    }
    const unasked = functions.map((one) => ({ ...one, check: undefined }))
    const ending = { journal, functions: unasked, mayWrite: () => ours(journal.shift, context) }
    const { foreign } = await takeBack(ending, { code: 'AwsFailed', why, facts: [] }, context)
    for (const { text } of foreign) step.line('plain', `${text}: it stays there`)
    step.say(foreign.length === functions.length ? 'nothing was taken back' : 'the old versions have all requests')
    return foreign
  })
  return report.step('Record', async (step) => {
    const facts = await gatherCodeFacts(step, context).catch(() => undefined)
    if (facts === undefined) {
      step.skip('there is no good release to record it after')
      return undefined
    }
    const rollback = await askOld(watchedOf(journal, facts), foreign, context)
    const shift: ShiftRecord = { strategy, percent, ended: 'aborted', by: who }
    const error = new DeployError('Interrupted', `${why} at ${percent} %`, { cause: { shift, rollback } })
    const release = await recordCodeFailure(facts, error, undefined, context)
    step.say(`${release === undefined ? 'not recorded' : `release ${release}`}; ${healthOf(rollback)}`)
    return release
  })
}

function healthOf({ outcome }: ShiftFailure['rollback']): string {
  return {
    healthy: 'the old versions are healthy',
    unhealthy: 'the old versions are not healthy either',
    unasked: 'the old versions were not asked: nothing may be sent to them',
    nothing: 'no old version serves',
  }[outcome]
}

function watchedOf({ shift }: Journal, facts: CodeFacts): WatchedFunction[] {
  return shift.functions.map((one) => {
    const standing = facts.functions.find(({ name }) => name === one.name)
    return { ...one, check: standing?.fn.check }
  })
}

/** Whatever fails once the shift is ours is recorded; where requests stay half way, what ends that is said. */
async function finish(journal: Journal, context: TargetContext): Promise<number> {
  const { report } = context
  const facts = await report.step('Check', async (step) => {
    const found = await gatherCodeFacts(step, context)
    step.say(`release ${found.live.release} is the last good one`)
    return found
  })
  let proof: Proof | undefined
  try {
    const released = await report.step('Release', (step) => moveAll(journal, facts, step, context))
    const undo = { released, config: undefined }
    proof = await proveRelease(facts.stack, undo, { mostMs: longestProbeMs, access: false }, context)
    if (proof.kind === 'unhealthy') {
      await closeShift(journal, context)
      const { code, message, facts: told } = proof.error
      throw new DeployError(code, message, { facts: told, hint: afterwards(context), cause: proof.error })
    }
    await ours(journal.shift, context)
    const release = await recordFinished(facts, released, proof.health, context)
    await closeShift(journal, context)
    return release
  } catch (error) {
    await recordCodeFailure(facts, error, proof, context)
    await tellIfLeft(journal.shift, context)
    throw error
  }
}

/** The new versions are checked once more before they get all requests, nobody watched them meanwhile; else all go back. */
async function moveAll(journal: Journal, facts: CodeFacts, step: Step, context: TargetContext): Promise<Released[]> {
  const functions = watchedOf(journal, facts)
  const ending = { journal, functions, mayWrite: () => ours(journal.shift, context) }
  const back = (text: string, facts: DeployError['facts']): Promise<never> =>
    goBack(ending, { text, facts }, context, afterwards(context))
  const released = await Promise.all(functions.map((one) => ready(one, journal, context))).catch((error: unknown) => {
    if (error instanceof DeployError && error.code === 'Unhealthy') return back(error.message, error.facts)
    throw error
  })
  const { foreign, stuck } = await shareTraffic(functions, 100, ending.mayWrite, context)
  const problem = foreign[0]?.text ?? stuck[0]
  if (problem !== undefined) return back(problem, [])
  step.say(released.map(({ logicalId, version }) => `${logicalId} version ${version}`).join(', '))
  return released
}

function afterwards(context: TargetContext): string {
  return `correct the code, then ${commandFor('rs-up', context.target)}`
}

async function ready(
  { logicalId, name, alias, from, to, check }: WatchedFunction,
  { shift: { strategy, percent } }: Journal,
  context: TargetContext,
): Promise<Released> {
  const state = await context.ports.functions.state(name, to)
  const checked = check && (await checkBeforeTraffic(name, to, check, context))
  return {
    logicalId,
    name,
    alias,
    version: to,
    codeSha256: state?.codeSha256 ?? '',
    before: from,
    moved: true,
    updated: false,
    shift: { strategy, percent, ended: 'finished', by: context.who },
    answersHealth: check?.expects === 'health' ? checked : undefined,
  }
}
