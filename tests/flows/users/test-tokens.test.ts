import { describe, expect, it } from '@jest/globals'
import { SignJWT } from 'jose'
import type { Inputs } from '../../../scripts/core/inputs.js'
import { checkLogin } from '../../../scripts/flows/users/sign-in.js'
import { testTokens } from '../../../scripts/flows/users/test-tokens.js'
import type { Http, Stacks, UserPools } from '../../../scripts/ports.js'
import { type FakeContext, fakeContext, fakeStack } from '../../support/fake-context.js'
import { fakeUser, memoryPool } from '../../support/fake-pool.js'
import { fakePort } from '../../support/fake-ports.js'
import { rejectedBy } from '../../support/failures.js'

const bob = 'bob@myorg.com'
const secret = new TextEncoder().encode('a secret of thirty-two characters')
const tokenOf = (issuer: string, expiresAt: number): Promise<string> =>
  new SignJWT({ email: bob })
    .setProtectedHeader({ alg: 'HS256' })
    .setIssuer(issuer)
    .setExpirationTime(expiresAt)
    .sign(secret)
const own = await tokenOf('https://pool', 4_000_000_000)

/** dev/myorg of a project whose API has this guarded path, and answers this to the one good token. */
function world(guardedPaths: string[], answer: object, inputs: Inputs = {}): FakeContext {
  const outputs = { CognitoUserPoolId: 'pool', CognitoClientId: 'client', ApiEndpoint: 'https://api' }
  const context = fakeContext({
    inputs: { USER_NAME: bob, PASSWORD: 'Correct-Horse-1', ...inputs },
    command: 'test-jwt-aws',
    ports: (calls) => ({
      stacks: fakePort<Stacks>('stacks', { describe: async () => fakeStack({ outputs }) }),
      userPools: fakePort<UserPools>(
        'userPools',
        { ...memoryPool({ users: [fakeUser(bob)], groups: { ADMINS: [bob] } }), signIn: async () => own },
        calls,
      ),
      http: fakePort<Http>(
        'http',
        {
          get: async (_url, headers) =>
            headers?.['Authorization'] === `Bearer ${own}`
              ? { status: 200, headers: {}, body: JSON.stringify(answer) }
              : { status: 401, headers: {}, body: '' },
        },
        calls,
      ),
    }),
  })
  return { ...context, project: { ...context.project, api: { ...context.project.api, guardedPaths } } }
}

describe('the tokens of a project with paths of its own', () => {
  it('are held against its first guarded path, and against what its answer names', async () => {
    const context = world(['/basket', '/orders'], { items: [] })
    const [good] = await testTokens(context)
    expect(good).toEqual({ name: `a token of ${bob}`, result: 'ok', text: '200, ADMINS' })
    const asked = context.calls.filter((call) => call.startsWith('http.get'))
    expect(new Set(asked.map((call) => call.split(',')[0]))).toEqual(new Set(['http.get(https://api/basket']))
  })

  it.each([{ user: 'eve@myorg.com' }, { email: bob, groups: ['CLINICIANS'] }])(
    'fail where the answer names somebody else: %j',
    async (answer) => {
      expect(await rejectedBy(testTokens(world(['/basket'], answer)))).toMatchObject({ code: 'Unhealthy' })
    },
  )

  it.each([testTokens, checkLogin])('are not asked for where none is named: %p', async (flow) => {
    const context = world([], {})
    const error = await rejectedBy(flow(context) as Promise<unknown>)
    expect([error.code, error.hint]).toEqual(['Refused', expect.stringContaining('api.guardedPaths')])
    expect(context.calls).toEqual([])
  })
})

describe('a token of another organization', () => {
  it.each([
    ['https://pool', 4_000_000_000, 'is of this organization’s own pool'],
    ['https://other', 1, 'expired at 1970-01-01T00:00:01.000Z'],
  ])('of %s that ends at %d proves nothing', async (issuer, expiresAt, message) => {
    const error = await rejectedBy(
      testTokens(world(['/basket'], {}, { OTHER_TOKEN: await tokenOf(issuer, expiresAt) })),
    )
    expect([error.code, error.message]).toEqual(['Usage', expect.stringContaining(message)])
    expect(error.hint).toContain('make get-rs-token')
  })

  it('that is good there must be refused here', async () => {
    const OTHER_TOKEN = await tokenOf('https://other', 4_000_000_000)
    const checks = await testTokens(world(['/basket'], {}, { OTHER_TOKEN }))
    expect(checks.at(-1)).toEqual({ name: 'a token of another organization', result: 'ok', text: '401' })
  })
})
