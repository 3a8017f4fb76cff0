import type { PageFile } from '../core/page-files.js'

/** Every method is a read unless its comment starts with "Write". */

export interface StoredFile {
  etag: string
  versionId: string
}

/** The files of a page in a versioned bucket. */
export interface PageFiles {
  /** ETag of every object, by key, to the last page. */
  etags(bucket: string): Promise<Map<string, string>>
  hasVersion(bucket: string, key: string, versionId: string): Promise<boolean>
  /** Write. S3 checks the bytes against the file's SHA-256. */
  putFile(bucket: string, file: PageFile, content: Uint8Array): Promise<StoredFile>
  /** Write. Makes an earlier version the newest again, with its type and caching. */
  restoreFile(bucket: string, key: string, versionId: string): Promise<StoredFile>
  /** Write. Their versions stay. */
  removeFiles(bucket: string, keys: readonly string[]): Promise<void>
}

/** CloudFront in front of a page. */
export interface Cdn {
  /** Path patterns of the distribution's behaviours, besides its default one; none where there is no such distribution. */
  pathPatterns(distributionId: string): Promise<string[]>
  /** Write. The same `reference` again is the same invalidation. Returns its id. */
  invalidate(distributionId: string, paths: readonly string[], reference: string): Promise<string>
  /** Whether every edge has forgotten the paths. */
  isInvalidated(distributionId: string, invalidationId: string): Promise<boolean>
}
