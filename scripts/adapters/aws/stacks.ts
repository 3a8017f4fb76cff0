import {
  type Capability,
  type Change,
  CloudFormationClient,
  ContinueUpdateRollbackCommand,
  CreateChangeSetCommand,
  DeleteChangeSetCommand,
  DeleteStackCommand,
  DescribeChangeSetCommand,
  DescribeStacksCommand,
  ExecuteChangeSetCommand,
  GetTemplateCommand,
  ListChangeSetsCommand,
  ListStackResourcesCommand,
  RollbackStackCommand,
  type Stack as SdkStack,
  type StackStatus as SdkStackStatus,
  UpdateStackCommand,
  UpdateTerminationProtectionCommand,
} from '@aws-sdk/client-cloudformation'
import { randomUUID } from 'node:crypto'
import type { StackStatus } from '../../core/stack-state.js'
import type { ResourceChange } from '../../core/changes.js'
import { type Project, underOurNames } from '../../core/project.js'
import type { Stack, Stacks } from '../../ports.js'
import { type ClientConfig, everyPage } from './clients.js'
import { stackDrift } from './stack-drift.js'
import { bucketImports } from './bucket-imports.js'
import { isAbsent, stackEvents } from './stack-events.js'

/** Does not compile when the SDK knows a status that our table lacks. */
function knownStatus(status: SdkStackStatus): StackStatus {
  return status
}

const capabilities: Capability[] = ['CAPABILITY_IAM', 'CAPABILITY_NAMED_IAM', 'CAPABILITY_AUTO_EXPAND']

/** Whatever begins an operation carries a token: its retry after a lost answer is the same request, not a second one. */
export function makeStacks(config: ClientConfig, outputNames: Project['outputs']): Stacks {
  const client = new CloudFormationClient(config)
  const known = (stack: SdkStack): Stack => toStack(stack, outputNames)
  return {
    ...stackEvents(client),
    ...stackDrift(client),
    ...bucketImports(client),
    async describe(nameOrArn) {
      try {
        const { Stacks } = await client.send(new DescribeStacksCommand({ StackName: nameOrArn }))
        const stack = Stacks?.[0]
        return stack === undefined ? undefined : known(stack)
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
      return stacks.map(known).filter(({ name }) => name.startsWith(prefix))
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
        reason: resource.ResourceStatusReason === '' ? undefined : resource.ResourceStatusReason,
      }))
    },
    changeSetArns: (stackName) => changeSetArns(client, stackName),
    async changeSet(arn, stack) {
      const asked = { ChangeSetName: arn, StackName: stack, IncludePropertyValues: true }
      const first = await client.send(new DescribeChangeSetCommand(asked))
      const changes = await everyPage(
        async (NextToken) =>
          NextToken === undefined ? first : client.send(new DescribeChangeSetCommand({ ...asked, NextToken })),
        (page) => page.Changes,
        (page) => page.NextToken,
      )
      return {
        arn,
        stackArn: first.StackId ?? '',
        status: first.Status ?? '',
        statusReason: first.StatusReason,
        changes: changes.flatMap(toChange),
        parameters: pairs(first.Parameters, ({ ParameterKey, ParameterValue }) => [ParameterKey, ParameterValue]),
      }
    },
    async template(stackName, changeSetArn) {
      const { TemplateBody } = await client.send(
        new GetTemplateCommand({ StackName: stackName, ChangeSetName: changeSetArn, TemplateStage: 'Processed' }),
      )
      return TemplateBody ?? ''
    },
    async originalTemplate(stackName) {
      const original = new GetTemplateCommand({ StackName: stackName, TemplateStage: 'Original' })
      return (await client.send(original)).TemplateBody ?? ''
    },
    async createChangeSet({ name, stack, creates, templateUrl, parameters, previous = [], tags, serviceRole }) {
      const { Id } = await client.send(
        new CreateChangeSetCommand({
          StackName: stack,
          ChangeSetName: name,
          // Sent again after a lost answer, it is the same request.
          ClientToken: name,
          ChangeSetType: creates ? 'CREATE' : 'UPDATE',
          TemplateURL: templateUrl,
          IncludeNestedStacks: true,
          Capabilities: capabilities,
          RoleARN: serviceRole,
          Parameters: [
            ...Object.entries(parameters).map(([key, value]) => ({ ParameterKey: key, ParameterValue: value })),
            ...previous.map((key) => ({ ParameterKey: key, UsePreviousValue: true })),
          ],
          Tags: Object.entries(tags).map(([key, value]) => ({ Key: key, Value: value })),
        }),
      )
      return Id ?? ''
    },
    async executeChangeSet({ arn, stackArn }) {
      await client.send(
        new ExecuteChangeSetCommand({
          ChangeSetName: arn,
          StackName: stackArn,
          RetainExceptOnCreate: true,
          ClientRequestToken: randomUUID(),
        }),
      )
    },
    async updateParameters(stack, changed) {
      await client.send(
        new UpdateStackCommand({
          StackName: stack.arn,
          UsePreviousTemplate: true,
          Capabilities: capabilities,
          Parameters: Object.keys(stack.parameters).map((name) =>
            changed[name] === undefined
              ? { ParameterKey: name, UsePreviousValue: true }
              : { ParameterKey: name, ParameterValue: changed[name] },
          ),
          RetainExceptOnCreate: true,
          ClientRequestToken: randomUUID(),
        }),
      )
    },
    async continueRollback(arn, skip) {
      const ResourcesToSkip = skip.length === 0 ? undefined : [...skip]
      await client.send(
        new ContinueUpdateRollbackCommand({ StackName: arn, ResourcesToSkip, ClientRequestToken: randomUUID() }),
      )
    },
    async rollBack(arn) {
      await client.send(
        new RollbackStackCommand({ StackName: arn, RetainExceptOnCreate: true, ClientRequestToken: randomUUID() }),
      )
    },
    async deleteChangeSet(arn, stack) {
      await client.send(new DeleteChangeSetCommand({ ChangeSetName: arn, StackName: stack }))
    },
    async deleteStack(arn) {
      await client.send(new DeleteStackCommand({ StackName: arn, ClientRequestToken: randomUUID() }))
    },
    async protectFromTermination(name) {
      await client.send(new UpdateTerminationProtectionCommand({ StackName: name, EnableTerminationProtection: true }))
    },
    async allowTermination(name) {
      await client.send(new UpdateTerminationProtectionCommand({ StackName: name, EnableTerminationProtection: false }))
    },
  }
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

function pairs<T>(
  items: readonly T[] | undefined,
  pair: (item: T) => [string | undefined, string | undefined],
): Record<string, string> {
  return Object.fromEntries((items ?? []).map((item) => pair(item).map((text) => text ?? '') as [string, string]))
}

function toStack(stack: SdkStack, outputNames: Project['outputs']): Stack {
  return {
    arn: stack.StackId ?? '',
    name: stack.StackName ?? '',
    status: knownStatus(stack.StackStatus ?? 'DELETE_COMPLETE'),
    statusReason: stack.StackStatusReason === '' ? undefined : stack.StackStatusReason,
    changedAt: (stack.LastUpdatedTime ?? stack.CreationTime ?? new Date(0)).toISOString(),
    outputs: underOurNames(
      pairs(stack.Outputs, ({ OutputKey, OutputValue }) => [OutputKey, OutputValue]),
      outputNames,
    ),
    parameters: pairs(stack.Parameters, ({ ParameterKey, ParameterValue }) => [ParameterKey, ParameterValue]),
    terminationProtected: stack.EnableTerminationProtection === true,
    drift: knownDrift(stack),
  }
}

function knownDrift({ DriftInformation }: SdkStack): Stack['drift'] {
  const { StackDriftStatus: status, LastCheckTimestamp: at } = DriftInformation ?? {}
  return status === undefined || status === 'NOT_CHECKED' ? undefined : { status, at: at?.toISOString() }
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
      values: targets.flatMap(({ Name = '', Path = '', BeforeValue: before, AfterValue: after }) =>
        before === undefined && after === undefined ? [] : [{ name: Name, path: Path, before, after }],
      ),
      nestedSet: change.ChangeSetId,
    },
  ]
}
