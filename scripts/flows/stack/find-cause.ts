import { isSuccess } from '../../core/operations.js'
import type { FailureCause } from '../../core/receipt.js'
import { phaseOf } from '../../core/resource-status.js'
import { adviceFor, firstFailure } from '../../core/root-cause.js'
import { lineOfResource } from '../../core/template.js'
import { templateFile } from '../../core/saved-files.js'
import { DeployError } from '../../errors.js'
import type { Stack, StackEvent } from '../../ports.js'
import type { CloudContext, TargetContext } from '../context.js'
import { type FailedResource, logBehind } from '../release/function-logs.js'

const nestedStack = 'AWS::CloudFormation::Stack'
/** A failure ends in ten lines or fewer; rs-why shows more. */
const shownLogLines = 3

/** Why an operation on a stack failed. */
export interface Cause {
  /** The first failure that did not follow from another one, in the innermost stack. */
  event: StackEvent
  /** Logical ids of the nested stacks that lead to it, outermost first. */
  path: string[]
  /** 1-based line in the project's template of the resource, or of the nested stack that holds it. */
  line: number | undefined
  /** Where the resource is a function or is made by one: the last lines it wrote. */
  log: string[]
}

/**
 * Finds the cause among the events of one operation (oldest first), and those of the nested stacks that failed in it.
 * `templateText` is the project's template, undefined where it is not the one that was deployed.
 */
export async function findCause(
  stackArn: string,
  events: readonly StackEvent[],
  templateText: string | undefined,
  context: CloudContext,
): Promise<Cause | undefined> {
  const begun = events[0]?.at ?? new Date(0)
  const all = await withNested({ stackArn, path: [] }, events, begun, context)
  const first = firstFailure(all)
  if (first === undefined) return undefined
  const found = await validationBehind(first, begun, context)
  const [outermost = found.logicalId] = found.path
  return {
    event: found,
    path: found.path,
    line: templateText === undefined ? undefined : lineNear(templateText, outermost),
    log: await logBehind(found, { events: all, templateText, since: begun }, context),
  }
}

/** The events of a stack with those of its nested stacks that failed in between, by time, the inner ones first. */
async function withNested(
  place: { stackArn: string; path: string[] },
  events: readonly StackEvent[],
  begun: Date,
  context: CloudContext,
): Promise<FailedResource[]> {
  const { stackArn, path } = place
  const own = events.map((event) => ({ ...event, ...place }))
  const failed = own.filter(
    ({ type, status, physicalId }) => type === nestedStack && phaseOf(status) === 'failed' && physicalId !== stackArn,
  )
  const inner = await Promise.all(
    failed.map(async (event) => {
      const nestedArn = await arnOfNested(event, own, context)
      if (nestedArn === undefined) return []
      // What cannot be read must not hide what is known already.
      const since = (one: StackEvent): boolean => one.at < begun
      const read = await context.ports.stacks.eventsBackTo(nestedArn, since).catch(() => [])
      const fresh = read.filter(({ at }) => at >= begun)
      return withNested({ stackArn: nestedArn, path: [...path, event.logicalId] }, fresh, begun, context)
    }),
  )
  // What a nested stack says of itself only repeats what happened inside.
  const told = failed.filter((_event, i) => firstFailure(inner[i] ?? []) !== undefined)
  const rest = own.filter((event) => !told.includes(event))
  return [...inner.flat(), ...rest].sort((a, b) => a.at.getTime() - b.at.getTime())
}

/** An event about a nested stack that could not be made may lack its ARN: then another one has it, or the stack does. */
async function arnOfNested(
  { physicalId, logicalId, stackArn }: FailedResource,
  events: readonly StackEvent[],
  { ports }: CloudContext,
): Promise<string | undefined> {
  const known = physicalId ?? events.find((event) => event.logicalId === logicalId && event.physicalId)?.physicalId
  if (known !== undefined) return known
  const resources = await ports.stacks.resources(stackArn).catch(() => [])
  return resources.find((resource) => resource.logicalId === logicalId)?.physicalId
}

/** What did not pass a validation is told elsewhere; the stack's event only says that there is something. */
async function validationBehind(found: FailedResource, begun: Date, { ports }: CloudContext): Promise<FailedResource> {
  if (found.physicalId !== found.stackArn || !/Call DescribeEvents/.test(found.reason ?? '')) return found
  const errors = await ports.stacks.validationErrors(found.stackArn).catch(() => [])
  const error = errors.find(({ at }) => at >= begun)
  return error === undefined ? found : { ...error, stackArn: found.stackArn, path: found.path }
}

/** SAM makes several resources of one, whose names begin with its: such a one is found where that one stands. */
function lineNear(templateText: string, logicalId: string): number | undefined {
  for (let length = logicalId.length; length >= 3; length--) {
    const line = lineOfResource(templateText, logicalId.slice(0, length))
    if (line !== undefined) return line
  }
  return undefined
}

/** `Inner > Fails, AWS::SSM::Parameter, template.yaml:88`, then the reason, then the log. */
export function causeFacts(cause: Cause, logLines: number): { label: string; text: string }[] {
  const { event, path, line, log } = cause
  const where = line === undefined ? '' : `, ${templateFile}:${line}`
  const lines = log.slice(-logLines)
  return [
    { label: 'Cause', text: `${[...path, event.logicalId].join(' > ')}, ${event.type}${where}` },
    { label: '', text: event.reason ?? '' },
    ...lines.map((text, i) => ({ label: i === 0 ? 'Log' : '', text })),
  ]
}

/** The end of an operation that did not succeed: StackFailed with its cause and what to do. */
export async function stackFailure(
  stack: Stack,
  events: readonly StackEvent[],
  templateText: string | undefined,
  context: TargetContext,
): Promise<DeployError> {
  const { env, org } = context.target
  const cause = await findCause(stack.arn, events, templateText, context)
  const more = { label: 'More', text: `make rs-why ENV=${env} ORG=${org}` }
  return new DeployError('StackFailed', describeEnd(stack), {
    ...(cause === undefined ? {} : { cause: recorded(cause) }),
    facts: [...(cause === undefined ? [] : causeFacts(cause, shownLogLines)), more],
    hint:
      cause === undefined
        ? 'the events in the log tell more'
        : adviceFor(cause.event.reason ?? '', cause.event.type, env),
  })
}

/** As a receipt keeps it. */
function recorded({ event, path }: Cause): FailureCause {
  const { logicalId, type, reason = '' } = event
  return { logicalId, type, reason, ...(path.length === 0 ? {} : { nested: path }) }
}

function describeEnd({ status }: Stack): string {
  if (status === 'UPDATE_ROLLBACK_COMPLETE') return 'failed and rolled back: the stack is as it was'
  return isSuccess(status) ? `ended in ${status}` : `failed: the stack is in ${status}`
}
