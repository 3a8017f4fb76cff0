import type { Cloud } from './cloud.js'

/**
 * Where a page signs its users in: region, pool and client, as config.json has them below `auth.cognito`, and the address
 * of a Cognito that is not Amazon's. Undefined where the stack's outputs name no pool.
 */
export function signInPlace(
  outputs: Readonly<Record<string, string>>,
  { region, endpoint }: Cloud,
): Record<string, string> | undefined {
  const userPoolId = outputs['CognitoUserPoolId'] ?? ''
  if (userPoolId === '') return undefined
  const place = { region, userPoolId, clientId: outputs['CognitoClientId'] ?? '' }
  return endpoint === undefined ? place : { ...place, endpoint: `${withoutSlash(endpoint)}/` }
}

/** Who issues a pool's tokens, and where the keys that it signs with are. */
export function issuerOf(poolId: string, { region, endpoint }: Cloud): { issuer: string; keys: string } {
  const issuer = `https://cognito-idp.${region}.amazonaws.com/${poolId}`
  const pool = endpoint === undefined ? issuer : `${withoutSlash(endpoint)}/${poolId}`
  return { issuer, keys: `${pool}/.well-known/jwks.json` }
}

function withoutSlash(address: string): string {
  return address.replace(/\/+$/, '')
}
