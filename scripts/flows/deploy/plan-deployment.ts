import { isSet } from '../../core/inputs.js'
import type { Choice } from '../../core/least-work.js'
import type { ParameterValue } from '../../core/parameters.js'
import { actionOf, stackStates } from '../../core/stack-state.js'
import { DeployError } from '../../errors.js'
import type { Stack } from '../../ports.js'
import type { Step } from '../../report/report.js'
import { buildTarget } from '../build/build-target.js'
import { chooseFor } from './choose-work.js'
import type { TargetContext } from '../context.js'
import { hasMoved } from './deploy.js'
import { type DeploymentFacts, gatherFacts, livingStack } from './deployment-facts.js'
import type { Verdict } from '../stack/judge-changes.js'
import { deployableOf, describeParameter, dropPlanOrTell, readPlan } from '../stack/plan-changes.js'
import { ensureDeploymentsBucket } from '../stack/prepare-account.js'
import { verifyDeployable } from '../stack/settle-stack.js'
import { withBuildFolder } from '../lock/build-folder.js'
import { withTargetLock } from '../lock/target-lock.js'
import { type Uploads, readUploads } from '../build/uploads.js'
import { verifyQuotas } from './verify-quotas.js'
import { withoutAdmin } from '../ledger/why-changed.js'

/** What a deployment would do now. */
export interface Plan {
  /** Why there is something to do; empty when nothing would change. */
  reasons: string[]
  creates: boolean
  /** As `describeParameter` says them. */
  parameters: string[]
  verdict: Verdict
  uploads: Uploads | undefined
  /** The least that rs-up would do. */
  least: Choice
}

const nothing: Verdict = { rated: [], losses: [], unprotected: [], refusal: undefined }

/**
 * Finds out what rs-deploy would do, as rs-deploy does, and leaves nothing of it: the change set goes again, also when it
 * fails or is stopped. What SAM uploads for it stays; rs-deploy finds it there.
 */
export async function planDeployment(given: TargetContext): Promise<Plan> {
  const context = withoutAdmin(given)
  const { report } = context
  const first = await report.step('Check', (step) => look(step, context))
  if (first.reasons.length === 0) return planOf(first, nothing, undefined, context)
  await verifyDeployable(context)
  return withBuildFolder(context, async (waitedHere) => {
    const build = await report.step('Build', (step) =>
      buildTarget(first.sources, first.place, isSet(context.inputs, 'FORCE'), step, context),
    )
    await report.step('Account', (step) => prepareBucket(step, context))
    return withTargetLock(context, async (locked, waited) => {
      const again = waitedHere || waited || (await hasMoved(first, await livingStack(locked), locked))
      const facts = again ? await report.step('Check again', (step) => look(step, locked)) : first
      if (facts.reasons.length === 0) return planOf(facts, nothing, undefined, locked)
      const before = await report.step('Stack', (step) => readStack(step, locked))
      try {
        const { verdict } = await report.step('Change set', (step) =>
          readPlan(deployableOf(build, facts), before, step, locked),
        )
        return await planOf(facts, verdict, await readUploads(build, facts.config, verdict.rated, locked), locked)
      } finally {
        await dropPlanOrTell(locked)
      }
    })
  })
}

async function look(step: Step, context: TargetContext): Promise<DeploymentFacts> {
  const found = await gatherFacts(context, false)
  if (found.stack === undefined) await verifyQuotas(found.sources.template, found.parameters, context)
  const reasons = isSet(context.inputs, 'FORCE') ? ['FORCE=true'] : found.reasons
  step.say(reasons.length === 0 ? 'nothing changed since the last release' : reasons.join(', '))
  return { ...found, reasons }
}

/** SAM uploads into it, and the lock lies in it: without it there is no plan. */
async function prepareBucket(step: Step, context: TargetContext): Promise<void> {
  const made = await ensureDeploymentsBucket(context)
  if (made.length === 0) return step.skip('the deployments bucket is there')
  step.say(`${made.join(', ')}: the one thing of the account that a plan needs, and leaves there`)
}

/** Waits for nothing and deletes nothing. Undefined: the deployment creates the stack. */
async function readStack(step: Step, context: TargetContext): Promise<Stack | undefined> {
  const { ports, names, target } = context
  const stack = await ports.stacks.describe(names.stack)
  const action = actionOf('rs-deploy', stack?.status)
  step.say(
    stack === undefined ? 'no stack yet: it would be created' : `${stack.status}: ${stackStates[stack.status].meaning}`,
  )
  if (action === 'proceed') return stack
  if (action === 'create' || stack === undefined) return undefined
  await verifyDeployable(context)
  const running = action === 'wait'
  throw new DeployError(
    'StackState',
    `the stack ${stack.name} is ${stackStates[stack.status].meaning} (${stack.status})`,
    {
      hint: running
        ? `make rs-attach ENV=${target.env} ORG=${target.org} follows it; then the same command again`
        : `CloudFormation plans nothing for it: make rs-deploy ENV=${target.env} ORG=${target.org} removes these remains first`,
    },
  )
}

async function planOf(
  facts: DeploymentFacts,
  verdict: Verdict,
  uploads: Uploads | undefined,
  context: TargetContext,
): Promise<Plan> {
  const { reasons, stack, parameters, sources } = facts
  const describe = (parameter: ParameterValue): string => describeParameter(parameter, stack, sources.template)
  return {
    reasons,
    creates: stack === undefined,
    parameters: parameters.map(describe),
    verdict,
    uploads,
    least: await chooseFor(facts, context),
  }
}
