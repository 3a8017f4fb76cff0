import {
  type BucketLocationConstraint,
  CreateBucketCommand,
  DeleteObjectCommand,
  GetBucketVersioningCommand,
  GetObjectCommand,
  type GetObjectCommandInput,
  type GetObjectCommandOutput,
  HeadBucketCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutBucketEncryptionCommand,
  PutBucketVersioningCommand,
  PutObjectCommand,
  type PutObjectCommandInput,
  PutPublicAccessBlockCommand,
  S3Client,
} from '@aws-sdk/client-s3'
import type { Buckets } from '../../ports.js'
import { type ClientConfig, everyPage, isNamed, s3Config, statusOf } from './clients.js'
import { bucketContents } from './contents.js'
import { pageFiles } from './page-files.js'
import { bucketSettings } from './bucket-settings.js'
import { expireLockVersions, lockExpiry } from './lock-expiry.js'

/** Buckets of one account: a bucket that somebody else owns is `foreign`, whatever it lets us do. */
export function makeBuckets(config: ClientConfig, account: string): Buckets {
  const client = new S3Client(s3Config(config))
  const owned = { ExpectedBucketOwner: account }
  return {
    ...bucketContents(client, owned),
    ...pageFiles(client, owned),
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
        const found = await client.send(new GetObjectCommand({ Bucket: bucket, Key: key, ...owned }))
        return {
          etag: found.ETag ?? '',
          text: (await found.Body?.transformToString()) ?? '',
          versionId: found.VersionId,
        }
      } catch (error) {
        if (isNamed(error, 'NoSuchKey', 'NoSuchBucket')) return undefined
        throw error
      }
    },
    async readVersion(bucket, key, versionId) {
      const version = { Bucket: bucket, Key: key, VersionId: versionId, ...owned }
      try {
        const { ETag, Body } = await client.send(new GetObjectCommand(version))
        return { etag: ETag ?? '', text: (await Body?.transformToString()) ?? '' }
      } catch (error) {
        if (isNamed(error, 'NoSuchKey', 'NoSuchBucket', 'NoSuchVersion')) return undefined
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
    ...bucketSettings(client, owned),
    ...lockExpiry(client, owned),
    async isPrivate(bucket) {
      // Versioning is switched on last: where it is, everything else is.
      const { Status } = await client.send(new GetBucketVersioningCommand({ Bucket: bucket, ...owned }))
      return Status === 'Enabled'
    },
    createPrivate: (bucket) => createPrivate(client, config.region, bucket, owned),
    async put(bucket, key, text) {
      const { ETag } = await client.send(
        new PutObjectCommand({ Bucket: bucket, Key: key, Body: text, ContentType: 'application/json', ...owned }),
      )
      return ETag ?? ''
    },
    async upload(bucket, key, bytes, onProgress) {
      const { uploadInParts } = await import('./multipart.js')
      await uploadInParts(client, { Bucket: bucket, Key: key, Body: bytes, ...owned }, onProgress)
    },
    async readDated(bucket, key) {
      try {
        const { answer, serverNow } = await getDated(client, { Bucket: bucket, Key: key, ...owned })
        const text = (await answer.Body?.transformToString()) ?? ''
        return { etag: answer.ETag ?? '', text, modifiedAt: answer.LastModified ?? serverNow, serverNow }
      } catch (error) {
        if (isNamed(error, 'NoSuchKey', 'NoSuchBucket')) return undefined
        throw error
      }
    },
    putNew: (bucket, key, text) =>
      conditionalPut(client, { Bucket: bucket, Key: key, Body: text, IfNoneMatch: '*', ...owned }),
    replace: (bucket, key, text, etag) =>
      conditionalPut(client, { Bucket: bucket, Key: key, Body: text, IfMatch: etag, ...owned }),
    async removeIf(bucket, key, etag) {
      try {
        await client.send(new DeleteObjectCommand({ Bucket: bucket, Key: key, IfMatch: etag, ...owned }))
        return true
      } catch (error) {
        if (isRefusedCondition(error) || statusOf(error) === 404) return false
        throw error
      }
    },
  }
}

/** The object with S3's own time, from the answer's Date header, which the SDK does not hand out. */
async function getDated(
  client: S3Client,
  input: GetObjectCommandInput,
): Promise<{ answer: GetObjectCommandOutput; serverNow: Date }> {
  const command = new GetObjectCommand(input)
  let date: string | undefined
  command.middlewareStack.add(
    (next) => async (args) => {
      const result = await next(args)
      date = (result.response as { headers?: Record<string, string> }).headers?.['date']
      return result
    },
    { step: 'deserialize' },
  )
  const answer = await client.send(command)
  return { answer, serverNow: date === undefined ? new Date() : new Date(date) }
}

/** 412: the condition does not hold; 409: somebody else is writing; 404: it is gone (S3, "Conditional requests"). */
function isRefusedCondition(error: unknown): boolean {
  return statusOf(error) === 412 || statusOf(error) === 409
}

async function conditionalPut(client: S3Client, input: PutObjectCommandInput): Promise<string | undefined> {
  try {
    const { ETag } = await client.send(new PutObjectCommand({ ...input, ContentType: 'application/json' }))
    return ETag ?? ''
  } catch (error) {
    if (isRefusedCondition(error) || (input.IfMatch !== undefined && statusOf(error) === 404)) return undefined
    throw error
  }
}

/** Safe to repeat: a run that was cut off after the creation is finished by the next one. S3 refuses us-east-1 as a location constraint: it is the default. */
async function createPrivate(
  client: S3Client,
  region: string,
  bucket: string,
  owned: { ExpectedBucketOwner: string },
): Promise<void> {
  const location =
    region === 'us-east-1'
      ? {}
      : { CreateBucketConfiguration: { LocationConstraint: region as BucketLocationConstraint } }
  await client.send(new CreateBucketCommand({ Bucket: bucket, ...location })).catch((error: unknown) => {
    // OperationAborted: another run is creating it at this moment.
    if (!isNamed(error, 'BucketAlreadyOwnedByYou', 'OperationAborted')) throw error
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
  await expireLockVersions(client, bucket, owned)
  await client.send(new PutBucketVersioningCommand({ Bucket: bucket, VersioningConfiguration: { Status: 'Enabled' } }))
}
