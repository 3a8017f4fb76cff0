import {
  type Change,
  CloudFormationClient,
  DeleteChangeSetCommand,
  DeleteStackCommand,
  DescribeChangeSetCommand,
  DescribeStackEventsCommand,
  DescribeStacksCommand,
  ExecuteChangeSetCommand,
  GetTemplateCommand,
  ListChangeSetsCommand,
  ListStackResourcesCommand,
  type ResourceStatus as SdkResourceStatus,
  type Stack as SdkStack,
  type StackEvent as SdkStackEvent,
  type StackStatus as SdkStackStatus,
  UpdateStackCommand,
  UpdateTerminationProtectionCommand,
} from '@aws-sdk/client-cloudformation'
import type { ResourceStatus } from '../../core/resource-status.js'
import type { StackStatus } from '../../core/stack-state.js'
import type { ResourceChange } from '../../core/changes.js'
import type { Stack, StackEvent, Stacks } from '../../ports.js'
import { type ClientConfig, everyPage, isNamed } from './clients.js'

/** Does not compile when the SDK knows a status that our table lacks. */
function knownStatus(status: SdkStackStatus): StackStatus {
  return status
}

const doesNotExist = /^(Stack with id .* does not exist|Stack \[.*\] does not exist|Stack:.* does not exist)$/

export function makeStacks(config: ClientConfig): Stacks {
  const client = new CloudFormationClient(config)
  return {
    async describe(nameOrArn) {
      try {
        const { Stacks } = await client.send(new DescribeStacksCommand({ StackName: nameOrArn }))
        const stack = Stacks?.[0]
        return stack === undefined ? undefined : toStack(stack)
      } catch (error) {
        if (isAbsent(error)) return undefined
        throw error
      }
    },
    async list(prefix) {
      const stacks = await everyPage(
        (NextToken) => client.send(new DescribeStacksCommand({ NextToken })),
        (page) => page.Stacks,
        (page) => page.NextToken,
      )
      return stacks.map(toStack).filter(({ name }) => name.startsWith(prefix))
    },
    async resources(stackArn) {
      const found = await everyPage(
        (NextToken) => client.send(new ListStackResourcesCommand({ StackName: stackArn, NextToken })),
        (page) => page.StackResourceSummaries,
        (page) => page.NextToken,
      )
      return found.map((resource) => ({
        logicalId: resource.LogicalResourceId ?? '',
        physicalId: resource.PhysicalResourceId,
        type: resource.ResourceType ?? '',
        status: resource.ResourceStatus ?? '',
      }))
    },
    eventsSince: (stackArn, after) => eventsSince(client, stackArn, after),
    async lastEventId(stackArn) {
      const { StackEvents } = await client.send(new DescribeStackEventsCommand({ StackName: stackArn }))
      return StackEvents?.[0]?.EventId
    },
    changeSetArns: (stackName) => changeSetArns(client, stackName),
    async changeSet(arn) {
      const first = await client.send(new DescribeChangeSetCommand({ ChangeSetName: arn }))
      const changes = await everyPage(
        async (NextToken) =>
          NextToken === undefined
            ? first
            : client.send(new DescribeChangeSetCommand({ ChangeSetName: arn, NextToken })),
        (page) => page.Changes,
        (page) => page.NextToken,
      )
      return {
        arn,
        stackArn: first.StackId ?? '',
        status: first.Status ?? '',
        statusReason: first.StatusReason,
        changes: changes.flatMap(toChange),
      }
    },
    async template(stackName, changeSetArn) {
      const { TemplateBody } = await client.send(
        new GetTemplateCommand({ StackName: stackName, ChangeSetName: changeSetArn, TemplateStage: 'Processed' }),
      )
      return TemplateBody ?? ''
    },
    async executeChangeSet(arn) {
      await client.send(new ExecuteChangeSetCommand({ ChangeSetName: arn, RetainExceptOnCreate: true }))
    },
    async updateParameters(stack, changed) {
      await client.send(
        new UpdateStackCommand({
          StackName: stack.arn,
          UsePreviousTemplate: true,
          Capabilities: ['CAPABILITY_IAM', 'CAPABILITY_NAMED_IAM', 'CAPABILITY_AUTO_EXPAND'],
          Parameters: Object.keys(stack.parameters).map((name) =>
            changed[name] === undefined
              ? { ParameterKey: name, UsePreviousValue: true }
              : { ParameterKey: name, ParameterValue: changed[name] },
          ),
          RetainExceptOnCreate: true,
        }),
      )
    },
    async deleteChangeSet(arn) {
      await client.send(new DeleteChangeSetCommand({ ChangeSetName: arn }))
    },
    async deleteStack(arn) {
      await client.send(new DeleteStackCommand({ StackName: arn }))
    },
    async protectFromTermination(name) {
      await client.send(new UpdateTerminationProtectionCommand({ StackName: name, EnableTerminationProtection: true }))
    },
    async allowTermination(name) {
      await client.send(new UpdateTerminationProtectionCommand({ StackName: name, EnableTerminationProtection: false }))
    },
  }
}

function isAbsent(error: unknown): boolean {
  return isNamed(error, 'ValidationError') && doesNotExist.test((error as Error).message)
}

async function changeSetArns(client: CloudFormationClient, stackName: string): Promise<string[]> {
  try {
    const sets = await everyPage(
      (NextToken) => client.send(new ListChangeSetsCommand({ StackName: stackName, NextToken })),
      (page) => page.Summaries,
      (page) => page.NextToken,
    )
    return sets.flatMap(({ ChangeSetId }) => (ChangeSetId === undefined ? [] : [ChangeSetId]))
  } catch (error) {
    if (isAbsent(error)) return []
    throw error
  }
}

/** The API lists the newest first: pages are read only as far as the known event. */
async function eventsSince(
  client: CloudFormationClient,
  stackArn: string,
  after: string | undefined,
): Promise<StackEvent[]> {
  const fresh: StackEvent[] = []
  let token: string | undefined
  do {
    const page = await client.send(new DescribeStackEventsCommand({ StackName: stackArn, NextToken: token }))
    for (const event of page.StackEvents ?? []) {
      if (event.EventId === after) return fresh.reverse()
      fresh.push(toEvent(event))
    }
    token = page.NextToken
  } while (token !== undefined)
  return fresh.reverse()
}

function toStack(stack: SdkStack): Stack {
  const pairs = <T>(items: readonly T[] | undefined, pair: (item: T) => [string | undefined, string | undefined]) =>
    Object.fromEntries((items ?? []).map((item) => pair(item).map((text) => text ?? '') as [string, string]))
  return {
    arn: stack.StackId ?? '',
    name: stack.StackName ?? '',
    status: knownStatus(stack.StackStatus ?? 'DELETE_COMPLETE'),
    statusReason: stack.StackStatusReason === '' ? undefined : stack.StackStatusReason,
    changedAt: (stack.LastUpdatedTime ?? stack.CreationTime ?? new Date(0)).toISOString(),
    outputs: pairs(stack.Outputs, ({ OutputKey, OutputValue }) => [OutputKey, OutputValue]),
    parameters: pairs(stack.Parameters, ({ ParameterKey, ParameterValue }) => [ParameterKey, ParameterValue]),
    terminationProtected: stack.EnableTerminationProtection === true,
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
    physicalId: event.PhysicalResourceId,
    type: event.ResourceType ?? '',
    status: event.ResourceStatus === undefined ? '' : knownResourceStatus(event.ResourceStatus),
    reason: event.ResourceStatusReason,
  }
}

function toChange({ ResourceChange: change }: Change): ResourceChange[] {
  if (change === undefined) return []
  const targets = (change.Details ?? []).flatMap(({ Target }) => (Target === undefined ? [] : [Target]))
  const namesOf = (some: typeof targets): string[] => [
    ...new Set(some.map(({ Name, Attribute }) => Name ?? Attribute ?? '').filter((name) => name !== '')),
  ]
  return [
    {
      action: change.Action as ResourceChange['action'],
      logicalId: change.LogicalResourceId ?? '',
      physicalId: change.PhysicalResourceId,
      type: change.ResourceType ?? '',
      replacement: change.Replacement as ResourceChange['replacement'],
      properties: namesOf(targets),
      recreating: namesOf(
        targets.filter(({ RequiresRecreation }) => RequiresRecreation !== 'Never' && RequiresRecreation !== undefined),
      ),
      policyAction: change.PolicyAction,
    },
  ]
}
