import { type DatedEvent } from './operations.js'
import { isThere } from './resource-status.js'
import { type StackStatus, situationOf, stackStates } from './stack-state.js'

/** Asked from the newest event back: whether the stack came to rest here, which is where a rollback leads back to. */
export function cameToRest(stackArn: string): (event: DatedEvent) => boolean {
  return ({ physicalId, status }) =>
    physicalId === stackArn && Object.hasOwn(stackStates, status) && situationOf(status as StackStatus) === 'healthy'
}

/**
 * What was made by these events of one stack (oldest first) and is there: what it did not have before, and what came in
 * the place of an older one. What could not even be begun may be somebody else's, and is left out.
 */
export function createdBy<Event extends DatedEvent>(events: readonly Event[], stackArn: string): Event[] {
  const before = new Map<string, string | undefined>()
  const made = new Map<string, Event>()
  for (const event of events) {
    const { logicalId, physicalId, status } = event
    if (physicalId === stackArn) continue
    if (!before.has(logicalId)) before.set(logicalId, status.startsWith('CREATE_') ? undefined : physicalId)
    if (physicalId === undefined || physicalId === before.get(logicalId)) continue
    const key = `${logicalId} ${physicalId}`
    if (made.has(key) || status !== 'CREATE_FAILED') made.set(key, event)
  }
  return [...made.values()].filter(isThere)
}
