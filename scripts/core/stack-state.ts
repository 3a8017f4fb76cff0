/**
 * CloudFormation's stack states (API reference, StackStatus) and what a deployment does in each.
 * The adapters check at compile time that this table names every status the SDK knows.
 */
export type Situation =
  | { kind: 'healthy' }
  | { kind: 'busy' }
  | { kind: 'unborn' }
  | { kind: 'failed-creation' }
  | { kind: 'stuck' }
  | { kind: 'gone' }

export interface StateEntry {
  situation: Situation['kind']
  /** One clause that continues "the stack is …" for people. */
  meaning: string
}

const healthy = (meaning: string): StateEntry => ({ situation: 'healthy', meaning })
const busy = (meaning: string): StateEntry => ({ situation: 'busy', meaning })
const failedCreation = (meaning: string): StateEntry => ({ situation: 'failed-creation', meaning })
const stuck = (meaning: string): StateEntry => ({ situation: 'stuck', meaning })

export const stackStates = {
  CREATE_COMPLETE: healthy('deployed'),
  UPDATE_COMPLETE: healthy('deployed'),
  IMPORT_COMPLETE: healthy('deployed, with resources imported'),
  UPDATE_ROLLBACK_COMPLETE: healthy('as it was before its last update, which failed'),
  IMPORT_ROLLBACK_COMPLETE: healthy('as it was before an import that failed'),
  CREATE_IN_PROGRESS: busy('being created'),
  UPDATE_IN_PROGRESS: busy('being updated'),
  UPDATE_COMPLETE_CLEANUP_IN_PROGRESS: busy('updated, old resources are being removed'),
  UPDATE_ROLLBACK_IN_PROGRESS: busy('being rolled back to what it was'),
  UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS: busy('rolled back, new resources are being removed'),
  ROLLBACK_IN_PROGRESS: busy('being removed after its creation failed'),
  DELETE_IN_PROGRESS: busy('being deleted'),
  IMPORT_IN_PROGRESS: busy('importing resources'),
  IMPORT_ROLLBACK_IN_PROGRESS: busy('rolling an import back'),
  REVIEW_IN_PROGRESS: { situation: 'unborn', meaning: 'only a change set so far, nothing was created' },
  ROLLBACK_COMPLETE: failedCreation('the remains of a creation that failed'),
  ROLLBACK_FAILED: failedCreation('the remains of a creation that failed and could not be cleaned up'),
  CREATE_FAILED: failedCreation('a creation that failed'),
  UPDATE_FAILED: stuck('stopped in the middle of an update'),
  UPDATE_ROLLBACK_FAILED: stuck('stuck: an update failed and so did its rollback'),
  IMPORT_ROLLBACK_FAILED: stuck('stuck: an import failed and so did its rollback'),
  DELETE_FAILED: stuck('half deleted: something blocks its deletion'),
  DELETE_COMPLETE: { situation: 'gone', meaning: 'deleted' },
} as const satisfies Record<string, StateEntry>

export type StackStatus = keyof typeof stackStates
