/**
 * CloudFormation's stack states (API reference, StackStatus), the situation that each is, and what every command does in
 * it. docs/stack-states.md is made from these tables; flows ask them and keep no lists of their own. The adapters check
 * at compile time that every status the SDK knows is here.
 */
export type Situation =
  | 'healthy'
  | 'busy'
  | 'unborn'
  | 'failed-creation'
  | 'half-updated'
  | 'rollback-failed'
  | 'import-failed'
  | 'half-deleted'
  | 'gone'

/** The commands that decide by the state of the stack. */
export const decidingCommands = [
  'rs-deploy',
  'rs-deploy-only',
  'rs-deploy-function',
  'rs-continue-rollback',
  'rs-teardown',
  'check-rs',
] as const
export type DecidingCommand = (typeof decidingCommands)[number]

/** What a command does, and how that is said in the document. */
export const actions = {
  proceed: 'proceeds',
  create: 'creates the stack',
  'delete-then-create': 'deletes the remains once nothing in them holds data, awaits that, creates the stack',
  wait: 'waits with its live events, then decides again',
  'continue-rollback': 'continues the rollback',
  delete: 'deletes the stack, keeps its data',
  nothing: 'has nothing to do',
  refuse: 'refuses',
  show: 'shows it',
} as const satisfies Record<string, string>
export type Action = keyof typeof actions

interface SituationEntry {
  does: Readonly<Record<DecidingCommand, Action>>
  /** The make target that leads out, where a command refuses. */
  resolve: string | undefined
  /** One clause of why a deployment is refused, or how the situation ends. */
  because: string
}

const does = (
  deploy: Action,
  deployFunction: Action,
  continueRollback: Action,
  teardown: Action,
): SituationEntry['does'] => ({
  'rs-deploy': deploy,
  'rs-deploy-only': deploy,
  'rs-deploy-function': deployFunction,
  'rs-continue-rollback': continueRollback,
  'rs-teardown': teardown,
  'check-rs': 'show',
})

export const situations: Readonly<Record<Situation, SituationEntry>> = {
  healthy: {
    does: does('proceed', 'proceed', 'nothing', 'delete'),
    resolve: undefined,
    because: 'an update that failed and was rolled back left the stack as it was: it is healthy, and never deleted',
  },
  busy: {
    does: does('wait', 'wait', 'wait', 'wait'),
    resolve: 'rs-attach',
    because: 'a running operation is never cancelled',
  },
  unborn: {
    does: does('create', 'refuse', 'nothing', 'delete'),
    resolve: 'rs-deploy',
    because: 'nothing was created yet',
  },
  'failed-creation': {
    does: does('delete-then-create', 'refuse', 'nothing', 'delete'),
    resolve: 'rs-deploy',
    because: 'a first creation that failed cannot be updated',
  },
  'half-updated': {
    does: does('refuse', 'refuse', 'continue-rollback', 'delete'),
    resolve: 'rs-continue-rollback',
    because: 'it was left in the middle of an update, with its rollback switched off',
  },
  'rollback-failed': {
    does: does('refuse', 'refuse', 'continue-rollback', 'delete'),
    resolve: 'rs-continue-rollback',
    because: 'CloudFormation takes no update before the rollback has ended',
  },
  'import-failed': {
    does: does('refuse', 'refuse', 'refuse', 'delete'),
    resolve: 'rs-teardown',
    because: 'CloudFormation has no way back; the data stays when the stack is deleted, and rs-deploy finds it again',
  },
  'half-deleted': {
    does: does('refuse', 'refuse', 'nothing', 'delete'),
    resolve: 'rs-teardown',
    because: 'what blocks its deletion must go first; then the deletion is ended',
  },
  gone: {
    does: does('create', 'refuse', 'nothing', 'nothing'),
    resolve: 'rs-deploy',
    because: 'there is no stack',
  },
}

export interface StateEntry {
  situation: Situation
  /** One clause that continues "the stack is …" for people. */
  meaning: string
}

const is = (situation: Situation, meaning: string): StateEntry => ({ situation, meaning })

export const stackStates = {
  CREATE_COMPLETE: is('healthy', 'deployed'),
  UPDATE_COMPLETE: is('healthy', 'deployed'),
  IMPORT_COMPLETE: is('healthy', 'deployed, with resources imported'),
  UPDATE_ROLLBACK_COMPLETE: is('healthy', 'as it was before its last update, which failed'),
  IMPORT_ROLLBACK_COMPLETE: is('healthy', 'as it was before an import that failed'),
  CREATE_IN_PROGRESS: is('busy', 'being created'),
  UPDATE_IN_PROGRESS: is('busy', 'being updated'),
  UPDATE_COMPLETE_CLEANUP_IN_PROGRESS: is('busy', 'updated, old resources are being removed'),
  UPDATE_ROLLBACK_IN_PROGRESS: is('busy', 'being rolled back to what it was'),
  UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS: is('busy', 'rolled back, new resources are being removed'),
  ROLLBACK_IN_PROGRESS: is('busy', 'being removed after its creation failed'),
  DELETE_IN_PROGRESS: is('busy', 'being deleted'),
  IMPORT_IN_PROGRESS: is('busy', 'importing resources'),
  IMPORT_ROLLBACK_IN_PROGRESS: is('busy', 'rolling an import back'),
  REVIEW_IN_PROGRESS: is('unborn', 'only a change set so far, nothing was created'),
  ROLLBACK_COMPLETE: is('failed-creation', 'the remains of a creation that failed'),
  ROLLBACK_FAILED: is('failed-creation', 'the remains of a creation that failed and could not be cleaned up'),
  CREATE_FAILED: is('failed-creation', 'a creation that failed'),
  UPDATE_FAILED: is('half-updated', 'stopped in the middle of an update'),
  UPDATE_ROLLBACK_FAILED: is('rollback-failed', 'stuck: an update failed and so did its rollback'),
  IMPORT_ROLLBACK_FAILED: is('import-failed', 'stuck: an import failed and so did its rollback'),
  DELETE_FAILED: is('half-deleted', 'half deleted: something blocks its deletion'),
  DELETE_COMPLETE: is('gone', 'deleted'),
} as const satisfies Record<string, StateEntry>

export type StackStatus = keyof typeof stackStates

/** Undefined stands for no stack at all. */
export function situationOf(status: StackStatus | undefined): Situation {
  return status === undefined ? 'gone' : stackStates[status].situation
}

/** Whether an application lives on a stack in this state: half deleted ones and failed creations do not count. */
export function hasLived(status: StackStatus): boolean {
  return ['healthy', 'half-updated', 'rollback-failed', 'import-failed'].includes(situationOf(status))
}

/** What a command does with a stack in this state. */
export function actionOf(command: DecidingCommand, status: StackStatus | undefined): Action {
  return situations[situationOf(status)].does[command]
}

/** The make target that leads out of a state in which a deployment is refused; undefined in all others. */
export function wayOut(status: StackStatus): string | undefined {
  return actionOf('rs-deploy', status) === 'refuse' ? situations[situationOf(status)].resolve : undefined
}
