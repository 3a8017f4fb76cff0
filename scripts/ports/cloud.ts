import type { BucketPresence } from '../core/buckets-plan.js'
import type { ResourceChange } from '../core/changes.js'
import type { ResourceDrift } from '../core/drift.js'
import type { CauseEvent } from '../core/root-cause.js'
import type { StackStatus } from '../core/stack-state.js'
import type { PageFiles } from './page.js'
import type { BucketContents, LogGroups, PoolRemoval } from './removal.js'
import type { PoolSearch, PoolUsers } from './users.js'

/** Every method is a read unless its comment starts with "Write". */

export interface Stack {
  arn: string
  name: string
  status: StackStatus
  statusReason: string | undefined
  /** Last update, or creation; ISO 8601. */
  changedAt: string
  outputs: Readonly<Record<string, string>>
  parameters: Readonly<Record<string, string>>
  terminationProtected: boolean
  /** What the last drift detection found, and when (ISO 8601); undefined where none was made. */
  drift?: { status: string; at: string | undefined } | undefined
}

export interface StackResource {
  logicalId: string
  physicalId: string | undefined
  type: string
  status: string
  /** Why it is in this state, where CloudFormation tells it. */
  reason?: string | undefined
}

export interface StackEvent extends CauseEvent {
  at: Date
}

export interface ChangeSet {
  arn: string
  stackArn: string
  status: string
  statusReason: string | undefined
  changes: ResourceChange[]
  /** Values of the template's parameters; CloudFormation masks secret ones. */
  parameters?: Readonly<Record<string, string>>
}

/** A change set to be made of a packaged template and of all that is nested in it. */
export interface ChangeSetRequest {
  name: string
  stack: string
  /** Whether there is no stack yet. */
  creates: boolean
  templateUrl: string
  parameters: Readonly<Record<string, string>>
  /** Names of parameters that stay as the stack has them. */
  previous?: readonly string[]
  tags: Readonly<Record<string, string>>
  /** ARN of the service role that CloudFormation is to act with. */
  serviceRole: string | undefined
}

/** A change set by which a stack takes buckets over as they are, and does nothing else. */
export interface ImportRequest {
  name: string
  stack: string
  templateUrl: string
  /** Names of the stack's parameters, all of which stay as they are. */
  parameters: readonly string[]
  buckets: readonly { logicalId: string; name: string }[]
  serviceRole: string | undefined
}

export interface Stacks {
  /** Undefined only on CloudFormation's exact "does not exist". */
  describe(nameOrArn: string): Promise<Stack | undefined>
  /** Every stack that is not deleted and whose name starts with `prefix`. */
  list(prefix: string): Promise<Stack[]>
  resources(stackArn: string): Promise<StackResource[]>
  /** Events newer than the event `after`, oldest first. */
  eventsSince(stackArn: string, after: string | undefined): Promise<StackEvent[]>
  /** Events from the newest back to the first that `isEnough`, that one included; oldest first. None where there is no such stack. */
  eventsBackTo(stackArn: string, isEnough: (event: StackEvent) => boolean): Promise<StackEvent[]>
  /** What CloudFormation found wrong before it began, as events of the resources; oldest first. */
  validationErrors(stackArn: string): Promise<StackEvent[]>
  /** What CloudFormation found wrong with a change set that it could not make. */
  changeSetErrors(set: ChangeSet): Promise<StackEvent[]>
  lastEventId(stackArn: string): Promise<string | undefined>
  /** ARNs of the stack's change sets; empty when there is no stack. */
  changeSetArns(stackName: string): Promise<string[]>
  /** `stack`: name or ARN of its stack, by which IAM decides who may; unknown only for a stack nested in another. */
  changeSet(arn: string, stack: string | undefined): Promise<ChangeSet>
  /** The template as CloudFormation processed it (transforms done), of the stack or of a change set of it. */
  template(stackName: string, changeSetArn?: string): Promise<string>
  /** The template as it was handed in, packaged but not processed. */
  originalTemplate(stackName: string): Promise<string>
  /** Has CloudFormation compare the stack with its template; changes nothing. Returns the detection's id. */
  detectDrift(stackArn: string): Promise<string>
  driftDetection(id: string): Promise<{ status: string; reason: string | undefined }>
  /** What the last detection found of each resource that it compared. */
  resourceDrifts(stackArn: string): Promise<ResourceDrift[]>
  /** Write. Returns its ARN; CloudFormation works on it for a while. */
  createChangeSet(request: ChangeSetRequest): Promise<string>
  /** Write. Makes the stack where there is none. Returns its ARN; CloudFormation works on it for a while. */
  createImportSet(request: ImportRequest): Promise<string>
  /** Write. */
  executeImport(set: ChangeSet): Promise<void>
  /** Write. Deletes a new stack's named buckets again when its creation fails (RetainExceptOnCreate). */
  executeChangeSet(set: ChangeSet): Promise<void>
  /** Write. Starts an update of the same template with these parameters changed and all others as they are. */
  updateParameters(stack: Stack, changed: Readonly<Record<string, string>>): Promise<void>
  /** Write. Goes on with a rollback that failed, past the resources of `skip` (`LogicalId`, `NestedStackName.LogicalId`). */
  continueRollback(arn: string, skip: readonly string[]): Promise<void>
  /** Write. Begins the rollback of an update that was left without one. */
  rollBack(arn: string): Promise<void>
  /** Write. */
  deleteChangeSet(arn: string, stack: string): Promise<void>
  /** Write. */
  deleteStack(arn: string): Promise<void>
  /** Write. */
  protectFromTermination(name: string): Promise<void>
  /** Write. */
  allowTermination(name: string): Promise<void>
}

export interface FunctionState {
  name: string
  codeSha256: string
  revisionId: string
  version: string
  state: string | undefined
  lastUpdateStatus: string | undefined
  reason: string | undefined
}

/** Where new code comes from. */
export type CodeSource = { zip: Uint8Array } | { bucket: string; key: string } | { image: string }

export interface FunctionAlias {
  version: string
  revisionId: string
  /** Share of the requests by further version, 0 to 1; empty unless traffic is being shifted. */
  weights: Readonly<Record<string, number>>
}

export interface Invocation {
  failed: boolean
  payload: string
  /** Last lines of its log. */
  logTail: string
}

export interface Functions {
  state(name: string, qualifier?: string): Promise<FunctionState | undefined>
  alias(name: string, alias: string): Promise<FunctionAlias | undefined>
  invoke(name: string, qualifier: string, payload: string): Promise<Invocation>
  /** Every published version, and those that an alias serves, with or without weight. */
  versions(name: string): Promise<{ versions: string[]; aliased: string[] }>
  /** What an image function runs, by its digest; undefined of one that is a zip. */
  image(name: string): Promise<string | undefined>
  /** The zip of a version. */
  code(name: string, version: string): Promise<Uint8Array>
  /** Write. */
  deleteVersion(name: string, version: string): Promise<void>
  /**
   * Write. Answers with the version that is published of the code, or with $LATEST where the answer of the attempt that
   * made it was lost (`codeSha256` of the code tells that). Refused with StackState when the function has another revision
   * by now.
   */
  updateCode(name: string, source: CodeSource, codeSha256: string, revisionId: string): Promise<FunctionState>
  /** Write. Refused when code or revision are not the named ones any more. */
  publish(name: string, codeSha256: string, revisionId: string): Promise<FunctionState>
  /** Write. All requests but those of `weights` to `version`. Refused when the alias has another revision by now. */
  moveAlias(
    name: string,
    alias: string,
    version: string,
    revisionId: string,
    weights?: FunctionAlias['weights'],
  ): Promise<FunctionAlias>
}

export interface StoredObject {
  etag: string
  text: string
  /** Undefined in a bucket that keeps no versions. */
  versionId?: string | undefined
}

export interface DatedObject extends StoredObject {
  /** Both by S3's own clock. */
  modifiedAt: Date
  serverNow: Date
}

export interface Buckets extends BucketContents, PageFiles {
  presence(bucket: string): Promise<BucketPresence>
  read(bucket: string, key: string): Promise<StoredObject | undefined>
  /** An earlier version of an object; undefined when there is no such version. */
  readVersion(bucket: string, key: string, versionId: string): Promise<StoredObject | undefined>
  etag(bucket: string, key: string): Promise<string | undefined>
  keys(bucket: string, prefix: string): Promise<string[]>
  /** The bucket's policy, as JSON; undefined where it has none. */
  policy(bucket: string): Promise<string | undefined>
  /** The KMS key that new objects are encrypted with; undefined where it is none. */
  kmsKey(bucket: string): Promise<string | undefined>
  /** Whether `createPrivate` has been through with it. */
  isPrivate(bucket: string): Promise<boolean>
  /** Write. Versioned, private, encrypted, old versions of locks expire; finishes one that was left half done. */
  createPrivate(bucket: string): Promise<void>
  /** Whether old versions of locks expire; true also where that cannot be seen. */
  expiresLocks(bucket: string): Promise<boolean>
  /** Write. Lets them expire after a day; rules that somebody else made stay as they are. */
  expireLocks(bucket: string): Promise<void>
  /** Write. Returns the new ETag. */
  put(bucket: string, key: string, text: string): Promise<string>
  /** Write. In parts where it is large; `onProgress` is told whole percents. */
  upload(bucket: string, key: string, bytes: Uint8Array, onProgress: (percent: number) => void): Promise<void>
  readDated(bucket: string, key: string): Promise<DatedObject | undefined>
  /** Write. The new ETag, or undefined when the key exists already. */
  putNew(bucket: string, key: string, text: string): Promise<string | undefined>
  /** Write. The new ETag, or undefined when the object is not the one with `etag` any more. */
  replace(bucket: string, key: string, text: string, etag: string): Promise<string | undefined>
  /** Write. False when the object is not the one with `etag` any more. */
  removeIf(bucket: string, key: string, etag: string): Promise<boolean>
}

export interface UserPools extends PoolRemoval, PoolSearch, PoolUsers {}

/** One line, or several, that a function wrote at once. */
export interface LogEvent {
  /** Tells it from every other of its group, also when it is read again. */
  id: string
  at: Date
  message: string
}

export interface Logs extends LogGroups {
  /**
   * Every event of a log group since `since`, oldest first. `absent` when there is no such group, `throttled` when
   * CloudWatch wants to be asked more slowly.
   */
  events(group: string, since: Date): Promise<LogEvent[] | 'absent' | 'throttled'>
  /** The newest lines of a log group since `since`, oldest first; none when there is no such group. */
  lastLines(group: string, since: Date, most: number): Promise<string[]>
}
