import { describe, expect, it } from '@jest/globals'
import { readFileSync } from 'node:fs'
import { type JSONWebKeySet, SignJWT, exportJWK, generateKeyPair } from 'jose'
import { forgedTokens } from '../../scripts/core/forged-tokens.js'
import { type Flaw, judgeToken } from '../../scripts/core/token.js'
import { testRecordedTokens } from '../../scripts/flows/users/token-regression.js'
import { fakeContext } from '../support/fake-context.js'
import { rejectedBy } from '../support/failures.js'
import { memoryFiles } from '../support/fake-ports.js'

const now = new Date('2025-06-01T12:00:00Z')
const issuer = 'https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_Pool'

describe('forged tokens', () => {
  it('have one flaw each, and the one they are made of has none', async () => {
    const { privateKey, publicKey } = await generateKeyPair('RS256', { extractable: true })
    const keys: JSONWebKeySet = { keys: [{ ...(await exportJWK(publicKey)), kid: 'k', alg: 'RS256' }] }
    const good = await new SignJWT({ token_use: 'id', 'cognito:groups': ['RESEARCHERS'] })
      .setProtectedHeader({ alg: 'RS256', kid: 'k' })
      .setIssuer(issuer)
      .setAudience('client')
      .setExpirationTime(now.getTime() / 1000 + 60)
      .sign(privateKey)
    const judge = async (token: string): Promise<Flaw | 'accepted'> =>
      (await judgeToken(token, { issuer, clientId: 'client', keys, now })).verdict
    expect(await judge(good)).toBe('accepted')
    const forged = await forgedTokens(good, now)
    expect(await Promise.all(forged.map(({ token }) => judge(token)))).toEqual([
      ...['signature', 'signature', 'signature'],
      ...['algorithm', 'signature', 'signature'],
    ])
  })
})

describe('the recorded tokens', () => {
  const file = 'infra/tokens/recorded.json'
  const withFile = (text: string | undefined): ReturnType<typeof fakeContext> =>
    fakeContext({
      ports: (calls) => ({ files: memoryFiles(text === undefined ? {} : { [`/tool/${file}`]: text }, calls) }),
    })
  const recorded = readFileSync(file, 'utf8')

  it('are judged as they were', async () => {
    const checks = await testRecordedTokens(withFile(recorded))
    expect(checks).toHaveLength(22)
    expect(checks.every(({ result }) => result === 'ok')).toBe(true)
  })

  it('that are judged otherwise are named', async () => {
    const error = await rejectedBy(testRecordedTokens(withFile(recorded.replace('"expired"', '"accepted"'))))
    expect([error.code, error.facts]).toEqual([
      'TestsFailed',
      [{ label: 'Token', text: 'the second it expires: expired' }],
    ])
  })

  it('that are missing are said to be', async () => {
    expect((await rejectedBy(testRecordedTokens(withFile(undefined)))).code).toBe('ToolMissing')
  })
})
