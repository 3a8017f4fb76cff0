import { describe, expect, it } from '@jest/globals'
import { namesOf } from '../../../scripts/core/names.js'
import { bootstrapTestenv } from '../../../scripts/flows/users/bootstrap-testenv.js'
import { testTokensLocally } from '../../../scripts/flows/users/test-tokens.js'
import type { Stacks } from '../../../scripts/ports.js'
import { type ContextOptions, type FakeContext, account, fakeContext, fakeStack } from '../../support/fake-context.js'
import { rejectedBy } from '../../support/failures.js'
import { memoryPool } from '../../support/fake-pool.js'
import { fakePort, memoryBuckets, memoryFiles } from '../../support/fake-ports.js'

const PASSWORD = 'Correct-Horse-1'
const forms = 'rawscribe-forms-dev-myorg-123456789012/sops'

function fresh(
  files: Record<string, string>,
  objects: Record<string, string> = {},
  over: ContextOptions = {},
): FakeContext {
  const stack = fakeStack({
    outputs: { CognitoUserPoolId: 'pool', CognitoClientId: 'client' },
    parameters: { EnableAuth: 'true' },
  })
  return fakeContext({
    inputs: { PASSWORD },
    ...over,
    ports: (calls) => ({
      stacks: fakePort<Stacks>('stacks', { describe: async () => stack }, calls),
      userPools: memoryPool({ users: [], groups: { ADMINS: [] } }, calls),
      files: memoryFiles({ 'infra/.config/lambda/dev.json': '{}', ...files }, calls),
      buckets: memoryBuckets(objects, calls),
    }),
  })
}
const written = (context: FakeContext): string[] =>
  context.calls.filter((call) => /^(userPools\.(create|add|set)|buckets\.put|files\.write)/.test(call))

describe('making an organization usable', () => {
  it('finds a broken file before it writes anything', async () => {
    const context = fresh({ 'infra/.config/webapp/dev-myorg.json': '{ "webapp": {}, }' })
    expect(await rejectedBy(bootstrapTestenv(context))).toMatchObject({
      code: 'Usage',
      message: expect.stringContaining('infra/.config/webapp/dev-myorg.json'),
    })
    expect(written(context)).toEqual([])
  })

  it('leaves a sample SOP that somebody edited', async () => {
    const objects = { [`${forms}/sample-count.yml`]: 'title: Ours' }
    const context = fresh({}, objects)
    await bootstrapTestenv(context).catch(() => undefined)
    expect(written(context).filter((call) => call.includes('sops/'))).toEqual([])
    expect(objects[`${forms}/sample-count.yml`]).toBe('title: Ours')
    expect(written(context).some((call) => call.startsWith('userPools.createUser'))).toBe(true)
  })
})

describe('making an organization usable whose project uploads no configuration', () => {
  it('does the rest, and says what it leaves out', async () => {
    const context = fresh({}, { [`${forms}/sample-count.yaml`]: 'title: Count' })
    const project = { ...context.project, buckets: { forms: context.project.buckets.forms! } }
    const names = namesOf(context.target, account, project)
    const { users } = await bootstrapTestenv({ ...context, project, names })
    expect(users).toHaveLength(1)
    expect(context.events).toContainEqual(
      expect.objectContaining({ title: 'Config', text: 'this project has no bucket for its configuration' }),
    )
  })
})

describe('test-jwt-local', () => {
  it('makes no user in prod', async () => {
    const context = fresh({}, {}, { target: { env: 'prod', org: 'myorg' } })
    Object.assign(context.cloud, { kind: 'local' })
    expect(await rejectedBy(testTokensLocally(context))).toMatchObject({
      code: 'Refused',
      hint: expect.stringContaining('USER_NAME='),
    })
    expect(written(context)).toEqual([])
  })

  it('takes away the user that it made, and no other', async () => {
    const context = fresh({})
    Object.assign(context.cloud, { kind: 'local' })
    await testTokensLocally(context).catch(() => undefined)
    const made = context.calls.filter((call) => /userPools\.(createUser|removeUser)/.test(call))
    expect(made).toHaveLength(2)
    for (const call of made) expect(call).toMatch(/jwt-check-[0-9a-f-]{36}@/)
  })
})
