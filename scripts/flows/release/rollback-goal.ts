import { type Receipt, releasedFunctions } from '../../core/receipt.js'
import { isUnshared } from '../../core/shift.js'
import { DeployError } from '../../errors.js'
import type { Stack } from '../../ports.js'
import type { CodeFacts, StandingFunction } from './code-facts.js'
import type { TargetContext } from '../context.js'
import { findReceipt, readRelease } from '../ledger/ledger.js'

/** Whether all requests of a function reach that version. */
export function isServing({ alias }: StandingFunction, version: string): boolean {
  return alias?.version === version && isUnshared(alias)
}

/**
 * The last good release where what stands is `astray` from it; else the good one before it that `differs`, and after a way
 * back the one before that: going back twice never leads forward again. Throws StackState where there is none.
 */
export async function previousGood(
  { stack, live }: CodeFacts,
  astray: boolean,
  differs: (receipt: Receipt) => boolean,
  context: TargetContext,
): Promise<Receipt> {
  if (astray) return live
  const before = live.rolledBackTo ?? live.release
  const found = await findReceipt(
    (receipt) => isOfStack(receipt, stack) && receipt.release < before && differs(receipt),
    context,
  )
  if (found !== undefined) return found
  throw new DeployError('StackState', 'there is no earlier good release to go back to', {
    hint: 'correct the code, then make rs-deploy-function',
  })
}

/** Versions of a stack that was taken down have gone with it, and their numbers begin anew. */
function isOfStack(receipt: Receipt, stack: Stack): boolean {
  return receipt.outcome === 'live' && receipt.stack.arn === stack.arn
}

/** The release of that number. Throws StackState where it was never live in this stack. */
export async function namedGoal(release: number, stack: Stack, context: TargetContext): Promise<Receipt> {
  const receipt = await readRelease(release, context)
  if (isOfStack(receipt, stack) && releasedFunctions(receipt).length > 0) return receipt
  throw new DeployError(
    'StackState',
    `release ${release} was never live in this stack: there is nothing to go back to`,
    {
      hint: 'make rs-history shows which were',
    },
  )
}

export function pruned({ logicalId }: StandingFunction, version: string): DeployError {
  return new DeployError('StackState', `version ${version} of ${logicalId} is not kept any more`, {
    hint: 'take a later release; or check its commit out and make rs-deploy-function',
  })
}
