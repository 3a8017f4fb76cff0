import { type Contents, noContents, withVersions } from '../../core/contents.js'
import { DeployError } from '../../errors.js'
import type { VersionPlace } from '../../ports.js'
import type { TargetContext } from '../context.js'

/** Counting ends here: what is removed does not need to be known to the last object. */
const mostCounted = 100_000

/** What a bucket, or the part of it below `prefix`, holds; a bucket that does not exist holds nothing. */
export async function measureContents(
  bucket: string,
  prefix: string,
  { ports, signal }: TargetContext,
): Promise<Contents> {
  let contents = noContents
  let after: VersionPlace | undefined
  let read = 0
  do {
    signal.throwIfAborted()
    const page = await ports.buckets.versions(bucket, prefix, after)
    contents = withVersions(contents, page.versions)
    read += page.versions.length
    after = page.next
  } while (after !== undefined && read < mostCounted)
  return { ...contents, complete: after === undefined }
}

/**
 * Removes every version and delete marker below `prefix` for good. What is gone stays gone: a run that was stopped
 * continues where it ended. `tell` hears how many are removed so far. Returns that number.
 */
export async function emptyBucket(
  bucket: string,
  prefix: string,
  tell: (removed: number) => void,
  { ports, signal }: TargetContext,
): Promise<number> {
  let removed = 0
  let before: VersionPlace | undefined
  for (;;) {
    signal.throwIfAborted()
    // Always the first page: what stood there is removed, so it is the next one, and what was written meanwhile counts.
    const { versions } = await ports.buckets.versions(bucket, prefix)
    const [first] = versions
    if (first === undefined) return removed
    if (first.key === before?.key && first.versionId === before.versionId) throw notRemoved(bucket, first)
    await ports.buckets.removeVersions(bucket, versions)
    removed += versions.length
    before = first
    tell(removed)
  }
}

function notRemoved(bucket: string, { key, versionId }: VersionPlace): DeployError {
  return new DeployError('AwsFailed', `S3 says that ${key} of ${bucket} is removed, and still lists it`, {
    facts: [{ label: 'Version', text: versionId }],
    hint: 'the same command again continues',
  })
}
