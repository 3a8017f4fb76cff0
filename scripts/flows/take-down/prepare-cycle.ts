import { planBuckets } from '../../core/buckets-plan.js'
import type { Inputs } from '../../core/inputs.js'
import { isPassed, variableOf } from '../../core/parameters.js'
import { ourParameters } from '../../core/project.js'
import { actionOf } from '../../core/stack-state.js'
import { DeployError } from '../../errors.js'
import type { BuildRecord } from '../build/build-record.js'
import { buildTarget } from '../build/build-target.js'
import type { TargetContext } from '../context.js'
import { type DeploymentFacts, bucketPresence, gatherFacts } from '../deploy/deployment-facts.js'
import { readLastReceipt } from '../ledger/ledger.js'
import { withBuildFolder } from '../lock/build-folder.js'
import { withTargetLock } from '../lock/target-lock.js'
import { deployableOf, dropPlanOrTell, readPlan } from '../stack/plan-changes.js'
import { ensureDeploymentsBucket } from '../stack/prepare-account.js'
import { findKeptPool } from './kept-pool.js'

/**
 * Checks, builds and has judged all that a deployment after the teardown will need, so that nothing is taken down that
 * could not come back. Returns the context of that deployment, which takes over the parameters of the stack that goes.
 */
export async function prepareCycle(context: TargetContext): Promise<TargetContext> {
  const { report } = context
  const { successor, facts } = await report.step('Check', async (step) => {
    const predecessor = await parametersThatGo(context)
    const successor = { ...context, predecessor, inputs: inputsOfSuccessor(predecessor, context) }
    const facts = await gatherFacts(successor, false)
    verifySecretsReturn(facts, context)
    await verifyReturn(successor)
    step.say('it can come back: parameters, buckets and user pool are as they must be')
    return { successor, facts }
  })
  await withBuildFolder(context, async () => {
    const build = await report.step('Build', (step) => buildTarget(facts.sources, facts.place, false, step, context))
    if (facts.stack !== undefined) await verifyTemplate(build, facts, successor)
  })
  return successor
}

/** Of the stack, or of its last release where a run before this one was stopped after the teardown. */
async function parametersThatGo(context: TargetContext): Promise<Readonly<Record<string, string>>> {
  const stack = await context.ports.stacks.describe(context.names.stack)
  return stack?.parameters ?? (await readLastReceipt(context))?.inputs.parameters ?? {}
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
async function verifyTemplate(build: BuildRecord, facts: DeploymentFacts, context: TargetContext): Promise<void> {
  await ensureDeploymentsBucket(context)
  await withTargetLock(context, (locked) =>
    locked.report.step('Change set', async (step) => {
      const stack = await locked.ports.stacks.describe(locked.names.stack)
      if (actionOf('rs-deploy', stack?.status) !== 'proceed') {
        return step.skip('CloudFormation plans nothing for a stack in this state: it is judged before it is made again')
      }
      try {
        const { verdict } = await readPlan(deployableOf(build, facts), stack, step, locked)
        if (verdict.refusal !== undefined) throw verdict.refusal
      } finally {
        await dropPlanOrTell(locked)
      }
    }),
  )
}

/** Throws Refused where a new stack would not find its data again. */
async function verifyReturn(context: TargetContext): Promise<void> {
  const presence = await bucketPresence(context)
  planBuckets({ names: context.names, presence, managed: [], wanted: undefined })
  if (context.inputs.COGNITO_USER_POOL_ID === undefined) await findKeptPool(context)
}
