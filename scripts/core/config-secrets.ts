import { isSecretName } from './input-changes.js'
import { type Json, type JsonObject, valuesOf } from './config-merge.js'
import { masked } from './property-values.js'
import type { Environment } from './target.js'

/** Private keys (RFC 7468; RFC 9580, "Forming ASCII Armor") and access keys (IAM user guide, "Unique identifiers"). */
const secretValue = /-----BEGIN ([A-Z0-9]+ )*PRIVATE KEY( BLOCK)?-----|\b(AKIA|ASIA)[A-Z0-9]{16}\b/
/** Of paths in small letters, without _ and -. */
const secretAccessKey = /secretaccesskey|aws.*secret\.?keys?$/
const jwtSecret = /jwt.*secret|secret.*jwt|signing\.?(secrets?|keys?)$|jwt.*(private|shared|hmac)\.?keys?$|jwt\.?keys?$/

/** Names that end like that may hold a key to something; those of a public key or of a database's do not. */
const keyName = /(?<!public|primary|foreign|partition|sort|object)keys?$/

/** A page needs none of these; but it may need a key that is public, as for a map, or a number of minutes. */
const privateName = /secret|passw|private/i

/** A value that is neither object nor array, with the names that lead to it; positions in arrays are no names. */
interface Leaf {
  path: string
  value: Json
}

/** Paths of the values that look like secrets: the configuration is no place for them. In dev a JWT secret is allowed. */
export function secretPaths(config: JsonObject, env: Environment): string[] {
  return pathsOf(config, ({ path, value }) => {
    if (typeof value === 'string' && secretValue.test(value)) return true
    const name = plainName(path)
    return isFilled(value) && (secretAccessKey.test(name) || (env !== 'dev' && jwtSecret.test(name)))
  })
}

/** Paths of the values that no screen shows: more than is refused, and in dev as elsewhere. */
export function hiddenPaths(config: JsonObject): string[] {
  const named = pathsOf(
    config,
    ({ path, value }) => isFilled(value) && (isSecretName(path) || keyName.test(plainName(path))),
  )
  return [...new Set([...secretPaths(config, 'prod'), ...named])]
}

/** Paths of the values that no page may have, which anybody can read: what looks like a secret, or is named so. */
export function unpublishablePaths(config: JsonObject): string[] {
  const named = pathsOf(
    config,
    ({ path, value }) => typeof value === 'string' && value !== '' && privateName.test(path),
  )
  return [...new Set([...secretPaths(config, 'prod'), ...named])]
}

/** The configuration with dots in place of every value that nobody may see. */
export function maskSecrets(config: JsonObject): JsonObject {
  const hidden = new Set(hiddenPaths(config))
  const mask = (value: Json, path: string): Json => {
    if (hidden.has(path)) return masked
    return value === null || typeof value !== 'object' || Array.isArray(value) ? value : below(value, `${path}.`)
  }
  const below = (value: JsonObject, start: string): JsonObject =>
    Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, mask(inner, `${start}${key}`)]))
  return below(config, '')
}

/** Paths of the values, as `valuesOf` has them, that hold such a leaf: an array is one value, whatever lies in it. */
function pathsOf(config: JsonObject, isSuch: (leaf: Leaf) => boolean): string[] {
  return Object.entries(valuesOf(config)).flatMap(([path, json]) =>
    leavesOf(JSON.parse(json) as Json, path).some(isSuch) ? [path] : [],
  )
}

function leavesOf(value: Json, path: string): Leaf[] {
  if (Array.isArray(value)) return value.flatMap((inner) => leavesOf(inner, path))
  if (value === null || typeof value !== 'object') return [{ path, value }]
  return Object.entries(value).flatMap(([key, inner]) => leavesOf(inner, `${path}.${key}`))
}

function plainName(path: string): string {
  return path.toLowerCase().replaceAll(/[_-]/g, '')
}

function isFilled(value: Json): boolean {
  return (typeof value === 'string' && value !== '') || typeof value === 'number'
}
