import { describe, expect, it } from '@jest/globals'
import type { Inputs } from '../../../scripts/core/inputs.js'
import { secureTarget } from '../../../scripts/flows/users/secure-target.js'
import type { Stacks } from '../../../scripts/ports.js'
import { type FakeContext, fakeContext, fakeStack } from '../../support/fake-context.js'
import { rejectedBy } from '../../support/failures.js'
import { fakeUser, memoryPool } from '../../support/fake-pool.js'
import { fakePort, memoryBuckets } from '../../support/fake-ports.js'

const bob = 'bob@myorg.com'
const tester = 'admins@test-users.invalid'
const stage = (trace: boolean): string =>
  JSON.stringify({
    Resources: {
      Stage: { Type: 'AWS::ApiGateway::Stage', Properties: { MethodSettings: [{ DataTraceEnabled: trace }] } },
    },
  })

function production(bad: boolean, inputs: Inputs = {}, users = [fakeUser(bob)]): FakeContext {
  const outputs = { CognitoUserPoolId: 'pool', CognitoClientId: 'client' }
  const origins = bad ? ['*', 'http://localhost:3000', 'https://myorg.com'] : ['https://myorg.com']
  const client = {
    hidesUsers: !bad,
    revokesTokens: !bad,
    idTokenMinutes: bad ? 1440 : 60,
    refreshTokenDays: bad ? 90 : 30,
  }
  return fakeContext({
    inputs,
    target: { env: 'prod', org: 'myorg' },
    ports: (calls) => ({
      stacks: fakePort<Stacks>('stacks', {
        describe: async () => fakeStack({ outputs, parameters: { EnableAuth: String(!bad) } }),
        template: async () => stage(bad),
      }),
      userPools: memoryPool(
        {
          name: 'rawscribe-prod-myorg-userpool',
          users,
          groups: { ADMINS: bad ? [] : [bob] },
          settings: { deletionProtected: !bad, selfSignUp: bad, client },
        },
        calls,
      ),
      buckets: memoryBuckets({
        'rawscribe-lambda-prod-myorg-123456789012/config.json': JSON.stringify({ cors: { allowOrigins: origins } }),
      }),
      prompts: { interactive: false, ask: async () => '', askHidden: async () => '' },
    }),
  })
}

describe('securing production', () => {
  it('finds nothing where all is well, also as a check', async () => {
    expect(await secureTarget(production(false))).toEqual({ removed: [], findings: [] })
    expect(await secureTarget(production(false, { CHECK: 'true' }))).toEqual({ removed: [], findings: [] })
  })

  it('names everything that is wrong, each with its fix', async () => {
    const { findings } = await secureTarget(production(true))
    expect(findings.map(({ what }) => what)).toEqual([
      'auth is off: everybody reads everything',
      `${bob} is in no group`,
      'anybody can make himself a user',
      'the user pool is not protected from deletion',
      'a sign-in tells which users there are',
      'tokens cannot be revoked',
      'ID tokens are good for 1440 minutes',
      'sign-ins last 90 days',
      'pages of every site may read the API’s answers (cors.allowOrigins)',
      'pages of http://localhost:3000 may read the API’s answers (cors.allowOrigins)',
      'the API logs what requests and answers hold (DataTraceEnabled)',
    ])
    for (const { fix } of findings) expect(fix).toMatch(/make rs-[a-z-]+ ENV=prod ORG=myorg/)
  })

  it('knows that auth is on by the name that the project has for it, or where there is no switch', async () => {
    const context = production(false)
    const guard = { ...context.project, parameters: { EnableAuth: 'Guard' } }
    expect((await secureTarget({ ...context, project: guard })).findings).toEqual([])
  })

  it('tells a broken uploaded configuration as one finding among the others', async () => {
    const context = production(false)
    const place = 'rawscribe-lambda-prod-myorg-123456789012/config.json'
    const buckets = memoryBuckets({ [place]: '{ "cors": hunter2' })
    const { findings } = await secureTarget({ ...context, ports: { ...context.ports, buckets } })
    expect(findings).toEqual([
      { what: expect.stringContaining(`s3://${place}:1:`), fix: 'make rs-update-config ENV=prod ORG=myorg' },
    ])
    expect(JSON.stringify(findings)).not.toContain('hunter2')
  })

  it('removes test users only, and only once that is confirmed', async () => {
    const users = [fakeUser(bob), fakeUser(tester)]
    expect((await rejectedBy(secureTarget(production(false, {}, users)))).code).toBe('Declined')
    expect(users).toHaveLength(2)
    expect((await secureTarget(production(false, { YES: 'true' }, users))).removed).toEqual([tester])
    expect(users.map(({ email }) => email)).toEqual([bob])
  })

  it('as a check changes nothing and ends different', async () => {
    const users = [fakeUser(bob), fakeUser(tester)]
    const error = await rejectedBy(secureTarget(production(false, { CHECK: 'true', YES: 'true' }, users)))
    expect([error.code, error.exitCode, error.facts.length]).toEqual(['Different', 7, 1])
    expect(users).toHaveLength(2)
  })
})
