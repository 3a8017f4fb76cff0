import { describe, expect, it } from '@jest/globals'
import { ensureAdmin, readAdmin, verifyPassword } from '../../../scripts/flows/users/admin-user.js'
import { ensureLogRole, prepareAccount } from '../../../scripts/flows/stack/prepare-account.js'
import type { Account, Buckets, UserPools } from '../../../scripts/ports.js'
import { type FakeContext, fakeContext, fakeStack, fakeStep } from '../../support/fake-context.js'
import { rejectedBy, wordsOf } from '../../support/failures.js'
import { fakePort, memoryBuckets, memoryFiles } from '../../support/fake-ports.js'
import { fakeUser } from '../../support/fake-pool.js'

const email = 'admin@myorg.com'
const password = 'Correct-Horse-1'
const withFiles = (inputs: object, files: Record<string, string> = {}): FakeContext =>
  fakeContext({ inputs, ports: (calls) => ({ files: memoryFiles(files, calls) }) })

describe('the administrator that was asked for', () => {
  it('is none when neither variable is given', async () => expect(await readAdmin(withFiles({}))).toBeUndefined())

  it('has its password from the variable, literally', async () => {
    const odd = 'Se$cure$$1! x'
    expect(await readAdmin(withFiles({ ADMIN_USERNAME: email, ADMIN_PASSWORD: odd }))).toEqual({ email, password: odd })
  })

  it.each([' Se$cure$$1!', 'Se$cure$$1! ', `Se$cure$$1!\u0007x`, 'Aa1!'.repeat(65)])(
    'cannot have a password that Cognito takes from nobody: %j',
    async (odd) => {
      const asked = readAdmin(withFiles({ ADMIN_USERNAME: email, ADMIN_PASSWORD: odd }))
      await expect(asked).rejects.toMatchObject({ code: 'Usage', message: expect.not.stringContaining(odd) })
    },
  )

  it.each([`${password}\n`, `${password}\r\n`, password, `${password}\nsecond line\n`])(
    'has its password from the first line of a file: %j',
    async (text) => {
      const context = withFiles({ ADMIN_USERNAME: email, ADMIN_PASSWORD_FILE: 'secret' }, { secret: text })
      expect(await readAdmin(context)).toEqual({ email, password })
    },
  )

  it.each([
    [{ ADMIN_PASSWORD: password }, {}, 'ADMIN_USERNAME is not', 'ADMIN_USERNAME='],
    [{ ADMIN_USERNAME: email }, {}, 'the password is not', 'ADMIN_PASSWORD_FILE'],
    [{ ADMIN_PASSWORD_FILE: 'secret' }, { secret: password }, 'ADMIN_USERNAME is not', 'ADMIN_USERNAME='],
    [{ ADMIN_USERNAME: email, ADMIN_PASSWORD_FILE: 'gone' }, {}, 'gone does not exist', 'first line'],
    [{ ADMIN_USERNAME: email, ADMIN_PASSWORD_FILE: 'f' }, { f: ' \n' }, 'f is empty', 'first line'],
    [{ ADMIN_USERNAME: 'admin', ADMIN_PASSWORD: password }, {}, 'ADMIN_USERNAME=admin is not an e-mail', '@'],
    [{ ADMIN_USERNAME: 'a b@c.d', ADMIN_PASSWORD: password }, {}, 'is not an e-mail', '@'],
  ])('is refused: %j', async (inputs, files, message, hint) => {
    const error = await rejectedBy(readAdmin(withFiles(inputs, files as Record<string, string>)))
    expect(error.code).toBe('Usage')
    expect(error.message).toContain(message)
    expect(error.hint).toContain(hint)
    expect(wordsOf(error)).not.toContain(password)
  })
})

const policy = { minimumLength: 20, lowercase: true, uppercase: true, digits: true, symbols: true }
const PasswordPolicy = { MinimumLength: 12, RequireSymbols: true }
const template = { Resources: { P: { Type: 'AWS::Cognito::UserPool', Properties: { Policies: { PasswordPolicy } } } } }

describe('the password', () => {
  const verify = (given: string, poolId: string | undefined): Promise<void> =>
    verifyPassword(
      { email, password: given },
      poolId === undefined ? undefined : fakeStack({ outputs: { CognitoUserPoolId: poolId } }),
      template,
      fakeContext({
        ports: (calls) => ({ userPools: fakePort<UserPools>('pools', { passwordPolicy: async () => policy }, calls) }),
      }),
    )

  it('is held against the template before there is a pool, and against the pool after', async () => {
    await verify('abcdefghijk!', undefined)
    await verify('abcdefghijk!', '')
    expect((await rejectedBy(verify('abcdefghijk!', 'pool'))).message).toContain('20 characters')
  })

  it('that is weak is refused with what it lacks and what is asked for, and not shown', async () => {
    const error = await rejectedBy(verify('geheim', undefined))
    expect(error.code).toBe('Usage')
    expect(error.message).toContain('12 characters, a symbol')
    expect(error.hint).toContain('at least 12 characters with a symbol')
    expect(wordsOf(error)).not.toContain('geheim')
  })
})

interface Pool {
  users: Record<string, string | undefined>
  members: string[]
  groups: string[]
  disabled?: boolean
}

function inPool(pool: Pool): FakeContext {
  const methods: Partial<UserPools> = {
    user: async (_pool, name) => (name in pool.users ? fakeUser(name) : undefined),
    groupsOf: async (_pool, name) => (pool.members.includes(name) ? ['OTHERS', 'ADMINS'] : ['OTHERS']),
    group: async (_pool, name) => pool.groups.includes(name),
    signIn: async (_pool, _client, name, given) =>
      pool.disabled !== true && pool.users[name] === given ? 'token' : undefined,
    createUser: async (_pool, name) => void (pool.users[name] = undefined),
    createGroup: async (_pool, name) => void pool.groups.push(name),
    addToGroup: async (_pool, name) => void pool.members.push(name),
    setPassword: async (_pool, name, given) => void (pool.users[name] = given),
  }
  return fakeContext({ ports: (calls) => ({ userPools: fakePort<UserPools>('pools', methods, calls) }) })
}
const writes = (context: FakeContext): string[] =>
  context.calls.map((call) => call.replace(/^pools\.|\(.*/g, '')).filter((verb) => /^(create|add|set)/.test(verb))

describe('ensuring the administrator', () => {
  const ensure = (context: FakeContext, step = fakeStep()): Promise<string> =>
    ensureAdmin({ email, password }, { poolId: 'pool', clientId: 'client' }, step, context)
  const there = { users: { [email]: password }, members: [email], groups: ['ADMINS'] }

  it.each([
    [
      'everything is missing',
      { users: {}, members: [], groups: [] },
      ['createUser', 'createGroup', 'addToGroup', 'setPassword'],
    ],
    [
      'the user is missing',
      { users: {}, members: [], groups: ['ADMINS'] },
      ['createUser', 'addToGroup', 'setPassword'],
    ],
    ['the password is another', { ...there, users: { [email]: 'other' } }, ['setPassword']],
    ['the user is in no group', { ...there, members: [] }, ['addToGroup']],
    ['the group is missing', { ...there, members: [], groups: [] }, ['createGroup', 'addToGroup']],
    ['all is as wanted', there, []],
  ])('does what is missing and nothing else: %s', async (_case, pool: Pool, expected) => {
    const context = inPool(structuredClone(pool))
    const step = fakeStep()
    expect(await ensure(context, step)).toBe('token')
    expect(writes(context)).toEqual(expected)
    expect(step.skipped).toBe(expected.length === 0)
    expect(step.closing).not.toContain(password)
  })

  it('writes nothing the second time', async () => {
    const context = inPool({ users: {}, members: [], groups: [] })
    await ensure(context)
    const before = writes(context).length
    await ensure(context)
    expect(writes(context)).toHaveLength(before)
  })

  it('says so when the user cannot sign in although the password was set', async () => {
    const error = await rejectedBy(ensure(inPool({ ...there, disabled: true })))
    expect(error.code).toBe('Unhealthy')
    expect(wordsOf(error)).not.toContain(password)
  })
})

describe('preparing the account', () => {
  const prepare = async (presence: Awaited<ReturnType<Buckets['presence']>>, over: Partial<Buckets> = {}) => {
    const step = fakeStep()
    const context = fakeContext({
      ports: (calls) => ({
        buckets: fakePort<Buckets>('buckets', { ...memoryBuckets({}, [], async () => presence), ...over }, calls),
      }),
    })
    const work = prepareAccount(step, context)
    return { work, step, writes: () => context.calls.filter((call) => /create|set|expireLocks/.test(call)) }
  }
  const bucket = 'buckets.createPrivate(rawscribe-sam-deployments-123456789012)'

  it.each([
    ['absent', [bucket]],
    ['ours', []],
  ] as const)(
    'makes the bucket where it is missing, and nothing else of the account: %s',
    async (presence, expected) => {
      const { work, step, writes: written } = await prepare(presence)
      await work
      expect(written()).toEqual(expected)
      expect(step.skipped).toBe(expected.length === 0)
    },
  )

  it('lets old versions of locks expire in a bucket that was versioned before', async () => {
    const over: Partial<Buckets> = { expiresLocks: async () => false, expireLocks: async () => undefined }
    const { work, step, writes: written } = await prepare('ours', over)
    await work
    expect(written()).toEqual(['buckets.expireLocks(rawscribe-sam-deployments-123456789012)'])
    expect(step.closing).toContain('old versions of locks expire')
    const fresh = await prepare('absent', over)
    await fresh.work
    expect(fresh.writes()).toEqual([bucket])
  })

  it.each([
    ['foreign', 'belongs to another account'],
    ['other-region', 'lies in another region'],
  ] as const)('refuses a deployments bucket that is %s, and writes nothing', async (presence, message) => {
    const { work, writes: written } = await prepare(presence)
    const error = await rejectedBy(work)
    expect(error.code).toBe('Refused')
    expect(error.message).toContain(message)
    expect(written()).toEqual([])
  })

  it.each([
    [undefined, 1],
    ['', 1],
    ['arn', 0],
  ])('gives API Gateway its role where the account has none: %j', async (role, made) => {
    const methods: Partial<Account> = {
      apiGatewayLogRole: async () => role,
      setApiGatewayLogRole: async () => undefined,
    }
    const context = fakeContext({ ports: (calls) => ({ account: fakePort<Account>('account', methods, calls) }) })
    await ensureLogRole(context)
    const set = 'account.setApiGatewayLogRole(rawscribe-apigateway-logs)'
    expect(context.calls.filter((call) => call === set)).toHaveLength(made)
  })
})
