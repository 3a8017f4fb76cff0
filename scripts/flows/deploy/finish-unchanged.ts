import type { Receipt } from '../../core/receipt.js'
import type { TargetContext } from '../context.js'
import type { DeployOutcome } from './deploy.js'
import type { DeploymentFacts } from './deployment-facts.js'
import { verifySignIn, verifyTarget } from './verify-target.js'

/** Where nothing is to do: says of every step why it is left out, and proves that the target is as it was left. */
export async function finishUnchanged(
  facts: DeploymentFacts,
  done: 'checked' | 'locked',
  context: TargetContext,
): Promise<DeployOutcome | undefined> {
  const { stack, receipt } = facts
  if (facts.reasons.length > 0 || stack === undefined || receipt === undefined) return undefined
  const version = receipt.function?.version ?? ''
  for (const [title, reason] of skippedSteps(receipt, done)) {
    await context.report.step(title, async (step) => step.skip(reason))
  }
  await verifyTarget(stack, version, context)
  const admin = await verifySignIn(facts, stack, context)
  return { kind: 'unchanged', stack, release: receipt.release, version, admin }
}

/** Every step that a run leaves out where nothing changed, with its reason. */
function skippedSteps({ release, ...receipt }: Receipt, done: 'checked' | 'locked'): [string, string][] {
  const first: [string, string][] = [
    ['Build', `template and code are those of release ${release}`],
    ['Account', 'nothing is uploaded'],
    ['Lock', 'nothing is written'],
    ['Stack', `not touched since release ${release}`],
  ]
  return [
    ...(done === 'checked' ? first : []),
    ['Change set', 'template and parameters would change nothing'],
    ['Config', `the uploaded one is that of release ${release}`],
    ['Deploy', 'there is nothing to execute'],
    ['Protect', `done by release ${release}`],
    ['Release', `version ${receipt.function?.version ?? ''} is live already`],
  ]
}
