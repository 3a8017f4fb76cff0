import { phaseOf } from './resource-status.js'
import type { Environment } from './target.js'

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
const followUps =
  /Resource \w+ cancelled|User Initiated|The following (resource|hook)\(s\) failed|Embedded stack .* was not successfully/i

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
  /** Where there is no such command in prod. */
  inProd?: string
}

const outside = 'it lives outside this stack: remove or rename that one, then the same command again'

/** The causes people hit, and what resolves each; the first that fits counts. A bucket's text need not say "bucket". */
const advices: readonly Advice[] = [
  {
    pattern: /^(Custom::|AWS::CloudFormation::CustomResource)/,
    hint: 'the function behind this custom resource failed or did not answer: correct it, then the same command again',
  },
  {
    pattern: /^AWS::S3::Bucket .*(already ?(exists|owned)|BucketAlready|bucket name is not available)/is,
    hint: 'the bucket lives outside this stack: make rs-adopt-buckets gives it to the stack, with all in it; a stack without buckets uses all of them as they are with CREATE_BUCKETS=false',
  },
  {
    pattern: /CNAMEAlreadyExists|CNAMEs? .*already associated/i,
    hint: 'another distribution serves this domain: take it away there, or DOMAIN_NAME=none here',
  },
  { pattern: /already ?exists|AlreadyExists|EntityAlreadyExists|name conflict/i, hint: outside },
  {
    pattern: /requires capabilit|InsufficientCapabilities|CAPABILITY_/i,
    hint: 'the template needs a capability that was not given: report this, the tool gives all three',
  },
  {
    pattern: /not empty/i,
    hint: 'the bucket holds objects: let the template retain it; or make rs-nuke-buckets empties it, if they may go',
    inProd: 'the bucket holds objects: let the template retain it, or move them elsewhere by hand',
  },
  {
    pattern: /role.*(cannot be assumed|defined for the function)|unable to assume|sts:AssumeRole/is,
    hint: 'the role is not ready or does not trust the service: wait a minute, then the same command again',
  },
  {
    pattern:
      /limit ?exceeded|quota|TooMany(Buckets|Functions|CacheBehaviors)|more \w+ than allowed|maximum number|limit of \d+/i,
    hint: 'a service quota is reached: make rs-doctor shows those it can read; ask AWS for more, or remove what is unused',
  },
  {
    pattern:
      /Unzipped size must be smaller|RequestEntityTooLarge|CodeStorageExceeded|layers? .*(size|larger)|exceeds the maximum allowed size/i,
    hint: 'code and layers together are too large (250 MB unzipped): take something out of the requirements, then make rs-deploy',
  },
  {
    pattern: /throttl|Rate exceeded|TooManyRequests/i,
    hint: 'AWS was asked too often: wait a minute, then the same command again',
  },
  {
    pattern: /AccessDenied|not authorized to perform|UnauthorizedOperation|explicit deny/i,
    hint: 'the credentials in use lack this permission: make rs-doctor shows who is asking',
  },
  {
    pattern: /SSL certificate|InvalidViewerCertificate/i,
    hint: 'CERTIFICATE_ARN must be issued, in us-east-1, and fit DOMAIN_NAME; or DOMAIN_NAME=none CERTIFICATE_ARN=none',
  },
  {
    pattern:
      /extraneous key|unsupported property|Properties validation failed|Invalid template property|required key|Model validation failed|InvalidRequest|does not match pattern|is not a valid enum value|must be of type|Template (format|validation) error/i,
    hint: 'correct the property in template.yaml; make rs-validate finds such mistakes before a deployment',
  },
  {
    pattern: /Export .*(in use|imported) by|Cannot (delete|update) export/i,
    hint: 'another stack imports this output: change that stack first, or keep the output',
  },
  {
    pattern: /did not stabilize|NotStabilized|timed out|Exceeded attempts to wait/i,
    hint: 'AWS took too long for it: the same command again often ends well',
  },
  {
    pattern: /ServiceInternalError|GeneralServiceException|InternalFailure|Service Unavailable/i,
    hint: 'AWS itself failed: wait a minute, then the same command again',
  },
]

/** What to type or change for a cause; general words where it is none of the known ones. */
export function adviceFor(reason: string, type: string | undefined, env: Environment): string {
  const text = `${type ?? ''} ${reason}`
  const advice = advices.find(({ pattern }) => pattern.test(text))
  const hint = env === 'prod' ? (advice?.inProd ?? advice?.hint) : advice?.hint
  return hint ?? 'correct the cause, then the same command again'
}
