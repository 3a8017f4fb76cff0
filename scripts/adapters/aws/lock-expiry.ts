import {
  GetBucketLifecycleConfigurationCommand,
  type GetBucketLifecycleConfigurationCommandOutput,
  PutBucketLifecycleConfigurationCommand,
  type LifecycleRule,
  type S3Client,
} from '@aws-sdk/client-s3'
import { ledgerKeys } from '../../core/names.js'
import type { Buckets } from '../../ports.js'
import { isNamed } from './clients.js'

const ruleId = 'locks'

/** A heartbeat leaves a version each time, a release of the lock a delete marker: neither is of use a day later. */
const lockRule: LifecycleRule = {
  ID: ruleId,
  Status: 'Enabled',
  Filter: { Prefix: ledgerKeys.locks },
  NoncurrentVersionExpiration: { NoncurrentDays: 1 },
  Expiration: { ExpiredObjectDeleteMarker: true },
}

interface Owned {
  ExpectedBucketOwner: string
}

/** Whether old versions of locks go by themselves, and the rule that makes them. */
export function lockExpiry(client: S3Client, owned: Owned): Pick<Buckets, 'expiresLocks' | 'expireLocks'> {
  return {
    async expiresLocks(bucket) {
      try {
        return hasLockRule((await readRules(client, bucket, owned)).Rules)
      } catch (error) {
        // Somebody's bucket whose rules are not shown to us: tidying up stops no deployment.
        if (isNamed(error, 'AccessDenied')) return true
        throw error
      }
    },
    expireLocks: (bucket) => expireLockVersions(client, bucket, owned),
  }
}

/** S3 replaces all rules of a bucket at once: those that somebody made are put back as they were, with ours after them. */
export async function expireLockVersions(client: S3Client, bucket: string, owned: Owned): Promise<void> {
  const { Rules = [], TransitionDefaultMinimumObjectSize } = await readRules(client, bucket, owned)
  if (hasLockRule(Rules)) return
  await client.send(
    new PutBucketLifecycleConfigurationCommand({
      Bucket: bucket,
      LifecycleConfiguration: { Rules: [...Rules, ruleBeside(Rules)] },
      ...(TransitionDefaultMinimumObjectSize === undefined ? {} : { TransitionDefaultMinimumObjectSize }),
      ...owned,
    }),
  )
}

type Rules = Pick<GetBucketLifecycleConfigurationCommandOutput, 'Rules' | 'TransitionDefaultMinimumObjectSize'>

async function readRules(client: S3Client, bucket: string, owned: Owned): Promise<Rules> {
  try {
    return await client.send(new GetBucketLifecycleConfigurationCommand({ Bucket: bucket, ...owned }))
  } catch (error) {
    if (isNamed(error, 'NoSuchLifecycleConfiguration')) return {}
    throw error
  }
}

/** Ours, also where somebody switched it off, or one of theirs that does the same. */
function hasLockRule(rules: readonly LifecycleRule[] = []): boolean {
  return rules.some(
    (rule) =>
      rule.ID === ruleId ||
      (rule.Status === 'Enabled' &&
        rule.NoncurrentVersionExpiration?.NoncurrentDays !== undefined &&
        prefixOf(rule) !== undefined &&
        ledgerKeys.locks.startsWith(prefixOf(rule) ?? '')),
  )
}

/** Undefined where the rule asks for more than a prefix. */
function prefixOf({ Filter, Prefix }: LifecycleRule): string | undefined {
  if (Filter === undefined) return Prefix ?? ''
  const { Prefix: own, ...more } = Filter
  return Object.values(more).every((value) => value === undefined) ? (own ?? '') : undefined
}

/** S3 takes rules of the older form, without a filter, and of the newer one only apart ("mixed formats"). */
function ruleBeside(rules: readonly LifecycleRule[]): LifecycleRule {
  if (rules.every(({ Filter }) => Filter !== undefined)) return lockRule
  const { Filter, ...rest } = lockRule
  return { ...rest, Prefix: Filter?.Prefix ?? '' }
}
