import { ListStackResourcesCommand } from '@aws-sdk/client-cloudformation'
import { DeleteObjectCommand, GetBucketPolicyCommand, PutObjectCommand, type S3Client } from '@aws-sdk/client-s3'
import type { LocalClients } from './snapshot.js'

export const account = '000000000000'

/** The five buckets of an organization in dev. */
export const bucketNames = (org: string): string[] => [
  ...['lambda', 'forms', 'eln', 'eln-drafts'].map((service) => `rawscribe-${service}-dev-${org}-${account}`),
  `syndi-frontend-dev-${org}-${account}`,
]

/** Two versions and a deleted object in each bucket. */
export async function fillBuckets(org: string, s3: S3Client): Promise<void> {
  for (const Bucket of bucketNames(org)) {
    for (const Body of ['one', 'two']) await s3.send(new PutObjectCommand({ Bucket, Key: 'a/kept & kept.json', Body }))
    await s3.send(new PutObjectCommand({ Bucket, Key: 'deleted.json', Body: 'gone' }))
    await s3.send(new DeleteObjectCommand({ Bucket, Key: 'deleted.json' }))
  }
}

/** Names of the buckets that an organization's stack holds, sorted. */
export async function bucketsInStack(org: string, { stacks }: LocalClients): Promise<string[]> {
  const { StackResourceSummaries: all = [] } = await stacks.send(
    new ListStackResourcesCommand({ StackName: `rawscribe-dev-${org}` }),
  )
  return all.flatMap((one) => (one.ResourceType === 'AWS::S3::Bucket' ? (one.PhysicalResourceId ?? []) : [])).sort()
}

/** Whether every bucket has the policy that the template gives it. */
export async function isGuarded(org: string, s3: S3Client): Promise<boolean> {
  const asked = bucketNames(org).map((Bucket) => s3.send(new GetBucketPolicyCommand({ Bucket })))
  return (await Promise.allSettled(asked)).every(({ status }) => status === 'fulfilled')
}
