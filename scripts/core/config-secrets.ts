import { valuesOf } from './config-diff.js'
import type { Json, JsonObject } from './config-merge.js'
import { masked } from './property-values.js'
import type { Environment } from './target.js'

/** Private keys (RFC 7468) and access keys (IAM user guide, "Unique identifiers"). */
const secretValue = /-----BEGIN ([A-Z]+ )*PRIVATE KEY-----|\b(AKIA|ASIA)[A-Z0-9]{16}\b/
const secretAccessKey = /secret_?access_?key/i
const jwtSecret = /jwt.*secret|secret.*jwt/i

/** Paths of the values that look like secrets: the configuration is no place for them. In dev a JWT secret is allowed. */
export function secretPaths(config: JsonObject, env: Environment): string[] {
  return Object.entries(valuesOf(config)).flatMap(([path, json]) => {
    const named = secretAccessKey.test(path) || (env !== 'dev' && jwtSecret.test(path))
    const filled = json.startsWith('"') && json !== '""'
    return secretValue.test(json) || (named && filled) ? [path] : []
  })
}

/** The configuration with dots in place of every value that looks like a secret. */
export function maskSecrets(config: JsonObject, env: Environment): JsonObject {
  const secret = new Set(secretPaths(config, env))
  const mask = (value: Json, path: string): Json => {
    if (secret.has(path)) return masked
    return value === null || typeof value !== 'object' || Array.isArray(value) ? value : below(value, `${path}.`)
  }
  const below = (value: JsonObject, start: string): JsonObject =>
    Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, mask(inner, `${start}${key}`)]))
  return below(config, '')
}
