import { isSet } from '../../core/inputs.js'
import { isEmpty, planPage } from '../../core/page-plan.js'
import { type PageRecord, livePage } from '../../core/page-record.js'
import { situationOf, situations, stackStates } from '../../core/stack-state.js'
import { DeployError } from '../../errors.js'
import type { Stack } from '../../ports.js'
import type { Step } from '../../report/report.js'
import { confirmDeployment } from '../confirm.js'
import type { TargetContext } from '../context.js'
import { deployedStack } from '../stack/deployed-stack.js'
import { readPageHistory } from './page-history.js'
import { readPageSource } from './page-source.js'
import { type PageChange, awaitEdges, placePage, tellPlan } from './place-page.js'
import { prepareAccount } from '../stack/prepare-account.js'
import { withTargetLock } from '../lock/target-lock.js'

export type PageOutcome =
  | { kind: 'unchanged'; stack: Stack; version: number }
  | { kind: 'planned'; stack: Stack; change: PageChange }
  | { kind: 'deployed'; stack: Stack; record: PageRecord; change: PageChange }

/** Brings the page of a folder into the target's bucket: what changed and nothing else. CHECK=true only tells. */
export async function deployFrontend(context: TargetContext): Promise<PageOutcome> {
  const { report, inputs } = context
  const checks = isSet(inputs, 'CHECK')
  const stack = await report.step('Check', (step) => (checks ? verifyPlace : lookAtPlace)(step, context))
  // While an operation runs nothing is settled that could be compared with.
  const seen = isBusy(stack) ? undefined : await report.step('Compare', (step) => compare(stack, step, context))
  if (seen !== undefined && isEmpty(seen.plan)) return unchanged(stack, seen, context)
  if (seen !== undefined && checks) return { kind: 'planned', stack, change: seen }
  await confirmDeployment(context)
  await report.step('Account', (step) => prepareAccount(step, context))
  return withTargetLock(context, async (locked, waited) => {
    const now = await placeNow(stack, waited, locked)
    const { next } = await readPageHistory(locked)
    const isFresh = now === stack && next === seen?.history.next
    const change = isFresh && seen ? seen : await report.step('Compare', (step) => compare(now, step, locked))
    if (isEmpty(change.plan)) return unchanged(now, change, locked)
    const put: PageChange['put'] = async (file) =>
      locked.ports.buckets.putFile(locked.names.buckets.frontend, file, await change.contentOf(file.key))
    return { kind: 'deployed', stack: now, change, record: await placePage({ ...change, put }, locked) }
  })
}

/** Nothing is to be uploaded; what an earlier run had CloudFront forget may still be on its way. */
async function unchanged(stack: Stack, { history }: Compared, context: TargetContext): Promise<PageOutcome> {
  const live = livePage(history)
  if (!isSet(context.inputs, 'CHECK')) await awaitEdges(live?.invalidation, context)
  return { kind: 'unchanged', stack, version: live?.version ?? 0 }
}

/** The stack under the lock: the one that was seen, or, where somebody was in between, as it is verified anew. */
export async function placeNow(seen: Stack, waited: boolean, locked: TargetContext): Promise<Stack> {
  const { changedAt, status } = await deployedStack(locked)
  if (!waited && !isBusy(seen) && changedAt === seen.changedAt && status === seen.status) return seen
  return locked.report.step('Check', (step) => verifyPlace(step, locked))
}

function isBusy({ status }: Stack): boolean {
  return situationOf(status) === 'busy'
}

/** The same as a first look: whoever works on the stack is waited for, at the lock. */
export async function lookAtPlace(step: Step, context: TargetContext): Promise<Stack> {
  const { ports, names } = context
  const stack = await ports.stacks.describe(names.stack)
  if (stack === undefined || !isBusy(stack) || !names.bucketKeys.includes('frontend')) return verifyPlace(step, context)
  step.say(`the stack is ${stackStates[stack.status].meaning}: it is looked at again under the lock`)
  return stack
}

/**
 * The stack, once it stands with its bucket for the page. Throws NotDeployed, StackState, or Refused where the project has
 * no such bucket.
 */
export async function verifyPlace(step: Step, context: TargetContext): Promise<Stack> {
  const { ports, names, target } = context
  const { env, org } = target
  if (!names.bucketKeys.includes('frontend')) {
    throw new DeployError('Refused', 'this project has no bucket for a page', {
      hint: 'name it as buckets.frontend in infra/project.json (docs/adopting.md)',
    })
  }
  const stack = await deployedStack(context)
  const { resolve } = situations[situationOf(stack.status)]
  if (resolve !== undefined) {
    const what = `the stack is ${stackStates[stack.status].meaning} (${stack.status})`
    throw new DeployError('StackState', `${what}: its outputs are not to be relied on`, {
      hint: `make ${resolve} ENV=${env} ORG=${org}, then the same command again`,
    })
  }
  const presence = await ports.buckets.presence(names.buckets.frontend)
  if (presence === 'ours') {
    step.say(names.buckets.frontend)
    return stack
  }
  throw new DeployError('StackState', `the page's bucket ${names.buckets.frontend} is not there (${presence})`, {
    hint: `make rs-deploy ENV=${env} ORG=${org}`,
  })
}

type Compared = PageChange & { contentOf: (key: string) => Promise<Uint8Array> }

async function compare(stack: Stack, step: Step, context: TargetContext): Promise<Compared> {
  const { ports, names } = context
  const [source, stored, history] = await Promise.all([
    readPageSource(stack, context),
    ports.buckets.etags(names.buckets.frontend),
    readPageHistory(context),
  ])
  const plan = planPage(source.files, stored, history)
  tellPlan(plan, step)
  return {
    files: source.files,
    contentOf: source.contentOf,
    plan,
    history,
    distributionId: stack.outputs['CloudFrontDistributionId'],
    restores: undefined,
    put: () => Promise.reject(new Error('the target is not locked')),
  }
}
