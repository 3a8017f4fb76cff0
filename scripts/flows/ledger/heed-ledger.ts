import { authDrift } from '../../core/auth-drift.js'
import type { Receipt } from '../../core/receipt.js'
import type { Stack } from '../../ports.js'
import type { TargetContext } from '../context.js'
import { findReceipt } from './ledger.js'

/** Shouts where the stack guards its API otherwise than the last good release: a run that failed may have left it so. */
export async function warnOfAuth(
  stack: Stack | undefined,
  last: Receipt | undefined,
  context: TargetContext,
): Promise<void> {
  if (stack === undefined) return
  const live = last?.outcome === 'live' ? last : await findReceipt(({ outcome }) => outcome === 'live', context)
  const drift = authDrift(live, stack.parameters, context.project)
  if (drift === undefined) return
  const { command, target, report } = context
  const hint = `make ${command} ENV=${target.env} ORG=${target.org} ${drift.command} puts it back; without, it stays`
  report.emit({ type: 'warning', text: drift.text, hint })
}

/** A broken receipt stops nobody for good: a deployment goes on without it and leaves a new one. */
export function warnOfReceipt(where: string, { report, target }: TargetContext): void {
  report.emit({
    type: 'warning',
    text: `the newest receipt ${where} cannot be read: a deployment goes on without it, as a first one`,
    hint: `make rs-history ENV=${target.env} ORG=${target.org} shows the others; an earlier version of it may lie in the bucket`,
  })
}
