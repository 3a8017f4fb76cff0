import { type PageFile, isDocument } from './page-files.js'
import { type PageHistory, type PageRecord, cutPages, livePage } from './page-record.js'

export interface PageUpload {
  file: PageFile
  change: 'added' | 'changed'
}

export interface PagePlan {
  /** In their order: what documents name, then the documents. */
  uploads: PageUpload[]
  /** Keys that earlier runs put there and that are no part of the page any more. */
  removals: string[]
  unchanged: number
  /** Paths that CloudFront may still answer with what was before. */
  paths: string[]
}

/** What is to be done so that the bucket holds `files`; `stored` is each key's ETag there. Pure. */
export function planPage(
  files: readonly PageFile[],
  stored: ReadonlyMap<string, string>,
  history: PageHistory,
): PagePlan {
  const known = livePage(history)
  const cut = cutPages(history)
  const wanted = new Set(files.map(({ key }) => key))
  const uploads = files
    .filter((file) => !isThere(file, stored.get(file.key), known))
    .map((file): PageUpload => ({ file, change: stored.has(file.key) ? 'changed' : 'added' }))
    .sort(
      (a, b) => Number(isDocument(a.file.key)) - Number(isDocument(b.file.key)) || (a.file.key < b.file.key ? -1 : 1),
    )
  const owned = [known, ...cut].flatMap((record) => [...Object.keys(record?.files ?? {}), ...(record?.removals ?? [])])
  const removals = [...new Set(owned)].filter((key) => !wanted.has(key) && stored.has(key)).sort()
  const replaced = uploads.filter(({ change }) => change === 'changed').map(({ file }) => file.key)
  return {
    uploads,
    removals,
    unchanged: files.length - uploads.length,
    paths: invalidationPaths(
      [...replaced, ...removals],
      cut.flatMap(({ paths }) => paths),
    ),
  }
}

export function isEmpty({ uploads, removals, paths }: PagePlan): boolean {
  return uploads.length === 0 && removals.length === 0 && paths.length === 0
}

/** Unchanged is only what the record knows and the bucket still holds. */
function isThere(file: PageFile, etag: string | undefined, record: PageRecord | undefined): boolean {
  const placed = record?.files[file.key]
  return (
    placed !== undefined &&
    etag !== undefined &&
    placed.etag === etag &&
    placed.sha256 === file.sha256 &&
    placed.contentType === file.contentType &&
    placed.cacheControl === file.cacheControl
  )
}

/** Each path costs; a wildcard counts as one (CloudFront Developer Guide, "Pay for file invalidation"). */
const mostPaths = 15

/** Paths of keys as CloudFront knows them, `/` for an index; everything where they are many. */
export function invalidationPaths(keys: readonly string[], further: readonly string[] = []): string[] {
  const paths = keys.flatMap((key) => {
    const path = `/${key.split('/').map(encodeURIComponent).join('/')}`
    return path.endsWith('/index.html') ? [path, path.slice(0, -'index.html'.length)] : [path]
  })
  const all = [...new Set([...paths, ...further])].sort()
  return all.length > mostPaths || all.includes('/*') ? ['/*'] : all
}
