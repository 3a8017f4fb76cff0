import { sha256, shortHash } from '../../core/hash.js'
import { type Operation, beginsFailure, operationsOf } from '../../core/operations.js'
import { type Receipt, hasFailed } from '../../core/receipt.js'
import { templateFile } from '../../core/saved-files.js'
import { situationOf } from '../../core/stack-state.js'
import type { Stack, StackEvent } from '../../ports.js'
import type { TargetContext } from '../context.js'
import { type Cause, findCause } from './find-cause.js'
import { findReceipt } from '../ledger/ledger.js'

/** What failed last on a target. */
export type Failure =
  | { kind: 'none'; stack: Stack | undefined; receipt: Receipt | undefined }
  /** A deployment that failed past its stack: its check, its health. */
  | { kind: 'release'; receipt: Receipt }
  | {
      kind: 'operation'
      operation: Operation<StackEvent>
      begun: Date
      cause: Cause | undefined
      /** The release that it belonged to, where one was recorded. */
      release: Receipt | undefined
      /** The stack's status after a later operation that went well. */
      since: string | undefined
      /** Whether another operation runs now. */
      running: boolean
    }

/** Finds what failed last: an operation on the stack, also of one that is gone, or a release. Reads only. */
export async function explainFailure(context: TargetContext): Promise<Failure> {
  const { stacks } = context.ports
  const [stack, receipt] = await Promise.all([stacks.describe(context.names.stack), findReceipt(() => true, context)])
  const found = await lastFailure(stack, receipt, context)
  const failed = receipt !== undefined && hasFailed(receipt) ? receipt : undefined
  const release = failed !== undefined && isPartOf(failed, found?.operation) ? failed : undefined
  if (failed !== undefined && release === undefined) return { kind: 'release', receipt: failed }
  if (found === undefined) return { kind: 'none', stack, receipt }
  const { arn, operation, since } = found
  const begun = operation.events[0]?.at ?? new Date(0)
  const running = stack !== undefined && situationOf(stack.status) === 'busy'
  const cause = await findCause(arn, operation.events, await deployedTemplate(receipt, context), context)
  return { kind: 'operation', operation, begun, cause, release, since, running }
}

interface Found {
  arn: string
  operation: Operation<StackEvent>
  since: string | undefined
}

/** On the stack that stands; else, or where nothing failed on it, on the one that the last receipt names. */
async function lastFailure(
  stack: Stack | undefined,
  receipt: Receipt | undefined,
  { ports }: TargetContext,
): Promise<Found | undefined> {
  // What was done where no stack stood has none.
  const arns = new Set([stack?.arn ?? '', receipt?.stack.arn ?? ''].filter((arn) => arn !== ''))
  for (const arn of arns) {
    const operations = operationsOf(await ports.stacks.eventsBackTo(arn, beginsFailure(arn)), arn)
    const operation = operations.filter(({ failed }) => failed).at(-1)
    const last = operations.at(-1)
    if (operation !== undefined) return { arn, operation, since: last === operation ? undefined : last?.status }
  }
  return undefined
}

/** Whether the run that left this receipt had begun before that operation ended. */
function isPartOf({ at, durationMs }: Receipt, operation: Operation<StackEvent> | undefined): boolean {
  const ended = operation?.events.at(-1)?.at
  return ended !== undefined && ended.getTime() >= new Date(at).getTime() - durationMs
}

/** The checkout's own template, unless it is another one by now than the one that was deployed; nested ones may be. */
async function deployedTemplate(receipt: Receipt | undefined, { ports }: TargetContext): Promise<string | undefined> {
  const text = await ports.files.readText(templateFile)
  if (text === undefined || receipt === undefined) return text
  const { files, inputs } = receipt
  const hash = sha256(text)
  const same = files === undefined ? inputs.template === hash : files[templateFile] === shortHash(hash)
  return same ? text : undefined
}
