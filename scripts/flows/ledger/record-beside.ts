import { type Receipt, failureCause } from '../../core/receipt.js'
import { hasLived } from '../../core/stack-state.js'
import type { Stack } from '../../ports.js'
import type { TargetContext } from '../context.js'
import { findReceipt, pastGuard, writeReceipt } from './ledger.js'
import { commonPart } from './record-release.js'
import { messageOf } from '../../errors.js'

/** What was done to a target that is no release of it: in one sentence each. */
export type Deed = { removed: string } | { adopted: string }

/**
 * Leaves a receipt of a take-down or an adoption, so that the history tells the whole story. That it cannot be written
 * is said; what is done is done.
 */
export async function recordDeed(deed: Deed, stack: Stack | undefined, context: TargetContext): Promise<void> {
  await record({ ...deed, outcome: 'removed' in deed ? 'removed' : 'adopted' }, stack, context)
}

/** The same of one that failed once it had begun, with its cause: part of it may be done. */
export async function recordFailedDeed(
  deed: Deed,
  error: unknown,
  stack: Stack | undefined,
  context: TargetContext,
): Promise<void> {
  const cause = failureCause.safeParse(error instanceof Error ? error.cause : undefined)
  const outcome = 'removed' in deed ? 'not-removed' : 'not-adopted'
  const failure = messageOf(error)
  await record(
    { ...deed, outcome, failure, ...(cause.success ? { cause: cause.data } : {}) },
    stack,
    pastGuard(context),
  )
}

type Told = Pick<Receipt, 'outcome' | 'removed' | 'adopted' | 'failure' | 'cause'>

async function record(told: Told, stack: Stack | undefined, context: TargetContext): Promise<void> {
  const { ports, names, report } = context
  try {
    if ((await ports.buckets.presence(names.deploymentsBucket)) !== 'ours') return
    const last = await findReceipt(() => true, context)
    const receipt: Omit<Receipt, 'release'> = {
      ...(await commonPart(context)),
      ...told,
      ...(told.removed !== undefined && stack !== undefined && hasLived(stack.status)
        ? { parameters: stack.parameters }
        : {}),
      inputs: last?.inputs ?? unknownInputs(stack),
      stack: { arn: stack?.arn ?? last?.stack.arn ?? '', changedAt: stack?.changedAt ?? last?.stack.changedAt ?? '' },
    }
    await writeReceipt(receipt, last?.release ?? 0, context)
  } catch (problem) {
    const text = messageOf(problem)
    report.emit({ type: 'warning', text: `what was done could not be recorded: ${text}` })
  }
}

/** Of a stack that no release of ours made, only the parameters are known. */
function unknownInputs(stack: Stack | undefined): Receipt['inputs'] {
  return { template: '', code: '', config: '', parameters: stack?.parameters ?? {}, place: '', tool: '' }
}
