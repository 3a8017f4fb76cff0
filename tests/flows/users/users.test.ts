import { describe, expect, it } from '@jest/globals'
import { findCommand } from '../../../scripts/commands/help.js'
import { runCommand } from '../../../scripts/commands/run.js'
import { userCommands } from '../../../scripts/commands/users.js'
import type { Inputs } from '../../../scripts/core/inputs.js'
import type { Environment } from '../../../scripts/core/target.js'
import { listUsers } from '../../../scripts/flows/users/list-users.js'
import { signIn } from '../../../scripts/flows/users/sign-in.js'
import { createTestUsers, findTestUsers, removeTestUsers } from '../../../scripts/flows/users/test-users.js'
import { addUser, removeUser, setGroups, setPassword } from '../../../scripts/flows/users/users.js'
import type { Stacks } from '../../../scripts/ports.js'
import { type FakeContext, fakeContext, fakeStack } from '../../support/fake-context.js'
import { type PoolWorld, fakeUser, memoryPool } from '../../support/fake-pool.js'
import { fakePort, memoryFiles } from '../../support/fake-ports.js'
import { rejectedBy, wordsOf } from '../../support/failures.js'

const bob = 'bob@myorg.com'
const PASSWORD = 'Correct-Horse-1'
const groups = (): Record<string, string[]> => ({ ADMINS: [], RESEARCHERS: [] })

function inPool(
  world: PoolWorld,
  inputs: Inputs = {},
  { env = 'dev', typed }: { env?: Environment; typed?: string | undefined } = {},
): FakeContext {
  const outputs = { CognitoUserPoolId: 'pool', CognitoClientId: 'client' }
  const answer = async (): Promise<string> => typed ?? ''
  return fakeContext({
    inputs,
    target: { env, org: 'myorg' },
    ports: (calls) => ({
      stacks: fakePort<Stacks>('stacks', { describe: async () => fakeStack({ outputs }) }, calls),
      userPools: memoryPool(world, calls),
      files: memoryFiles(
        { secret: `${PASSWORD}\nmore`, late: `\n${PASSWORD}\n`, '/dev/stdin': `${PASSWORD}\n` },
        calls,
      ),
      prompts: { interactive: typed !== undefined, ask: answer, askHidden: answer },
    }),
  })
}
const writes = (context: FakeContext): string[] =>
  context.calls.filter((call) => /^userPools\.(create|add|set|remove)/.test(call)).map((call) => call.slice(10))

describe('adding a user', () => {
  const wanted: Inputs = { USER_NAME: bob, GROUP: 'RESEARCHERS', NAME: 'Bob', PASSWORD }

  it('creates, groups and gives a password, and the second time has nothing to do', async () => {
    const world = { users: [], groups: groups(), passwords: {} }
    expect(await addUser(inPool(world, wanted))).toEqual({
      user: bob,
      done: ['created', 'added to RESEARCHERS', 'password set'],
      groups: ['RESEARCHERS'],
    })
    const again = inPool(world, { ...wanted, PASSWORD: 'Another-Horse-1' })
    expect((await addUser(again)).done).toEqual([])
    expect(writes(again)).toEqual([])
    expect(world.passwords).toEqual({ [bob]: PASSWORD })
  })

  it('enables one who was disabled, whom a sign-in names that command for', async () => {
    const world = { users: [fakeUser(bob, { enabled: false })], groups: groups(), passwords: { [bob]: PASSWORD } }
    const refused = await rejectedBy(signIn(inPool(world, { USER_NAME: bob, PASSWORD })))
    expect([refused.code, refused.message, refused.hint]).toEqual([
      ...['Refused', expect.stringContaining('is disabled')],
      expect.stringContaining(`make rs-add-user ENV=dev ORG=myorg USER_NAME=${bob}`),
    ])
    expect((await addUser(inPool(world, wanted))).done).toContain('enabled')
    expect(world.users[0]?.enabled).toBe(true)
  })

  it('finishes one that was cut off before the password', async () => {
    const users = [fakeUser(bob, { status: 'FORCE_CHANGE_PASSWORD' })]
    expect((await addUser(inPool({ users, groups: groups() }, wanted))).done).toEqual([
      'named Bob',
      'added to RESEARCHERS',
      'password set',
    ])
  })

  it.each([
    [{ PASSWORD_FILE: 'secret' }, undefined],
    [{ PASSWORD_FILE: '-' }, undefined],
    [{}, PASSWORD],
  ])('takes the password from %j', async (source, typed) => {
    const world = { groups: groups(), users: [], passwords: {} }
    await addUser(inPool(world, { USER_NAME: bob, GROUP: 'ADMINS', ...source }, { typed }))
    expect(world.passwords).toEqual({ [bob]: PASSWORD })
  })

  it.each([
    [{ GROUP: 'ADMINS', PASSWORD }, 'USER_NAME is missing', 'USER_NAME='],
    [{ USER_NAME: 'bob', GROUP: 'ADMINS', PASSWORD }, 'USER_NAME=bob is not an e-mail', 'USER_NAME='],
    [{ USER_NAME: bob, PASSWORD }, 'GROUP is missing', 'GROUP='],
    [{ USER_NAME: bob, GROUP: 'admins', PASSWORD }, 'no group admins; the groups are ADMINS', 'GROUP=ADMINS'],
    [{ USER_NAME: bob, GROUP: ',', PASSWORD }, 'no group in it', 'GROUP='],
    [{ USER_NAME: bob, GROUP: 'ADMINS' }, 'at least 12 characters with', 'PASSWORD_FILE'],
    [{ USER_NAME: bob, GROUP: 'ADMINS', PASSWORD: 'geheim' }, 'lacks 12 characters', 'at least 12 characters'],
    [{ USER_NAME: bob, GROUP: 'ADMINS', PASSWORD_FILE: 'gone' }, 'PASSWORD_FILE=gone does not exist', 'first line'],
    [{ USER_NAME: bob, GROUP: 'ADMINS', PASSWORD_FILE: 'late' }, 'late begins with an empty line', 'first line'],
    [{ USER_NAME: 'x@test-users.invalid', GROUP: 'ADMINS' }, 'are test users', 'rs-create-test-users'],
  ])('writes nothing for %j', async (inputs, message, hint) => {
    const context = inPool({ groups: groups() }, inputs)
    const error = await rejectedBy(addUser(context))
    expect([error.code, error.message, error.hint]).toEqual([
      'Usage',
      expect.stringContaining(message),
      expect.stringContaining(hint),
    ])
    expect(wordsOf(error)).not.toContain('geheim')
    expect(writes(context)).toEqual([])
  })

  it('asks first in prod', async () => {
    const context = inPool({ groups: groups(), name: 'rawscribe-prod-myorg-userpool' }, wanted, { env: 'prod' })
    expect((await rejectedBy(addUser(context))).code).toBe('Declined')
    expect(writes(context)).toEqual([])
  })
})

describe('the groups of a user', () => {
  const world = (): PoolWorld => ({
    users: [fakeUser(bob)],
    groups: { ADMINS: [bob], RESEARCHERS: [], CLINICIANS: [] },
  })

  it('become exactly those, joined before the others are left', async () => {
    const context = inPool(world(), { USER_NAME: bob, GROUP: 'RESEARCHERS,CLINICIANS' })
    await setGroups(context)
    expect(writes(context)).toEqual([
      `addToGroup(pool, ${bob}, RESEARCHERS)`,
      `addToGroup(pool, ${bob}, CLINICIANS)`,
      `removeFromGroup(pool, ${bob}, ADMINS)`,
    ])
  })

  it('that are so already are left alone', async () => {
    const context = inPool(world(), { USER_NAME: bob, GROUP: 'ADMINS' })
    expect((await setGroups(context)).done).toEqual([])
    expect(writes(context)).toEqual([])
  })
})

describe('a user who is not there', () => {
  it.each([
    ['setGroups', setGroups],
    ['setPassword', setPassword],
  ])('%s says so', async (_name, flow) => {
    const context = inPool({ groups: groups() }, { USER_NAME: bob, GROUP: 'ADMINS', PASSWORD })
    const error = await rejectedBy(flow(context) as Promise<unknown>)
    expect([error.code, error.exitCode, error.hint]).toEqual([
      'NoSuchUser',
      4,
      expect.stringContaining('make rs-list-users ENV=dev ORG=myorg'),
    ])
  })

  it('is removed already', async () => {
    const context = inPool({}, { ENV: 'dev', ORG: 'myorg', USER_NAME: bob })
    expect((await removeUser(context)).done).toEqual([])
    await runCommand(findCommand('rs-remove-user', userCommands), context)
    expect(context.events.at(-1)).toMatchObject({ text: `${bob} is not there`, data: { outcome: 'unchanged' } })
  })

  it('and one who is goes only when that is confirmed', async () => {
    const users = [fakeUser(bob)]
    expect((await rejectedBy(removeUser(inPool({ users }, { USER_NAME: bob })))).code).toBe('Declined')
    expect(users).toHaveLength(1)
    await removeUser(inPool({ users }, { USER_NAME: bob }, { typed: 'dev/myorg' }))
    expect(users).toHaveLength(0)
  })
})

describe('the list of users', () => {
  it('asks once per group and never per user', async () => {
    const users = Array.from({ length: 300 }, (_, i) => fakeUser(`user${String(i).padStart(3, '0')}@myorg.com`))
    const world = { users, groups: { ADMINS: [users[7]!.email!], RESEARCHERS: users.map(({ email }) => email!) } }
    const context = inPool(world)
    const listed = await listUsers('pool', context.ports.userPools)
    expect(listed).toHaveLength(300)
    expect(listed[7]!.groups).toEqual(['ADMINS', 'RESEARCHERS'])
    expect(context.calls).toEqual([
      'userPools.users(pool)',
      'userPools.groups(pool)',
      'userPools.members(pool, ADMINS)',
      'userPools.members(pool, RESEARCHERS)',
    ])
  })
})

describe('test users', () => {
  it('are one in each group, are told by their domain, and go together', async () => {
    const world = { users: [fakeUser(bob), fakeUser('x@not-test-users.invalid')], groups: groups(), passwords: {} }
    const made = await createTestUsers(inPool(world, { PASSWORD }))
    expect(made.map(({ user }) => user)).toEqual(['admins@test-users.invalid', 'researchers@test-users.invalid'])
    expect((await createTestUsers(inPool(world))).flatMap(({ done }) => done)).toEqual([])
    expect((await findTestUsers(inPool(world))).map(({ groups: [group] }) => group)).toEqual(['ADMINS', 'RESEARCHERS'])
    await removeTestUsers(inPool(world, { YES: 'true' }))
    expect(world.users.map(({ email }) => email)).toEqual([bob, 'x@not-test-users.invalid'])
    expect(await removeTestUsers(inPool(world))).toEqual([])
  })

  it('keep the passwords that they have where only missing ones are wanted', async () => {
    const users = [fakeUser('admins@test-users.invalid')]
    const world = { users, groups: groups(), passwords: { 'admins@test-users.invalid': 'old' } }
    await createTestUsers(inPool(world, { PASSWORD }), { keepPasswords: true })
    expect(world.passwords).toEqual({ 'admins@test-users.invalid': 'old', 'researchers@test-users.invalid': PASSWORD })
    await createTestUsers(inPool(world, { PASSWORD }))
    expect(world.passwords['admins@test-users.invalid']).toBe(PASSWORD)
  })

  it.each([createTestUsers, findTestUsers, removeTestUsers])('%p is refused in prod', async (flow) => {
    const context = inPool({}, { PASSWORD, YES: 'true' }, { env: 'prod' })
    const error = await rejectedBy(flow(context) as Promise<unknown>)
    expect([error.code, error.hint]).toEqual(['Refused', expect.stringContaining('rs-secure-prod')])
    expect(context.calls).toEqual([])
  })
})
