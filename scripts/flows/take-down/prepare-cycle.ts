import { ourParameters } from '../../core/project.js'
import { planBuckets } from '../../core/buckets-plan.js'
import type { Inputs } from '../../core/inputs.js'
import { variableOf } from '../../core/parameters.js'
import { buildTarget } from '../build/build-target.js'
import type { TargetContext } from '../context.js'
import { withBuildFolder } from '../lock/build-folder.js'
import { bucketPresence, gatherFacts } from '../deploy/deployment-facts.js'
import { findKeptPool } from './kept-pool.js'
import { readLastReceipt } from '../ledger/ledger.js'

/**
 * Checks and builds all that a deployment after the teardown will need, so that nothing is taken down that could not come
 * back. Returns the context of that deployment, which takes over the parameters of the stack that goes.
 */
export async function prepareCycle(context: TargetContext): Promise<TargetContext> {
  const { report } = context
  const facts = await report.step('Check', async (step) => {
    const inputs = await inputsOfSuccessor(context)
    const successor = { ...context, inputs }
    const found = await gatherFacts(successor, false)
    await verifyReturn(successor)
    step.say('it can come back: parameters, buckets and user pool are as they must be')
    return { ...found, successor }
  })
  await withBuildFolder(context, () =>
    report.step('Build', (step) => buildTarget(facts.sources, facts.place, false, step, context)),
  )
  return facts.successor
}

/** Of the stack, or of its last release where a run before this one was stopped after the teardown. */
async function inputsOfSuccessor(context: TargetContext): Promise<Inputs> {
  const stack = await context.ports.stacks.describe(context.names.stack)
  const parameters = stack?.parameters ?? (await readLastReceipt(context))?.inputs.parameters ?? {}
  const own = Object.entries(variableOf).flatMap(([parameter, variable]) => {
    const value = ourParameters(parameters, context.project)[parameter] ?? ''
    return value === '' ? [] : [[variable, value] as const]
  })
  // What is kept decides about the buckets; and what was typed for the teardown counts for the deployment as well.
  return { ...Object.fromEntries(own), ...context.inputs, CREATE_BUCKETS: '', YES: 'true' }
}

/** Throws Refused where a new stack would not find its data again. */
async function verifyReturn(context: TargetContext): Promise<void> {
  const presence = await bucketPresence(context)
  planBuckets({ names: context.names, presence, managed: [], wanted: undefined })
  if (context.inputs.COGNITO_USER_POOL_ID === undefined) await findKeptPool(context)
}
