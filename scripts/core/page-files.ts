import { contentType } from 'mime-types'

/** One file of a page as it is to lie in the bucket. */
export interface PageFile {
  key: string
  /** Hex SHA-256 of its bytes. */
  sha256: string
  bytes: number
  contentType: string
  cacheControl: string
}

export const pageKey = 'index.html'
/** Generated for each target; what the folder holds under this name stays there. */
export const pageConfigKey = 'config.json'

const forever = 'public, max-age=31536000, immutable'
/** Kept, but asked for at each use: an ETag answers in no time. */
const askEachTime = 'no-cache'

export function contentTypeOf(key: string): string {
  return contentType(key.slice(key.lastIndexOf('/') + 1)) || 'application/octet-stream'
}

/** Files that carry a hash of their content in their names never change; everything else may. */
export function cacheControlOf(key: string): string {
  return isHashed(key) ? forever : askEachTime
}

/**
 * Whether a bundler named the file after its content: `main.3f2a1b9c.js` anywhere, and below `assets/` also Vite's
 * `index-D1wRgTda.js`. In doubt it did not, so one in two of Vite's passes for a word and is asked for each time: a
 * changed file that browsers keep for a year cannot be taken back.
 */
function isHashed(key: string): boolean {
  if (isDocument(key)) return false
  const name = key.slice(key.lastIndexOf('/') + 1)
  const hex = /[.-]([0-9a-f]{8,64})\./.exec(name)?.[1]
  if (hex !== undefined && /\d/.test(hex) && /[a-f]/.test(hex)) return !/^[a-f]+\d+$|^\d+[a-f]+$/.test(hex)
  const mixed = /(^|\/)assets\/.*[.-]([A-Za-z0-9_-]{8})\.\w+(\.map)?$/.exec(key)?.[2]
  return mixed !== undefined && [/[a-z]/, /[A-Z]/, /\d/].every((kind) => kind.test(mixed)) && !/[a-z]{3}/.test(mixed)
}

/** What names other files: it goes last, when all that it names is there. */
export function isDocument(key: string): boolean {
  return /\.html?$/i.test(key) || key === pageConfigKey
}

/** Hidden files are somebody's settings, `node_modules` are tools; `.well-known` is for the web (RFC 8615). */
export function isPublished(file: string): boolean {
  const parts = file.split(/[\\/]/)
  return parts.every((part) => part !== 'node_modules' && (!part.startsWith('.') || part === '.well-known'))
}
