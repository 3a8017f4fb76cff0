import path from 'node:path'
import { planBuckets } from '../../core/buckets-plan.js'
import type { Inputs } from '../../core/inputs.js'
import { isPassed, variableOf } from '../../core/parameters.js'
import { ourParameters } from '../../core/project.js'
import { actionOf, situationOf } from '../../core/stack-state.js'
import { templateFile } from '../../core/saved-files.js'
import { parseTemplate } from '../../core/template.js'
import { DeployError } from '../../errors.js'
import type { Stack } from '../../ports.js'
import type { Step } from '../../report/report.js'
import type { BuildRecord } from '../build/build-record.js'
import { buildTarget } from '../build/build-target.js'
import { readTemplates } from '../build/read-templates.js'
import type { TargetContext } from '../context.js'
import { type DeploymentFacts, bucketPresence, gatherFacts } from '../deploy/deployment-facts.js'
import { findReceipt } from '../ledger/ledger.js'
import { withBuildFolder } from '../lock/build-folder.js'
import { withTargetLock } from '../lock/target-lock.js'
import { idleStack } from '../stack/delete-stack.js'
import { allowedIds } from '../stack/holdings.js'
import { type Verdict, judgeTemplate } from '../stack/judge-changes.js'
import { confirmGrave, deployableOf, dropPlanOrTell, readPlan } from '../stack/plan-changes.js'
import { ensureDeploymentsBucket } from '../stack/prepare-account.js'
import { findKeptPool } from './kept-pool.js'

/**
 * Checks, builds and has judged all that a deployment after the teardown will need, so that nothing is taken down that
 * could not come back. Returns the context of that deployment, which takes over the parameters of the stack that goes.
 */
export async function prepareCycle(context: TargetContext): Promise<TargetContext> {
  const { report } = context
  const { successor, facts } = await report.step('Check', async (step) => {
    // What an operation that runs leaves behind is what goes.
    const predecessor = await parametersThatGo(await idleStack(step, context), context)
    const successor = { ...context, predecessor, inputs: inputsOfSuccessor(predecessor, context) }
    const facts = await gatherFacts(successor, false)
    verifySecretsReturn(facts, context)
    await verifyReturn(successor)
    step.say('it can come back: parameters, buckets and user pool are as they must be')
    return { successor, facts }
  })
  const verdict = await withBuildFolder(context, async () => {
    const build = await report.step('Build', (step) => buildTarget(facts.sources, facts.place, false, step, context))
    return facts.stack === undefined ? undefined : judgeTakenDown(build, facts, successor)
  })
  const next = { ...successor, usedUp: allowedIds(context.inputs) }
  if (verdict === undefined) return next
  // What is typed is typed while there is a way back.
  const { losses, unprotected } = verdict
  await confirmGrave(verdict, facts.parameters, successor.predecessor, context)
  return { ...next, typed: { losses: [...losses.map(({ id }) => id), ...unprotected], opening: true } }
}

/**
 * Of the stack; where a run before this one was stopped after the teardown, or a creation has failed since, what the stack
 * had that was taken down, or the last release that went live.
 */
async function parametersThatGo(
  stack: Stack | undefined,
  context: TargetContext,
): Promise<Readonly<Record<string, string>>> {
  const neverLived = ['failed-creation', 'unborn'].includes(situationOf(stack?.status))
  if (stack !== undefined && !neverLived) return stack.parameters
  const last = await findReceipt(({ outcome, parameters }) => outcome === 'live' || parameters !== undefined, context)
  return last?.parameters ?? last?.inputs.parameters ?? stack?.parameters ?? {}
}

function inputsOfSuccessor(predecessor: Readonly<Record<string, string>>, { inputs, project }: TargetContext): Inputs {
  const ours = ourParameters(predecessor, project)
  const own = Object.entries(variableOf).flatMap(([parameter, variable]) => {
    const value = ours[parameter] ?? ''
    return value === '' ? [] : [[variable, value] as const]
  })
  // What is kept decides about the buckets; and what was typed for the teardown counts for the deployment as well.
  return { ...Object.fromEntries(own), ...inputs, CREATE_BUCKETS: '', YES: 'true' }
}

/** What is secret cannot be read back from a stack. Throws Refused where the next one would not even have a default. */
function verifySecretsReturn({ parameters, sources }: DeploymentFacts, { report }: TargetContext): void {
  const secret = parameters.filter((one) => !isPassed(one)).map(({ name }) => name)
  const lost = secret.filter((name) => sources.template.Parameters?.[name]?.Default === undefined)
  if (lost.length > 0) {
    const what = `${lost.join(', ')} cannot be read back from the stack (NoEcho), and has no default`
    throw new DeployError('Refused', `${what}: nothing was changed`, {
      hint: 'give it a Default in template.yaml; or make rs-deploy, which changes the stack as it stands',
    })
  }
  if (secret.length === 0) return
  const text = `${secret.join(', ')} cannot be read back from the stack (NoEcho): the new one begins with the default`
  report.emit({ type: 'warning', text })
}

/** Has the template judged while everything still stands. Throws what rs-deploy would refuse it for. */
async function judgeTakenDown(build: BuildRecord, facts: DeploymentFacts, context: TargetContext): Promise<Verdict> {
  await ensureDeploymentsBucket(context)
  return withTargetLock(context, (locked) =>
    locked.report.step('Change set', async (step) => {
      const stack = await idleStack(step, locked)
      if (stack?.changedAt !== facts.stack?.changedAt) throw changedMeanwhile(locked)
      const verdict =
        actionOf('rs-deploy', stack?.status) === 'proceed'
          ? await planned(build, facts, stack, step, locked)
          : await judgeBuilt(facts, step, locked)
      if (verdict.refusal !== undefined) throw verdict.refusal
      return verdict
    }),
  )
}

/** What its successor is to have was read before that. */
function changedMeanwhile({ names }: TargetContext): DeployError {
  return new DeployError('Refused', `${names.stack} was changed by another run meanwhile: nothing was taken down`, {
    hint: 'the same command again',
  })
}

async function planned(
  build: BuildRecord,
  facts: DeploymentFacts,
  stack: Stack | undefined,
  step: Step,
  context: TargetContext,
): Promise<Verdict> {
  try {
    return (await readPlan(deployableOf(build, facts), stack, step, context)).verdict
  } finally {
    await dropPlanOrTell(context)
  }
}

/** CloudFormation plans nothing for a stack that is stuck: then the template is read as it was built. */
async function judgeBuilt({ parameters }: DeploymentFacts, step: Step, context: TargetContext): Promise<Verdict> {
  const file = path.join(context.names.buildFolder, 'build', templateFile)
  const [{ template }] = await readTemplates(file, parseTemplate, context)
  step.say('none can be made of a stack in this state: the built template is judged')
  return judgeTemplate(template, parameters, context)
}

/** Throws Refused where a new stack would not find its data again. */
async function verifyReturn(context: TargetContext): Promise<void> {
  const presence = await bucketPresence(context)
  planBuckets({ names: context.names, presence, managed: [], wanted: undefined })
  if (context.inputs.COGNITO_USER_POOL_ID === undefined) await findKeptPool(context)
}
