import {
  type BucketLocationConstraint,
  CreateBucketCommand,
  GetObjectCommand,
  HeadBucketCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutBucketEncryptionCommand,
  PutBucketVersioningCommand,
  PutObjectCommand,
  PutPublicAccessBlockCommand,
  S3Client,
} from '@aws-sdk/client-s3'
import type { Buckets } from '../../ports.js'
import { type ClientConfig, everyPage, isNamed, s3Config, statusOf } from './clients.js'

/** Buckets of one account: a bucket that somebody else owns is `foreign`, whatever it lets us do. */
export function makeBuckets(config: ClientConfig, account: string): Buckets {
  const client = new S3Client(s3Config(config))
  const owned = { ExpectedBucketOwner: account }
  return {
    async presence(bucket) {
      try {
        const { BucketRegion } = await client.send(new HeadBucketCommand({ Bucket: bucket, ...owned }))
        return BucketRegion === undefined || BucketRegion === config.region ? 'ours' : 'other-region'
      } catch (error) {
        const status = statusOf(error)
        if (status === 404) return 'absent'
        if (status === 301) return 'other-region'
        if (status === 403) return 'foreign'
        throw error
      }
    },
    async read(bucket, key) {
      try {
        const { ETag, Body } = await client.send(new GetObjectCommand({ Bucket: bucket, Key: key, ...owned }))
        return { etag: ETag ?? '', text: (await Body?.transformToString()) ?? '' }
      } catch (error) {
        if (isNamed(error, 'NoSuchKey', 'NoSuchBucket')) return undefined
        throw error
      }
    },
    async etag(bucket, key) {
      try {
        return (await client.send(new HeadObjectCommand({ Bucket: bucket, Key: key, ...owned }))).ETag
      } catch (error) {
        if (statusOf(error) === 404) return undefined
        throw error
      }
    },
    async keys(bucket, prefix) {
      const found = await everyPage(
        (ContinuationToken) =>
          client.send(new ListObjectsV2Command({ Bucket: bucket, Prefix: prefix, ContinuationToken, ...owned })),
        (page) => page.Contents,
        (page) => page.NextContinuationToken,
      ).catch((error: unknown) => {
        if (isNamed(error, 'NoSuchBucket')) return []
        throw error
      })
      return found.flatMap(({ Key }) => (Key === undefined ? [] : [Key]))
    },
    createPrivate: (bucket) => createPrivate(client, config.region, bucket),
    async put(bucket, key, text) {
      const { ETag } = await client.send(
        new PutObjectCommand({ Bucket: bucket, Key: key, Body: text, ContentType: 'application/json', ...owned }),
      )
      return ETag ?? ''
    },
    async putNew(bucket, key, text) {
      try {
        await client.send(
          new PutObjectCommand({
            Bucket: bucket,
            Key: key,
            Body: text,
            ContentType: 'application/json',
            IfNoneMatch: '*',
            ...owned,
          }),
        )
        return true
      } catch (error) {
        // 412: it exists; 409: somebody else is writing it (S3, "Conditional writes").
        if (statusOf(error) === 412 || statusOf(error) === 409) return false
        throw error
      }
    },
  }
}

/** S3 refuses us-east-1 as a location constraint: it is the default. */
async function createPrivate(client: S3Client, region: string, bucket: string): Promise<void> {
  const location =
    region === 'us-east-1'
      ? {}
      : { CreateBucketConfiguration: { LocationConstraint: region as BucketLocationConstraint } }
  await client.send(new CreateBucketCommand({ Bucket: bucket, ...location })).catch((error: unknown) => {
    if (!isNamed(error, 'BucketAlreadyOwnedByYou')) throw error
  })
  await client.send(
    new PutPublicAccessBlockCommand({
      Bucket: bucket,
      PublicAccessBlockConfiguration: {
        BlockPublicAcls: true,
        BlockPublicPolicy: true,
        IgnorePublicAcls: true,
        RestrictPublicBuckets: true,
      },
    }),
  )
  await client.send(
    new PutBucketEncryptionCommand({
      Bucket: bucket,
      ServerSideEncryptionConfiguration: {
        Rules: [{ ApplyServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' } }],
      },
    }),
  )
  await client.send(new PutBucketVersioningCommand({ Bucket: bucket, VersioningConfiguration: { Status: 'Enabled' } }))
}
