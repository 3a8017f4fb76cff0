import type { Receipt } from '../../core/receipt.js'
import type { Stack } from '../../ports.js'
import type { TargetContext } from '../context.js'
import { findReceipt, writeReceipt } from './ledger.js'
import { commonPart } from './record-release.js'

/**
 * Leaves a receipt of what a take-down removed, so that the history tells the whole story. That it cannot be written is
 * said; what is gone is gone.
 */
export async function recordRemoval(removed: string, stack: Stack | undefined, context: TargetContext): Promise<void> {
  const { ports, names, report } = context
  try {
    if ((await ports.buckets.presence(names.deploymentsBucket)) !== 'ours') return
    const last = await findReceipt(() => true, context)
    const receipt: Omit<Receipt, 'release'> = {
      ...(await commonPart(context)),
      outcome: 'removed',
      removed,
      inputs: last?.inputs ?? unknownInputs(stack),
      stack: { arn: stack?.arn ?? last?.stack.arn ?? '', changedAt: stack?.changedAt ?? last?.stack.changedAt ?? '' },
    }
    await writeReceipt(receipt, last?.release ?? 0, context)
  } catch (problem) {
    const text = problem instanceof Error ? problem.message : String(problem)
    report.emit({ type: 'warning', text: `the removal could not be recorded: ${text}` })
  }
}

/** Of a stack that no release of ours made, only the parameters are known. */
function unknownInputs(stack: Stack | undefined): Receipt['inputs'] {
  return { template: '', code: '', config: '', parameters: stack?.parameters ?? {}, place: '', tool: '' }
}
