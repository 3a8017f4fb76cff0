import { phaseOf } from '../../core/resource-status.js'
import { situationOf } from '../../core/stack-state.js'
import { DeployError } from '../../errors.js'
import type { Stack, StackEvent } from '../../ports.js'
import type { Step } from '../../report/report.js'
import type { CloudContext } from '../context.js'
import { waitUntil } from '../wait.js'

const deadlineMs = 60 * 60_000

export interface Watched {
  stack: Stack
  events: StackEvent[]
}

/**
 * Follows the running operation of a stack to its end, its events told as they come. `after` is the last event before
 * the operation; `expected` is the number of resources that will change, for the progress;
 * undefined for an operation that was found running. `known` are its events that were read already.
 */
export async function watchStack(
  stackArn: string,
  after: string | undefined,
  expected: number | undefined,
  step: Step,
  context: CloudContext,
  known: readonly StackEvent[] = [],
): Promise<Watched> {
  const events = [...known]
  const finished = new Set<string>()
  for (const event of known) tell(event, stackArn, finished, expected ?? 0, step)
  const local = context.cloud.kind !== 'aws'
  const wait = {
    what: 'the stack operation to end',
    firstMs: local ? 100 : 1_000,
    limitMs: local ? 500 : 5_000,
    deadlineMs,
    hint: 'make check-rs-stack-status tells how it goes on',
  }
  const stack = await waitUntil(wait, context, async () => {
    const now = await context.ports.stacks.describe(stackArn)
    const fresh = await context.ports.stacks.eventsSince(stackArn, events.at(-1)?.id ?? after)
    events.push(...fresh)
    for (const event of fresh) tell(event, stackArn, finished, expected ?? 0, step)
    if (now === undefined)
      throw new DeployError('StackState', `the stack ${stackArn} is gone`, { hint: 'make rs-deploy' })
    // A read right after our start may still tell the state before: then only the stack's own closing event counts.
    const closed =
      expected === undefined ||
      events.some(({ physicalId, status }) => physicalId === stackArn && status === now.status)
    return closed && situationOf(now.status) !== 'busy' ? now : undefined
  }).catch((error: unknown) => {
    throw stopped(error)
  })
  return { stack, events }
}

/** The run stops, the operation does not. */
function stopped(error: unknown): unknown {
  if (!(error instanceof DeployError) || error.code !== 'Interrupted') return error
  return new DeployError('Interrupted', error.message, {
    hint: 'the operation goes on in AWS: make rs-attach follows it; the same command again waits for it and continues',
    cause: error,
  })
}

function tell(event: StackEvent, stackArn: string, finished: Set<string>, expected: number, step: Step): void {
  if (event.physicalId === stackArn) return
  const phase = phaseOf(event.status)
  if (phase !== 'running') {
    finished.add(event.logicalId)
    const failed = phase === 'failed' && event.reason !== undefined ? `  ${event.reason}` : ''
    const kept = phase === 'skipped' ? '  is kept' : ''
    step.line(phase, `${event.logicalId}  ${event.type}${failed}${kept}`)
  }
  step.progress(`${finished.size}/${Math.max(expected, finished.size)}  ${event.logicalId}`)
}
