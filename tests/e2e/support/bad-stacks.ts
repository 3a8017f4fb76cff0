import {
  CloudFormationClient,
  CreateChangeSetCommand,
  CreateStackCommand,
  DeleteStackCommand,
  DescribeStackEventsCommand,
  DescribeStacksCommand,
  ListChangeSetsCommand,
  type Stack,
  UpdateStackCommand,
} from '@aws-sdk/client-cloudformation'
import { ListObjectsV2Command, PutObjectCommand, S3Client } from '@aws-sdk/client-s3'

/** What becomes of a stack whose operation failed: as it was before, or left where it stopped. */
type OnFailure = 'rolls back' | 'stays'

/** Makes stacks of the states that no deployment should meet, and that some day one does. */
export interface BadStacks {
  status(name: string): Promise<string | undefined>
  settled(name: string, wanted: string): Promise<void>
  /** The ARN: another one is another stack. */
  arn(name: string): Promise<string | undefined>
  create(name: string, resources: Record<string, unknown>, failed?: OnFailure): Promise<void>
  update(name: string, resources: Record<string, unknown>, failed?: OnFailure): Promise<void>
  /** Makes a change set for a stack that is not there, and with it a shell in REVIEW_IN_PROGRESS. */
  review(name: string, resources: Record<string, unknown>): Promise<void>
  /** Names of the change sets of a stack. */
  changeSets(name: string): Promise<string[]>
  delete(name: string): Promise<void>
  /** Waits until an event names the resource, and returns what it is called. */
  begun(name: string, logicalId: string): Promise<string>
  put(bucket: string, count: number): Promise<void>
  /** How many objects a bucket holds; undefined where it is gone. */
  held(bucket: string): Promise<number | undefined>
}

/** Goes on for so many seconds, then fails; begins once those that are named are there. */
export function failingAfter(seconds: number, ...DependsOn: string[]): Record<string, unknown> {
  return {
    Handle: { Type: 'AWS::CloudFormation::WaitConditionHandle' },
    Fails: {
      Type: 'AWS::CloudFormation::WaitCondition',
      DependsOn,
      Properties: { Handle: { Ref: 'Handle' }, Timeout: String(seconds), Count: 1 },
    },
  }
}

export function badStacks(endpoint: string): BadStacks {
  const credentials = { accessKeyId: 'test', secretAccessKey: 'test' }
  const stacks = new CloudFormationClient({ region: 'us-east-1', endpoint, credentials })
  const s3 = new S3Client({ region: 'us-east-1', endpoint, credentials, forcePathStyle: true })
  const body = (Resources: Record<string, unknown>): string => JSON.stringify({ Resources })
  const until = async <T>(look: () => Promise<T | undefined>): Promise<T> => {
    for (;;) {
      const found = await look()
      if (found !== undefined) return found
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
  }
  const described = async (name: string): Promise<Stack | undefined> => {
    const { Stacks } = await stacks.send(new DescribeStacksCommand({ StackName: name })).catch(() => ({ Stacks: [] }))
    return Stacks?.[0]
  }
  const status = async (name: string): Promise<string | undefined> => (await described(name))?.StackStatus
  return {
    status,
    settled: (name, wanted) =>
      until(async () => ((await status(name)) === wanted ? true : undefined)).then(() => undefined),
    arn: async (name) => (await described(name))?.StackId,
    async create(name, resources, failed = 'rolls back') {
      const DisableRollback = failed === 'stays'
      const Capabilities = ['CAPABILITY_IAM' as const]
      const stack = { StackName: name, TemplateBody: body(resources), DisableRollback, Capabilities }
      await stacks.send(new CreateStackCommand(stack))
    },
    async update(name, resources, failed = 'rolls back') {
      const DisableRollback = failed === 'stays'
      await stacks.send(new UpdateStackCommand({ StackName: name, TemplateBody: body(resources), DisableRollback }))
    },
    async review(name, resources) {
      const set = { StackName: name, ChangeSetName: 'theirs', ChangeSetType: 'CREATE' } as const
      await stacks.send(new CreateChangeSetCommand({ ...set, TemplateBody: body(resources) }))
    },
    async changeSets(name) {
      const { Summaries = [] } = await stacks.send(new ListChangeSetsCommand({ StackName: name }))
      return Summaries.map(({ ChangeSetName = '' }) => ChangeSetName)
    },
    async delete(name) {
      await stacks.send(new DeleteStackCommand({ StackName: name }))
    },
    begun: (name, logicalId) =>
      until(async () => {
        const { StackEvents = [] } = await stacks.send(new DescribeStackEventsCommand({ StackName: name }))
        return StackEvents.find((event) => event.LogicalResourceId === logicalId && event.PhysicalResourceId !== '')
      }).then(({ PhysicalResourceId = '' }) => PhysicalResourceId),
    async put(bucket, count) {
      for (let i = 0; i < count; i++) await s3.send(new PutObjectCommand({ Bucket: bucket, Key: `k${i}`, Body: 'x' }))
    },
    held: async (bucket) =>
      s3.send(new ListObjectsV2Command({ Bucket: bucket })).then(
        ({ KeyCount }) => KeyCount,
        () => undefined,
      ),
  }
}
