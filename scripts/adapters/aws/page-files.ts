import {
  CopyObjectCommand,
  DeleteObjectsCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  type S3Client,
} from '@aws-sdk/client-s3'
import { DeployError } from '../../errors.js'
import type { PageFiles } from '../../ports/page.js'
import { everyPage, statusOf } from './clients.js'

/** DeleteObjects takes no more at a time (S3 API, "DeleteObjects"). */
const removedAtOnce = 1000

/** Files of pages in buckets of one account; `owned` refuses every bucket that is somebody else's. */
export function pageFiles(client: S3Client, owned: { ExpectedBucketOwner: string }): PageFiles {
  return {
    async etags(bucket) {
      const objects = await everyPage(
        (ContinuationToken) => client.send(new ListObjectsV2Command({ Bucket: bucket, ContinuationToken, ...owned })),
        (page) => page.Contents,
        (page) => page.NextContinuationToken,
      )
      return new Map(objects.map(({ Key = '', ETag = '' }) => [Key, ETag]))
    },
    async hasVersion(bucket, key, versionId) {
      try {
        await client.send(new HeadObjectCommand({ Bucket: bucket, Key: key, VersionId: versionId, ...owned }))
        return true
      } catch (error) {
        // 400: not even the form of a version's id, as another emulator's may be.
        if (statusOf(error) === 404 || statusOf(error) === 400) return false
        throw error
      }
    },
    async putFile(bucket, { key, sha256, contentType, cacheControl }, content) {
      const { ETag = '', VersionId = 'null' } = await client.send(
        new PutObjectCommand({
          Bucket: bucket,
          Key: key,
          Body: content,
          ContentType: contentType,
          CacheControl: cacheControl,
          ChecksumSHA256: Buffer.from(sha256, 'hex').toString('base64'),
          ...owned,
        }),
      )
      return { etag: ETag, versionId: VersionId }
    },
    async restoreFile(bucket, key, versionId) {
      const source = `${bucket}/${key.split('/').map(encodeURIComponent).join('/')}?versionId=${versionId}`
      const { CopyObjectResult, VersionId = 'null' } = await client.send(
        new CopyObjectCommand({
          Bucket: bucket,
          Key: key,
          CopySource: source,
          ExpectedSourceBucketOwner: owned.ExpectedBucketOwner,
          ...owned,
        }),
      )
      return { etag: CopyObjectResult?.ETag ?? '', versionId: VersionId }
    },
    async removeFiles(bucket, keys) {
      for (let from = 0; from < keys.length; from += removedAtOnce) {
        const Objects = keys.slice(from, from + removedAtOnce).map((Key) => ({ Key }))
        const { Errors = [] } = await client.send(
          new DeleteObjectsCommand({ Bucket: bucket, Delete: { Objects, Quiet: true }, ...owned }),
        )
        const [first] = Errors
        if (first === undefined) continue
        throw new DeployError('AwsFailed', `S3 kept ${Errors.length} files of ${bucket} that the page has no more`, {
          facts: [{ label: first.Code ?? 'Error', text: `${first.Key ?? ''} ${first.Message ?? ''}`.trim() }],
          hint: 'a bucket policy may hold them; then the same command again continues',
        })
      }
    },
  }
}
