import { phaseOf } from './resource-status.js'

/** One event of a stack, as far as a cause is looked for in it. */
export interface CauseEvent {
  id: string
  stackName: string
  logicalId: string
  physicalId: string | undefined
  type: string
  status: string
  reason: string | undefined
}

/** What CloudFormation says of resources that failed only because another one did. */
const followUps = /cancelled|User Initiated|The following resource\(s\) failed|Embedded stack .* was not successfully/i

/**
 * The earliest event that failed for a reason of its own; what follows is cancelled because of it. `events` are oldest
 * first, those of nested stacks among them, by time.
 */
export function firstFailure<Event extends CauseEvent>(events: readonly Event[]): Event | undefined {
  const failures = events.filter(({ status, reason }) => phaseOf(status) === 'failed' && reason !== undefined)
  return failures.find(({ reason }) => !followUps.test(reason ?? '')) ?? failures[0]
}

interface Advice {
  pattern: RegExp
  hint: string
}

/** The causes people hit, and what resolves each; the first that fits counts. */
const advices: readonly Advice[] = [
  {
    pattern: /bucket.*(already exists|already owned|BucketAlready)|already exists.*AWS::S3::Bucket/i,
    hint: 'the bucket lives outside this stack: CREATE_BUCKETS=false uses it as it is',
  },
  {
    pattern: /already ?exists|AlreadyExists|EntityAlreadyExists|name conflict/i,
    hint: 'it lives outside this stack: remove or rename that one, then the same command again',
  },
  {
    pattern: /capabilit/i,
    hint: 'the template needs a capability that was not given: report this, the tool gives all three',
  },
  {
    pattern: /not empty/i,
    hint: 'the bucket holds objects: make check-rs shows the buckets; empty it, or let the stack retain it',
  },
  {
    pattern: /role.*(cannot be assumed|defined for the function)|AssumeRole/i,
    hint: 'the role is not ready or does not trust the service: wait a minute, then the same command again',
  },
  {
    pattern: /limit ?exceeded|quota|TooMany(Buckets|Functions)|maximum number/i,
    hint: 'a service quota is reached: make rs-doctor shows those it can read; ask AWS for more, or remove what is unused',
  },
  {
    pattern: /Unzipped size must be smaller|RequestEntityTooLarge|CodeStorageExceeded|layers? .*(size|larger)/i,
    hint: 'code and layers together are too large (250 MB unzipped): take requirements out',
  },
  {
    pattern: /throttl|Rate exceeded|TooManyRequests/i,
    hint: 'AWS was asked too often: wait a minute, then the same command again',
  },
  {
    pattern:
      /extraneous key|Encountered unsupported property|Properties validation failed|Invalid template property|required key/i,
    hint: 'correct the property in template.yaml; make rs-validate finds such mistakes before a deployment',
  },
  {
    pattern: /AccessDenied|not authorized to perform|UnauthorizedOperation/i,
    hint: 'the credentials in use lack this permission: make rs-doctor shows who is asking',
  },
]

/** What to type or change for a cause; general words where it is none of the known ones. */
export function adviceFor(reason: string): string {
  return advices.find(({ pattern }) => pattern.test(reason))?.hint ?? 'correct the cause, then the same command again'
}
