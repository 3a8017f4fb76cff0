import { createHash } from 'node:crypto'

/** Hex SHA-256 of a text or bytes. */
export function sha256(content: string | Uint8Array): string {
  return createHash('sha256').update(content).digest('hex')
}

/** Enough of a hex hash to tell two versions of a file apart: its first 12 digits. */
export function shortHash(hash: string): string {
  return hash.slice(0, 12)
}

/** Base64 SHA-256, as Lambda's CodeSha256 is written. */
export function sha256Base64(content: Uint8Array): string {
  return createHash('sha256').update(content).digest('base64')
}

/** JSON with sorted keys: equal values give equal texts. */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) => {
    if (inner === null || typeof inner !== 'object' || Array.isArray(inner)) return inner
    return Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)))
  })
}
