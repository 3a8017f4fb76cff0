import type { CauseEvent } from './root-cause.js'
import type { StackStatus } from './stack-state.js'

/** What one of a stack's own events says of the operation that it belongs to. */
type Phase = 'begins' | 'goes-on' | 'succeeded' | 'failed'

/** A rollback belongs to the operation that it undoes, and tells that it failed. */
const operationPhases = {
  CREATE_IN_PROGRESS: 'begins',
  UPDATE_IN_PROGRESS: 'begins',
  DELETE_IN_PROGRESS: 'begins',
  IMPORT_IN_PROGRESS: 'begins',
  REVIEW_IN_PROGRESS: 'goes-on',
  UPDATE_COMPLETE_CLEANUP_IN_PROGRESS: 'goes-on',
  CREATE_COMPLETE: 'succeeded',
  UPDATE_COMPLETE: 'succeeded',
  DELETE_COMPLETE: 'succeeded',
  IMPORT_COMPLETE: 'succeeded',
  CREATE_FAILED: 'failed',
  UPDATE_FAILED: 'failed',
  DELETE_FAILED: 'failed',
  ROLLBACK_IN_PROGRESS: 'failed',
  ROLLBACK_COMPLETE: 'failed',
  ROLLBACK_FAILED: 'failed',
  UPDATE_ROLLBACK_IN_PROGRESS: 'failed',
  UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS: 'failed',
  UPDATE_ROLLBACK_COMPLETE: 'failed',
  UPDATE_ROLLBACK_FAILED: 'failed',
  IMPORT_ROLLBACK_IN_PROGRESS: 'failed',
  IMPORT_ROLLBACK_COMPLETE: 'failed',
  IMPORT_ROLLBACK_FAILED: 'failed',
} as const satisfies Record<StackStatus, Phase>

const kinds: Readonly<Record<string, string>> = {
  CREATE_IN_PROGRESS: 'creation',
  UPDATE_IN_PROGRESS: 'update',
  DELETE_IN_PROGRESS: 'deletion',
  IMPORT_IN_PROGRESS: 'import',
}

export interface DatedEvent extends CauseEvent {
  at: Date
}

/** What was done to a stack at one time, from its first event on. */
export interface Operation<Event> {
  /** `update`, as it continues "the … of the stack"; `operation` where its beginning is not known. */
  kind: string
  events: Event[]
  /** The stack's status by its newest event. */
  status: string
  failed: boolean
}

/** Whether a stack in this state has come to the end that its operation was meant to have. */
export function isSuccess(status: StackStatus): boolean {
  return operationPhases[status] === 'succeeded'
}

/** What the event says of the stack's operation; undefined for one about a resource. */
function phaseOf(event: DatedEvent, stackArn: string): Phase | undefined {
  if (event.physicalId !== stackArn) return undefined
  return Object.hasOwn(operationPhases, event.status) ? operationPhases[event.status as StackStatus] : 'goes-on'
}

/** Asked from the newest event back: whether the newest operation begins here. */
export function beginsOperation(stackArn: string): (event: DatedEvent) => boolean {
  return (event) => phaseOf(event, stackArn) === 'begins'
}

/** Asked from the newest event back: whether the newest operation that failed begins here. */
export function beginsFailure(stackArn: string): (event: DatedEvent) => boolean {
  let failed = false
  return (event) => {
    const phase = phaseOf(event, stackArn)
    if (phase === 'failed') failed = true
    return failed && phase === 'begins'
  }
}

/** The operations of a stack, oldest first, of its events, oldest first. */
export function operationsOf<Event extends DatedEvent>(events: readonly Event[], stackArn: string): Operation<Event>[] {
  const operations: Operation<Event>[] = []
  for (const event of events) {
    const phase = phaseOf(event, stackArn)
    if (phase === 'begins' || operations.length === 0) {
      const kind = phase === 'begins' ? (kinds[event.status] ?? 'operation') : 'operation'
      operations.push({ kind, events: [], status: event.status, failed: false })
    }
    const current = operations.at(-1)
    if (current === undefined) continue
    current.events.push(event)
    if (phase !== undefined) current.status = event.status
    current.failed ||= phase === 'failed'
  }
  return operations
}
