import {
  CloudFormationClient,
  CreateStackCommand,
  DeleteStackCommand,
  DescribeStackEventsCommand,
  DescribeStacksCommand,
  UpdateStackCommand,
} from '@aws-sdk/client-cloudformation'
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3'

/** Makes stacks of the states that no deployment should meet, and that some day one does. */
export interface BadStacks {
  status(name: string): Promise<string | undefined>
  settled(name: string, wanted: string): Promise<void>
  create(name: string, resources: Record<string, unknown>): Promise<void>
  update(name: string, resources: Record<string, unknown>): Promise<void>
  delete(name: string): Promise<void>
  /** Waits until an event names the resource, and returns what it is called. */
  begun(name: string, logicalId: string): Promise<string>
  put(bucket: string, count: number): Promise<void>
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
  const status = async (name: string): Promise<string | undefined> => {
    const { Stacks } = await stacks.send(new DescribeStacksCommand({ StackName: name })).catch(() => ({ Stacks: [] }))
    return Stacks?.[0]?.StackStatus
  }
  return {
    status,
    settled: (name, wanted) =>
      until(async () => ((await status(name)) === wanted ? true : undefined)).then(() => undefined),
    async create(name, resources) {
      await stacks.send(new CreateStackCommand({ StackName: name, TemplateBody: body(resources) }))
    },
    async update(name, resources) {
      await stacks.send(new UpdateStackCommand({ StackName: name, TemplateBody: body(resources) }))
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
  }
}
