import type { StoredVersion } from '../core/contents.js'

/** Every method is a read unless its comment starts with "Write". */

export interface VersionPage {
  /** At most 1000, by key, newest first. */
  versions: StoredVersion[]
  /** Where the next page begins; undefined at the end. */
  next: VersionPlace | undefined
}

export interface VersionPlace {
  key: string
  versionId: string
}

export interface BucketContents {
  /** One page of every version and delete marker below `prefix`; an empty one when there is no such bucket. */
  versions(bucket: string, prefix: string, after?: VersionPlace): Promise<VersionPage>
  /** Write. Removes exactly these, at most 1000, for good. Throws AwsFailed when S3 kept one of them. */
  removeVersions(bucket: string, versions: readonly VersionPlace[]): Promise<void>
  /** Write. Only an empty one can be removed; false when it is not empty. */
  removeBucket(bucket: string): Promise<boolean>
}

export interface PoolView {
  name: string
  protected: boolean
  /** Sign-in domains, without which a pool cannot be removed. */
  domains: string[]
}

export interface PoolRemoval {
  /** Undefined when there is no such pool. */
  look(poolId: string): Promise<PoolView | undefined>
  /** Of every user, to the last page. */
  usernames(poolId: string): Promise<string[]>
  /** How many users a page (60) of a pool holds, and where the next one begins; an empty page when there is no such pool. */
  countUsers(poolId: string, after?: string): Promise<{ users: number; next: string | undefined }>
  /** Write. Everything else of the pool's settings stays as it is. */
  liftProtection(poolId: string): Promise<void>
  /** Write. */
  removeDomain(poolId: string, domain: string): Promise<void>
  /** Write. With everything in it; one that is gone already is no error. */
  removePool(poolId: string): Promise<void>
}

export interface LogGroups {
  hasGroup(name: string): Promise<boolean>
  /** Write. One that is gone already is no error. */
  removeGroup(name: string): Promise<void>
}
