import { releasedFunctions } from '../../core/receipt.js'
import { DeployError } from '../../errors.js'
import type { Stack } from '../../ports.js'
import type { Step } from '../../report/report.js'
import { liveCode } from '../build/release-build.js'
import { type Begun, besideProved, configBack } from '../config/config-back.js'
import { type UploadedConfig, putConfig } from '../config/target-config.js'
import type { TargetContext } from '../context.js'
import { type Proof, otherRelease, proveRelease } from '../deploy/verify-target.js'
import { withTargetLock } from '../lock/target-lock.js'
import { heedShift } from '../shift/heed-shift.js'
import { executeChangeSet } from '../stack/change-set.js'
import { prepareKeptSet } from '../stack/packaged-template.js'
import { type PlannedChanges, confirmChanges, planChanges } from '../stack/plan-changes.js'
import { protectStack } from '../stack/protect-stack.js'
import { earlierImage } from './image-code.js'
import { attemptsBack, healthPathOf, readAttempts } from './health-gate.js'
import { recordCodeFailure, recordWhole } from './record-code.js'
import { type Released, type Wanted, releaseCode } from './release-code.js'
import { type WholeWay, readWholeWay } from './rollback-facts.js'
import type { RollbackOutcome } from './rollback-release.js'
import { type Before, versionsBefore } from './serving.js'
import { settled } from './settle-function.js'
import { targetFunctions } from './target-functions.js'

/**
 * Takes template, parameters, code and configuration back to an earlier good release: its packaged template through a
 * change set that is judged like any other, then the steps of a release.
 */
export async function rollBackEverything(
  release: number | undefined,
  context: TargetContext,
): Promise<RollbackOutcome> {
  const { report } = context
  readAttempts(context.inputs.HEALTH_ATTEMPTS)
  healthPathOf(context)
  return withTargetLock(context, async (locked) => {
    await heedShift(locked, false)
    const way = await report.step('Check', (step) => readWholeWay(release, step, locked))
    const { facts, goal, parameters, template } = way
    // Before there is a change set: where it cannot be read, nothing is left behind.
    const before = await versionsBefore(facts.stack, facts.live, locked)
    const changes = await planChanges(
      {
        make: (step, where) => prepareKeptSet(way.text, parameters, step, where),
        parameters: parameters.values,
        template,
      },
      facts.stack,
      locked,
    )
    if (changes.set === undefined && way.codeServes && way.config === undefined) {
      return { kind: 'unchanged', stack: facts.stack, to: goal.release }
    }
    await confirmChanges(changes, parameters.values, facts.stack, locked)
    return goBack(way, changes, before, locked)
  })
}

/** Once confirmed, whatever becomes of it is recorded. */
async function goBack(
  way: WholeWay,
  changes: PlannedChanges,
  { versions: served, astray }: Before,
  context: TargetContext,
): Promise<RollbackOutcome> {
  const { facts, goal } = way
  const begun: Begun = { stackArn: facts.stack.arn, served, astray, config: undefined }
  let proof: Proof | undefined
  try {
    const put = await context.report.step('Config', (step) => putEarlier(way, step, context))
    begun.config = await besideProved(put, begun, facts.live, context)
    const stack = await changeStack(way, changes, context)
    const released = await context.report.step('Release', (step) => releaseGoal(way, begun, stack, step, context))
    const undo = { released, config: begun.config }
    proof = await proveRelease(stack, undo, { access: true, attempts: attemptsBack }, context)
    if (proof.kind === 'unhealthy') throw proof.error
    const now = { stack, released, health: proof.health, config: begun.config.stored }
    const release = await recordWhole(facts, goal, now, context)
    return { kind: 'rolled-back', stack, to: goal.release, release, released }
  } catch (error) {
    const configRestored = await configBack(begun, error, context)
    const stack = await context.ports.stacks.describe(facts.stack.arn).catch(() => undefined)
    await recordCodeFailure({ ...facts, stackNow: stack, configRestored }, error, proof, context)
    throw error
  }
}

async function putEarlier({ config, present }: WholeWay, step: Step, context: TargetContext): Promise<UploadedConfig> {
  if (config === undefined) {
    step.skip('the uploaded configuration is that of the release, or it has none')
    return { stored: present, replaced: undefined }
  }
  const stored = await putConfig(config, context)
  step.say('put back to what the release had')
  return { stored, replaced: present?.text, replacedEtag: present?.etag }
}

async function changeStack({ facts }: WholeWay, { set }: PlannedChanges, context: TargetContext): Promise<Stack> {
  const { report } = context
  if (set === undefined) return facts.stack
  // The template is packaged: lines of the checkout's own would be those of another one.
  const changed = await report.step('Deploy', (step) => executeChangeSet(set, '', step, context))
  return report.step('Protect', (step) => protectStack(changed, step, context))
}

/**
 * A new version of the goal's code, with the settings that the stack has now: the version of then may name what has been
 * created anew since. Its bytes are taken from there where the template brings others.
 */
async function releaseGoal(
  { goal }: WholeWay,
  { served }: Begun,
  stack: Stack,
  step: Step,
  context: TargetContext,
): Promise<Released[]> {
  const earlier = releasedFunctions(goal)
  const functions = (await targetFunctions(stack.arn, context)).filter(({ alias }) => alias !== undefined)
  const wanted = await Promise.all(
    functions.map(async (fn): Promise<Wanted> => {
      const one = earlier.find(({ name }) => name === fn.name)
      const latest = await settled(fn.name, undefined, context)
      // An emulator has no CodeSha256 of an image: what is unknown is not the same.
      const same = one === undefined || (one.codeSha256 !== '' && latest.codeSha256 === one.codeSha256)
      const earlierCode = fn.packageType === 'Image' ? earlierImage : liveCode
      const code = same ? undefined : await earlierCode(fn.logicalId, one, context)
      return { fn, code, served: served.get(fn.name) }
    }),
  )
  try {
    return await releaseCode(wanted, step, context)
  } catch (error) {
    if (!(error instanceof DeployError) || error.code !== 'Unhealthy') throw error
    const hint = `the versions of before go on serving, the stack has the template of release ${goal.release}; ${otherRelease(context)}`
    throw new DeployError(error.code, error.message, { facts: error.facts, hint, cause: error })
  }
}
