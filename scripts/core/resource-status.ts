/** CloudFormation's resource states (API reference, ResourceStatus) and how an event in each is shown. */
export type Phase = 'running' | 'done' | 'removed' | 'skipped' | 'failed'

export const resourcePhases = {
  CREATE_IN_PROGRESS: 'running',
  CREATE_COMPLETE: 'done',
  CREATE_FAILED: 'failed',
  UPDATE_IN_PROGRESS: 'running',
  UPDATE_COMPLETE: 'done',
  UPDATE_FAILED: 'failed',
  DELETE_IN_PROGRESS: 'running',
  DELETE_COMPLETE: 'removed',
  DELETE_FAILED: 'failed',
  DELETE_SKIPPED: 'skipped',
  IMPORT_IN_PROGRESS: 'running',
  IMPORT_COMPLETE: 'done',
  IMPORT_FAILED: 'failed',
  ROLLBACK_IN_PROGRESS: 'running',
  ROLLBACK_COMPLETE: 'done',
  ROLLBACK_FAILED: 'failed',
  UPDATE_ROLLBACK_IN_PROGRESS: 'running',
  UPDATE_ROLLBACK_COMPLETE: 'done',
  UPDATE_ROLLBACK_FAILED: 'failed',
  IMPORT_ROLLBACK_IN_PROGRESS: 'running',
  IMPORT_ROLLBACK_COMPLETE: 'done',
  IMPORT_ROLLBACK_FAILED: 'failed',
  EXPORT_IN_PROGRESS: 'running',
  EXPORT_COMPLETE: 'done',
  EXPORT_FAILED: 'failed',
  EXPORT_ROLLBACK_IN_PROGRESS: 'running',
  EXPORT_ROLLBACK_COMPLETE: 'done',
  EXPORT_ROLLBACK_FAILED: 'failed',
} as const satisfies Record<string, Phase>

export type ResourceStatus = keyof typeof resourcePhases

/** Stack events carry the stack's own states as well; those that are no resource state count as running. */
export function phaseOf(status: string): Phase {
  return Object.hasOwn(resourcePhases, status) ? resourcePhases[status as ResourceStatus] : 'running'
}

/** Events that end the life of a resource in its stack: it is deleted, or let go of and lives on outside. */
const ended: readonly string[] = ['DELETE_COMPLETE', 'DELETE_SKIPPED'] satisfies ResourceStatus[]
const neverMade: readonly string[] = ['CREATE_FAILED', 'IMPORT_FAILED'] satisfies ResourceStatus[]

/** Whether a stack still has a resource in this state; one that failed on the way may be half there, and counts. */
export function isThere({ status }: { status: string }): boolean {
  return !ended.includes(status)
}

/**
 * Whether a resource in this state is there and was made by its stack: what could not be made, or taken over, may be
 * there all the same, as somebody else's.
 */
export function isItsOwn({ status }: { status: string }): boolean {
  return !ended.includes(status) && !neverMade.includes(status)
}
