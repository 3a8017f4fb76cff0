import {
  GetBucketLifecycleConfigurationCommand,
  PutBucketLifecycleConfigurationCommand,
  type LifecycleRule,
  type S3Client,
} from '@aws-sdk/client-s3'
import { ledgerKeys } from '../../core/names.js'
import { isNamed } from './clients.js'

/** A heartbeat leaves a version each time, a release of the lock a delete marker: neither is of use a day later. */
const lockRule: LifecycleRule = {
  ID: 'locks',
  Status: 'Enabled',
  Filter: { Prefix: ledgerKeys.locks },
  NoncurrentVersionExpiration: { NoncurrentDays: 1 },
  Expiration: { ExpiredObjectDeleteMarker: true },
}

/** S3 replaces all rules of a bucket at once, so where somebody made any, theirs stay and ours is not added. */
export async function expireLockVersions(
  client: S3Client,
  bucket: string,
  owned: { ExpectedBucketOwner: string },
): Promise<void> {
  try {
    const { Rules } = await client.send(new GetBucketLifecycleConfigurationCommand({ Bucket: bucket, ...owned }))
    if (Rules !== undefined && Rules.length > 0) return
  } catch (error) {
    if (!isNamed(error, 'NoSuchLifecycleConfiguration')) throw error
  }
  const LifecycleConfiguration = { Rules: [lockRule] }
  await client.send(new PutBucketLifecycleConfigurationCommand({ Bucket: bucket, LifecycleConfiguration, ...owned }))
}
