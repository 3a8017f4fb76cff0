import { GetBucketEncryptionCommand, GetBucketPolicyCommand, type S3Client } from '@aws-sdk/client-s3'
import type { Buckets } from '../../ports.js'
import { isNamed } from './clients.js'

/** What a bucket is set to, that a template may collide with. */
export function bucketSettings(
  client: S3Client,
  owned: { ExpectedBucketOwner: string },
): Pick<Buckets, 'policy' | 'kmsKey'> {
  return {
    async policy(bucket) {
      try {
        return (await client.send(new GetBucketPolicyCommand({ Bucket: bucket, ...owned }))).Policy
      } catch (error) {
        if (isNamed(error, 'NoSuchBucketPolicy', 'NoSuchBucket')) return undefined
        throw error
      }
    },
    async kmsKey(bucket) {
      try {
        const answer = await client.send(new GetBucketEncryptionCommand({ Bucket: bucket, ...owned }))
        const rules = answer.ServerSideEncryptionConfiguration?.Rules ?? []
        const used = rules.flatMap(({ ApplyServerSideEncryptionByDefault: one }) => one ?? [])
        const kms = used.find(({ SSEAlgorithm }) => SSEAlgorithm?.startsWith('aws:kms'))
        return kms === undefined ? undefined : (kms.KMSMasterKeyID ?? 'aws/s3')
      } catch (error) {
        if (isNamed(error, 'ServerSideEncryptionConfigurationNotFoundError', 'NoSuchBucket')) return undefined
        throw error
      }
    },
  }
}
