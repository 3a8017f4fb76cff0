import { type JSONWebKeySet, type JWTPayload, createLocalJWKSet, errors, jwtVerify } from 'jose'

/** What an ID token of a pool must be like. */
export interface TokenRule {
  /** `https://cognito-idp.{region}.amazonaws.com/{pool}`. */
  issuer: string
  clientId: string
  keys: JSONWebKeySet
  now: Date
}

/** What is wrong with a token, in one word. */
export type Flaw =
  'malformed' | 'algorithm' | 'key' | 'signature' | 'issuer' | 'audience' | 'expiry' | 'expired' | 'too early' | 'use'

export type Judgement = { verdict: 'accepted'; claims: JWTPayload } | { verdict: Flaw }

const flawOfClaim: Readonly<Record<string, Flaw>> = { iss: 'issuer', aud: 'audience', exp: 'expiry', nbf: 'too early' }

/** Holds an ID token against its pool ("Verifying JSON web tokens", Cognito Developer Guide). */
export async function judgeToken(token: string, { issuer, clientId, keys, now }: TokenRule): Promise<Judgement> {
  const rule = { algorithms: ['RS256'], issuer, audience: clientId, requiredClaims: ['exp'], currentDate: now }
  try {
    const { payload } = await jwtVerify(token, createLocalJWKSet(keys), rule)
    return payload['token_use'] === 'id' ? { verdict: 'accepted', claims: payload } : { verdict: 'use' }
  } catch (error) {
    return { verdict: flawOf(error) }
  }
}

function flawOf(error: unknown): Flaw {
  if (error instanceof errors.JOSEAlgNotAllowed) return 'algorithm'
  if (error instanceof errors.JWKSNoMatchingKey) return 'key'
  if (error instanceof errors.JWSSignatureVerificationFailed) return 'signature'
  if (error instanceof errors.JWTExpired) return 'expired'
  if (error instanceof errors.JWTClaimValidationFailed) return flawOfClaim[error.claim] ?? 'malformed'
  return 'malformed'
}
