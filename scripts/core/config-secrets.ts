import { valuesOf } from './config-diff.js'
import type { JsonObject } from './config-merge.js'
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
