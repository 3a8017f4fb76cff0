import { DeployError } from '../errors.js'
import type { Names } from './names.js'
import type { BucketKey } from './project.js'

export type BucketPresence = 'absent' | 'ours' | 'foreign' | 'other-region'

/** What is there of each bucket that the project has. */
export type BucketPresences = Readonly<Partial<Record<BucketKey, BucketPresence>>>

export interface BucketFacts {
  names: Names
  presence: BucketPresences
  /** Bucket names that the stack manages. */
  managed: readonly string[]
  /** CREATE_BUCKETS as it was given. */
  wanted: 'true' | 'false' | undefined
}

/**
 * Whether the stack creates the buckets (parameter CreateBuckets). Buckets that the stack manages stay managed, and then
 * none may exist outside of it, which it would try to create; otherwise what was asked must fit what exists, and where
 * only some exist nothing is done.
 */
export function planBuckets({ names, presence, managed, wanted }: BucketFacts): { create: boolean; why: string } {
  const { bucketKeys } = names
  const elsewhere = bucketKeys.filter((key) => presence[key] === 'foreign' || presence[key] === 'other-region')
  if (elsewhere.length > 0) {
    const list = elsewhere.map((key) => `${names.buckets[key]} (${whose(presence[key])})`).join(', ')
    throw new DeployError('Refused', `not this account's buckets in this region: ${list}`, {
      hint: 'bucket names are shared by all of AWS: another ORG, or the region in which the buckets are',
    })
  }
  const existing = bucketKeys.filter((key) => presence[key] === 'ours')
  const missing = bucketKeys.filter((key) => presence[key] === 'absent')
  const listed = (keys: readonly BucketKey[]): string => keys.map((key) => names.buckets[key]).join(', ')
  if (bucketKeys.some((key) => managed.includes(names.buckets[key]))) {
    const outside = existing.filter((key) => !managed.includes(names.buckets[key]))
    if (outside.length === 0) return { create: true, why: 'the stack manages its buckets' }
    throw new DeployError('Refused', `the stack manages its buckets, but outside of it exists: ${listed(outside)}`, {
      hint: 'make rs-adopt-buckets gives them to the stack, with all in them; then the same command again',
    })
  }
  if (wanted === 'true' && existing.length > 0) {
    throw new DeployError('Refused', `exists outside this stack: ${listed(existing)}`, {
      hint: 'CREATE_BUCKETS=false uses existing buckets as they are; make rs-adopt-buckets gives them to the stack, with all in them',
    })
  }
  if (wanted === 'false' && missing.length > 0) {
    throw new DeployError('Refused', `does not exist: ${listed(missing)}`, { hint: 'CREATE_BUCKETS=true creates them' })
  }
  if (existing.length > 0 && missing.length > 0) {
    throw new DeployError(
      'Refused',
      `only some of the ${bucketKeys.length} buckets exist: ${listed(existing)}; missing: ${listed(missing)}`,
      {
        hint: 'make rs-adopt-buckets gives the existing ones to the stack, with all in them; then make rs-deploy creates the missing ones',
      },
    )
  }
  if (existing.length > 0) return { create: false, why: `${allBuckets(bucketKeys.length)} outside the stack` }
  return { create: true, why: 'none of the buckets exists yet' }
}

/** `all 5 buckets exist`; a project may have another number of them. */
function allBuckets(count: number): string {
  return count === 1 ? 'its bucket exists' : `all ${count} buckets exist`
}

function whose(presence: BucketPresence | undefined): string {
  return presence === 'other-region' ? 'in another region' : 'another account’s, or hidden from these credentials'
}
