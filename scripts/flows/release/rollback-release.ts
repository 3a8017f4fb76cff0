import { type Receipt, releasedFunctions } from '../../core/receipt.js'
import { DeployError } from '../../errors.js'
import type { Stack } from '../../ports.js'
import type { Step } from '../../report/report.js'
import type { DirectCheck } from '../../core/functions.js'
import { type Checked, checkBeforeTraffic } from './check-version.js'
import { type CodeFacts, type StandingFunction, gatherCodeFacts } from './code-facts.js'
import { confirmDeployment } from '../confirm.js'
import type { TargetContext } from '../context.js'
import { attemptsBack, healthPathOf, longestProbeMs, readAttempts } from './health-gate.js'
import { moveTraffic } from './move-traffic.js'
import { isServing, namedGoal, previousGood, pruned } from './rollback-goal.js'
import { heedShift } from '../shift/heed-shift.js'
import { recordCodeFailure, recordRollback } from './record-code.js'
import type { Released } from './release-code.js'
import { withTargetLock } from '../lock/target-lock.js'
import { type Proof, otherRelease, proveRelease } from '../deploy/verify-target.js'

export type RollbackOutcome =
  | { kind: 'unchanged'; stack: Stack; to: number }
  | { kind: 'rolled-back'; stack: Stack; to: number; release: number; released: Released[] }

/** Takes the code of every function back to an earlier good release, by its aliases alone: nothing is built or uploaded. */
export async function rollBackTo(release: number | undefined, context: TargetContext): Promise<RollbackOutcome> {
  const { report } = context
  readAttempts(context.inputs.HEALTH_ATTEMPTS)
  healthPathOf(context)
  return withTargetLock(context, async (locked) => {
    await heedShift(locked, false)
    const { facts, goal, back } = await report.step('Check', (step) => plan(release, step, locked))
    if (back.length === 0) return { kind: 'unchanged', stack: facts.stack, to: goal.release }
    await confirmDeployment(locked)
    return goBack(facts, goal, back, locked)
  })
}

/** A function whose alias is to go back, and the version that it goes to. */
interface Way {
  standing: StandingFunction
  alias: string
  to: string
  codeSha256: string
  imageDigest: string | undefined
}

async function plan(
  release: number | undefined,
  step: Step,
  context: TargetContext,
): Promise<{ facts: CodeFacts; goal: Receipt; back: Way[] }> {
  const facts = await gatherCodeFacts(step, context)
  const goal =
    release === undefined ? await previousCode(facts, context) : await namedGoal(release, facts.stack, context)
  const wanted = releasedFunctions(goal)
  const ways = facts.functions.map(async (standing): Promise<Way | undefined> => {
    const to = wanted.find(({ name }) => name === standing.name)
    const { alias } = standing.fn
    if (to === undefined || alias === undefined || isServing(standing, to.version)) return undefined
    if ((await context.ports.functions.state(standing.name, to.version)) === undefined)
      throw pruned(standing, to.version)
    return { standing, alias, to: to.version, codeSha256: to.codeSha256, imageDigest: to.imageDigest }
  })
  const back = (await Promise.all(ways)).flatMap((way) => way ?? [])
  step.say(back.length === 0 ? `release ${goal.release} serves already` : `back to release ${goal.release}`)
  return { facts, goal, back }
}

/** The good release before, as far as its code is another. */
function previousCode(facts: CodeFacts, context: TargetContext): Promise<Receipt> {
  const differs = (receipt: Receipt): boolean =>
    releasedFunctions(receipt).some(({ name, version }) =>
      facts.functions.some((standing) => standing.name === name && !isServing(standing, version)),
    )
  return previousGood(facts, differs(facts.live), differs, context)
}

async function goBack(
  facts: CodeFacts,
  goal: Receipt,
  back: readonly Way[],
  context: TargetContext,
): Promise<RollbackOutcome> {
  const { report } = context
  const { stack } = facts
  let proof: Proof | undefined
  try {
    const released = await report.step('Release', async (step) => {
      const ready = await Promise.all(back.map((way) => checked(way, context)))
      const moves = back.map(({ standing, alias, to }) => {
        const { version = '', revisionId = '' } = standing.alias ?? {}
        return { name: standing.name, alias, from: version, to, revisionId }
      })
      await moveTraffic(moves, step, context)
      step.say(ready.map(({ logicalId, version }) => `${logicalId} version ${version}`).join(', '))
      return ready
    })
    proof = await proveRelease(
      stack,
      { released, config: undefined },
      { mostMs: longestProbeMs, access: false, attempts: attemptsBack },
      context,
    )
    if (proof.kind === 'unhealthy') throw proof.error
    const release = await recordRollback(facts, goal, released, proof.health, context)
    return { kind: 'rolled-back', stack, to: goal.release, release, released }
  } catch (error) {
    await recordCodeFailure(facts, error, proof, context)
    throw error
  }
}

async function checkOld(
  { name, to, check, serving }: { name: string; to: string; check: DirectCheck; serving: string | undefined },
  context: TargetContext,
): Promise<Checked> {
  try {
    return await checkBeforeTraffic(name, to, check, context)
  } catch (error) {
    if (!(error instanceof DeployError)) throw error
    const hint = `no request reached it, version ${serving ?? 'of before'} goes on serving; ${otherRelease(context)}`
    throw new DeployError(error.code, error.message, { facts: error.facts, hint, cause: error })
  }
}

/** The old version, too, is asked for its health before requests reach it: what it depends on may be gone. */
async function checked(
  { standing, alias, to, codeSha256, imageDigest }: Way,
  context: TargetContext,
): Promise<Released> {
  const { fn, logicalId, name } = standing
  const serving = standing.alias?.version
  const found = fn.check && (await checkOld({ name, to, check: fn.check, serving }, context))
  return {
    logicalId,
    name,
    alias,
    version: to,
    codeSha256,
    ...(imageDigest === undefined ? {} : { imageDigest }),
    before: serving === '$LATEST' ? undefined : serving,
    moved: true,
    updated: false,
    answersHealth: fn.check?.expects === 'health' ? found : undefined,
  }
}
