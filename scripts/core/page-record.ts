import * as z from 'zod'

const placedFile = z.object({
  sha256: z.string(),
  bytes: z.number(),
  contentType: z.string(),
  cacheControl: z.string(),
  /** ETag and version that S3 gave it; absent while it is on its way. */
  etag: z.string().optional(),
  versionId: z.string().optional(),
})

/** One version of a target's page, in the deployments bucket: begun before the first write, live after the last. */
export const pageRecordSchema = z.object({
  format: z.literal(1),
  version: z.number().int().positive(),
  outcome: z.enum(['begun', 'live']),
  command: z.string(),
  at: z.string(),
  who: z.string(),
  /** The version whose files these are, where a rollback put them back. */
  restores: z.number().int().positive().optional(),
  /** By key. */
  files: z.record(z.string(), placedFile),
  /** Keys that this version takes away. */
  removals: z.array(z.string()),
  /** Paths that CloudFront has to forget. */
  paths: z.array(z.string()),
  /** The last invalidation of the page, this version's or an earlier one's. */
  invalidation: z.object({ distributionId: z.string(), id: z.string() }).optional(),
})

export type PlacedFile = z.infer<typeof placedFile>
export type Invalidation = NonNullable<PageRecord['invalidation']>
export type PageRecord = z.infer<typeof pageRecordSchema>

/** What is known of a target's page. */
export interface PageHistory {
  /** Newest first. */
  records: readonly PageRecord[]
  /** The number after every one that was given. */
  next: number
}

export function livePage({ records }: PageHistory): PageRecord | undefined {
  return records.find(({ outcome }) => outcome === 'live')
}

/** What runs since the last live one began and did not end; newest first. */
export function cutPages({ records }: PageHistory): PageRecord[] {
  const live = records.findIndex(({ outcome }) => outcome === 'live')
  return records.slice(0, live === -1 ? records.length : live)
}

/**
 * The version whose page was shown before the one that is shown now; a rollback counts as what it put back, so that a
 * second one goes further.
 */
export function pageBefore(history: PageHistory): PageRecord | undefined {
  const live = livePage(history)
  if (live === undefined) return undefined
  const shown = live.restores ?? live.version
  const before = history.records.find(({ version, outcome }) => version < shown && outcome === 'live')
  if (before?.restores === undefined) return before
  return history.records.find(({ version }) => version === before.restores)
}
