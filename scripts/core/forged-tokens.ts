import { type JWTPayload, SignJWT, UnsecuredJWT, decodeJwt, decodeProtectedHeader, generateKeyPair } from 'jose'

/** A token that no API may accept. */
export interface ForgedToken {
  name: string
  token: string
}

/** Made of a good token of the same user, so that each has one flaw only; signed, where signed, by a key made for it. */
export async function forgedTokens(good: string, now: Date): Promise<ForgedToken[]> {
  const claims = decodeJwt(good)
  const { kid } = decodeProtectedHeader(good)
  const { privateKey } = await generateKeyPair('RS256')
  const seconds = Math.floor(now.getTime() / 1000)
  const sign = (payload: JWTPayload): Promise<string> =>
    new SignJWT(payload).setProtectedHeader({ alg: 'RS256', ...(kid === undefined ? {} : { kid }) }).sign(privateKey)
  const [header = '', payload = '', signature = ''] = good.split('.')
  const promoted = Buffer.from(JSON.stringify({ ...claims, 'cognito:groups': ['ADMINS', 'FORGED'] }))
  return [
    { name: 'a changed signature', token: `${header}.${payload}.${flipped(signature)}` },
    { name: 'another group written into it', token: `${header}.${promoted.toString('base64url')}.${signature}` },
    { name: 'the signature of another key', token: await sign(claims) },
    { name: 'algorithm none', token: new UnsecuredJWT(claims).encode() },
    { name: 'an expiry that is past', token: await sign({ ...claims, exp: seconds - 3600, iat: seconds - 7200 }) },
    { name: 'the name of another pool', token: await sign({ ...claims, iss: `${claims.iss ?? ''}0` }) },
  ]
}

/** Changes one character in the middle: the last one may hold bits that nobody reads. */
function flipped(signature: string): string {
  const middle = Math.floor(signature.length / 2)
  return `${signature.slice(0, middle)}${signature[middle] === 'A' ? 'B' : 'A'}${signature.slice(middle + 1)}`
}
