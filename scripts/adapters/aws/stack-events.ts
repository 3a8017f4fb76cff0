import {
  type CloudFormationClient,
  DescribeEventsCommand,
  DescribeStackEventsCommand,
  type OperationEvent,
  type ResourceStatus as SdkResourceStatus,
  type StackEvent as SdkStackEvent,
} from '@aws-sdk/client-cloudformation'
import type { ResourceStatus } from '../../core/resource-status.js'
import type { StackEvent, Stacks } from '../../ports.js'
import { everyPage, isNamed } from './clients.js'

const doesNotExist = /^(Stack with id .* does not exist|Stack \[.*\] does not exist|Stack:.* does not exist)$/

/** Whether CloudFormation says, exactly, that there is no such stack. */
export function isAbsent(error: unknown): boolean {
  return isNamed(error, 'ValidationError') && doesNotExist.test((error as Error).message)
}

type StackEvents = Pick<Stacks, 'eventsSince' | 'eventsBackTo' | 'validationErrors' | 'changeSetErrors' | 'lastEventId'>

/** What a stack tells of its operations. */
export function stackEvents(client: CloudFormationClient): StackEvents {
  return {
    async eventsSince(stackArn, after) {
      const found = await eventsBackTo(client, stackArn, ({ id }) => id === after)
      return found[0]?.id === after ? found.slice(1) : found
    },
    eventsBackTo: (stackArn, isEnough) => eventsBackTo(client, stackArn, isEnough),
    validationErrors: (StackName) => validationErrors(client, { StackName }),
    changeSetErrors: ({ arn, stackArn }) => validationErrors(client, { ChangeSetName: arn, StackName: stackArn }),
    async lastEventId(stackArn) {
      const { StackEvents } = await client.send(new DescribeStackEventsCommand({ StackName: stackArn }))
      return StackEvents?.[0]?.EventId
    },
  }
}

async function validationErrors(
  client: CloudFormationClient,
  of: { StackName: string; ChangeSetName?: string },
): Promise<StackEvent[]> {
  const failed = await everyPage(
    (NextToken) => client.send(new DescribeEventsCommand({ ...of, Filters: { FailedEvents: true }, NextToken })),
    (page) => page.OperationEvents,
    (page) => page.NextToken,
  )
  const errors = failed.filter(({ EventType }) => EventType === 'VALIDATION_ERROR').map(toValidationError)
  return errors.sort((a, b) => a.at.getTime() - b.at.getTime())
}

/** The API lists the newest first: pages are read only as far as needed. */
async function eventsBackTo(
  client: CloudFormationClient,
  stackArn: string,
  isEnough: (event: StackEvent) => boolean,
): Promise<StackEvent[]> {
  const found: StackEvent[] = []
  let token: string | undefined
  do {
    const page = await eventPage(client, stackArn, token)
    for (const event of (page.StackEvents ?? []).map(toEvent)) {
      found.push(event)
      if (isEnough(event)) return found.reverse()
    }
    token = page.NextToken
  } while (token !== undefined)
  return found.reverse()
}

/** Of a stack that was deleted long ago nothing is known any more, not even its ARN. */
async function eventPage(
  client: CloudFormationClient,
  stackArn: string,
  token: string | undefined,
): Promise<{ StackEvents?: SdkStackEvent[] | undefined; NextToken?: string | undefined }> {
  try {
    return await client.send(new DescribeStackEventsCommand({ StackName: stackArn, NextToken: token }))
  } catch (error) {
    if (isAbsent(error)) return {}
    throw error
  }
}

/** Does not compile when the SDK knows a resource status that our table lacks. */
const knownResourceStatus = (status: SdkResourceStatus): ResourceStatus => status

function toEvent(event: SdkStackEvent): StackEvent {
  return {
    id: event.EventId ?? '',
    at: event.Timestamp ?? new Date(0),
    stackName: event.StackName ?? '',
    logicalId: event.LogicalResourceId ?? '',
    physicalId: given(event.PhysicalResourceId),
    type: event.ResourceType ?? '',
    status: event.ResourceStatus === undefined ? '' : knownResourceStatus(event.ResourceStatus),
    reason: given(event.ResourceStatusReason),
  }
}

/** A resource that did not pass a validation counts as one that failed. */
function toValidationError(event: OperationEvent): StackEvent {
  return {
    id: event.EventId ?? '',
    at: event.Timestamp ?? new Date(0),
    stackName: event.StackId?.split('/')[1] ?? '',
    logicalId: event.LogicalResourceId ?? '',
    physicalId: given(event.PhysicalResourceId),
    type: event.ResourceType ?? '',
    status: event.OperationType === 'CREATE_STACK' ? 'CREATE_FAILED' : 'UPDATE_FAILED',
    reason: given([event.ValidationPath, event.ValidationStatusReason].flatMap((text) => given(text) ?? []).join(': ')),
  }
}

/** CloudFormation writes what is not there yet as an empty text. */
function given(text: string | undefined): string | undefined {
  return text === '' ? undefined : text
}
