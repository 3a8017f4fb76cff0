import type { ShiftRecord, ShiftWish } from '../../core/shift.js'
import { DeployError } from '../../errors.js'
import type { Step } from '../../report/report.js'
import { checkBeforeTraffic } from '../release/check-version.js'
import { type CodeFacts, gatherCodeFacts } from '../release/code-facts.js'
import type { TargetContext } from '../context.js'
import { recordCodeFailure, recordFinished } from '../release/record-code.js'
import type { Released } from '../release/release-code.js'
import { shareTraffic } from './shift-aliases.js'
import { placed, takeBack } from './shift-ends.js'
import type { WatchedFunction } from './shift-gates.js'
import { type Journal, closeShift, ours, ownership, readShift, writeShift } from './shift-journal.js'
import { proveRelease } from '../deploy/verify-target.js'

const longestProbeMs = 60_000

/** Ends a shift whose run does not answer, and records it. The number of the release; undefined where it was over already. */
export async function endInPlace(what: ShiftWish, found: Journal, context: TargetContext): Promise<number | undefined> {
  const journal = await takeShift(what, found, context)
  if (journal === undefined) return undefined
  return what === 'abort' ? abort(journal, context) : finish(journal, context)
}

/** The shift as this run's own: from here on nobody else writes its aliases. Undefined where it is over. */
async function takeShift(what: ShiftWish, found: Journal, context: TargetContext): Promise<Journal | undefined> {
  const at = context.ports.clock.now().toISOString()
  let held: Journal | undefined = found
  while (held !== undefined) {
    const taken = { ...ownership(context), taken: { what, who: context.who, at } }
    const written: Journal | undefined = await writeShift(held, taken, context)
    if (written !== undefined) return written
    held = await readShift(context)
  }
  return undefined
}

/** Requests first: whatever else is wrong with the target, they go back. */
async function abort(journal: Journal, context: TargetContext): Promise<undefined> {
  const { report, who } = context
  const { functions, strategy, percent } = journal.shift
  const shift: ShiftRecord = { strategy, percent, ended: 'aborted', by: who }
  const why = `aborted by ${who}`
  const rollback = await report.step('Back', async (step) => {
    const unasked = functions.map((one) => ({ ...one, check: undefined }))
    const ending = { journal, functions: unasked, mayWrite: () => ours(journal, context) }
    const done = await takeBack(ending, { code: 'AwsFailed', why, facts: [] }, context)
    for (const text of done.foreign) step.line('plain', `${text}: it stays there`)
    step.say('the old versions have all requests')
    return done.rollback
  })
  await report.step('Record', async (step) => {
    const facts = await gatherCodeFacts(step, context).catch(() => undefined)
    if (facts === undefined) return step.skip('there is no good release to record it after')
    const error = new DeployError('Interrupted', `${why} at ${percent} %`, { cause: { shift, rollback } })
    await recordCodeFailure(facts, error, undefined, context)
  })
  return undefined
}

async function finish(journal: Journal, context: TargetContext): Promise<number> {
  const { report } = context
  const facts = await report.step('Check', (step) => gatherCodeFacts(step, context))
  const released = await report.step('Release', (step) => moveAll(journal, facts, step, context))
  const proof = await proveRelease(
    facts.stack,
    { released, config: undefined },
    { mostMs: longestProbeMs, access: false },
    context,
  )
  if (proof.kind === 'unhealthy') {
    await recordCodeFailure(facts, proof.error, proof, context)
    throw proof.error
  }
  return recordFinished(facts, released, proof.health, context)
}

/** The new versions are checked once more before they get all requests: nobody watched them meanwhile. */
async function moveAll(journal: Journal, facts: CodeFacts, step: Step, context: TargetContext): Promise<Released[]> {
  const watched = journal.shift.functions.map((one): WatchedFunction => {
    const standing = facts.functions.find(({ name }) => name === one.name)
    return { ...one, check: standing?.fn.check }
  })
  const released = await Promise.all(watched.map((one) => ready(one, journal, context)))
  const { foreign, stuck } = await shareTraffic(watched, 100, () => ours(journal, context), context)
  const problems = [...foreign, ...stuck]
  if (problems.length > 0) {
    throw new DeployError('StackState', `the shift could not be finished: ${problems[0] ?? ''}`, {
      facts: problems.slice(1).map((text) => ({ label: 'Also', text })),
      hint: placed('make rs-shift-abort', context),
    })
  }
  await closeShift(journal, context)
  step.say(released.map(({ logicalId, version }) => `${logicalId} version ${version}`).join(', '))
  return released
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
