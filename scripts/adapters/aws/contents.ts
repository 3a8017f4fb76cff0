import {
  DeleteBucketCommand,
  DeleteObjectsCommand,
  type DeleteMarkerEntry,
  ListObjectVersionsCommand,
  type ObjectVersion,
  type S3Client,
} from '@aws-sdk/client-s3'
import { DeployError } from '../../errors.js'
import type { BucketContents } from '../../ports/removal.js'
import type { StoredVersion } from '../../core/contents.js'
import { isNamed } from './clients.js'

/** What lies in buckets of one account, and its removal; `owned` refuses every bucket that is somebody else's. */
export function bucketContents(client: S3Client, owned: { ExpectedBucketOwner: string }): BucketContents {
  return {
    async versions(bucket, prefix, after) {
      try {
        const page = await client.send(
          new ListObjectVersionsCommand({
            Bucket: bucket,
            Prefix: prefix,
            KeyMarker: after?.key,
            // S3 refuses an empty one: the next page then begins with a new key.
            VersionIdMarker: after?.versionId === '' ? undefined : after?.versionId,
            ...owned,
          }),
        )
        const versions = [
          ...(page.Versions ?? []).map((one) => toVersion(one, one.Size ?? 0, false)),
          ...(page.DeleteMarkers ?? []).map((one) => toVersion(one, 0, true)),
        ]
        const more = page.IsTruncated === true && page.NextKeyMarker !== undefined
        return {
          versions,
          next: more ? { key: page.NextKeyMarker ?? '', versionId: page.NextVersionIdMarker ?? '' } : undefined,
        }
      } catch (error) {
        if (isNamed(error, 'NoSuchBucket')) return { versions: [], next: undefined }
        throw error
      }
    },
    async removeVersions(bucket, versions) {
      const Objects = versions.map(({ key, versionId }) => ({ Key: key, VersionId: versionId }))
      const command = new DeleteObjectsCommand({ Bucket: bucket, Delete: { Objects, Quiet: true }, ...owned })
      const { Errors = [] } = await client.send(command)
      const [first] = Errors
      if (first === undefined) return
      // S3 answers 200 although it kept some (S3, "DeleteObjects").
      throw new DeployError('AwsFailed', `S3 kept ${Errors.length} of ${versions.length} objects of ${bucket}`, {
        facts: [{ label: first.Code ?? 'Error', text: `${first.Key ?? ''} ${first.Message ?? ''}`.trim() }],
        hint: 'what it names may be held by an object lock or a bucket policy; then the same command again continues',
      })
    },
    async removeBucket(bucket) {
      try {
        await client.send(new DeleteBucketCommand({ Bucket: bucket, ...owned }))
      } catch (error) {
        if (isNamed(error, 'BucketNotEmpty')) return false
        if (!isNamed(error, 'NoSuchBucket')) throw error
      }
      return true
    },
  }
}

function toVersion(entry: ObjectVersion | DeleteMarkerEntry, bytes: number, deleteMarker: boolean): StoredVersion {
  // An object from before versioning has the version id "null".
  const { Key = '', VersionId = 'null', IsLatest = false, LastModified: modifiedAt } = entry
  return { key: Key, versionId: VersionId, bytes, latest: IsLatest, deleteMarker, modifiedAt }
}
