import type { PoolUser } from '../../scripts/core/users.js'
import { DeployError } from '../../scripts/errors.js'
import type { UserPools } from '../../scripts/ports.js'
import { type Calls, fakePort } from './fake-ports.js'

export const poolPolicy = { minimumLength: 12, lowercase: true, uppercase: true, digits: true, symbols: true }

export function fakeUser(email: string, over: Partial<PoolUser> = {}): PoolUser {
  return {
    username: `id of ${email}`,
    email,
    name: undefined,
    enabled: true,
    status: 'CONFIRMED',
    createdAt: '2025-01-01T00:00:00.000Z',
    ...over,
  }
}

export interface PoolWorld {
  /** Of the pool; that of the target unless it is said otherwise. */
  name?: string
  users?: PoolUser[]
  /** Group to e-mail addresses of its members. */
  groups?: Record<string, string[]>
  passwords?: Record<string, string>
  settings?: Awaited<ReturnType<UserPools['settings']>>
}

/** A user pool in memory. A user answers to e-mail address and username, as Cognito's do. */
export function memoryPool(world: PoolWorld, calls: Calls = []): UserPools {
  const { users = [], groups = {}, passwords = {} } = world
  const find = (name: string): PoolUser | undefined =>
    users.find(({ email, username }) => email === name || username === name)
  const addressOf = (name: string): string => find(name)?.email ?? name
  return fakePort<UserPools>(
    'userPools',
    {
      look: async () => ({ name: world.name ?? 'rawscribe-dev-myorg-userpool', protected: true, domains: [] }),
      passwordPolicy: async () => poolPolicy,
      user: async (_pool, name) => find(name),
      users: async () => users,
      groups: async () => Object.keys(groups).map((name) => ({ name, description: undefined, precedence: undefined })),
      members: async (_pool, group) => (groups[group] ?? []).map((email) => find(email)?.username ?? email),
      groupsOf: async (_pool, name) =>
        Object.keys(groups).filter((group) => groups[group]?.includes(addressOf(name)) === true),
      settings: async () =>
        world.settings ?? {
          deletionProtected: true,
          selfSignUp: false,
          client: { hidesUsers: true, revokesTokens: true, idTokenMinutes: 60, refreshTokenDays: 30 },
        },
      signIn: async (_pool, _client, name, password) => {
        if (find(name)?.enabled === false) throw new DeployError('Refused', `${name} cannot sign in: User is disabled.`)
        return passwords[name] === password ? `token of ${name}` : undefined
      },
      createUser: async (_pool, email, name) =>
        void users.push(fakeUser(email, { name, status: 'FORCE_CHANGE_PASSWORD' })),
      enableUser: async (_pool, username) => void Object.assign(find(username) ?? {}, { enabled: true }),
      setName: async (_pool, username, name) => void Object.assign(find(username) ?? {}, { name }),
      setPassword: async (_pool, username, password) => {
        passwords[username] = password
        Object.assign(find(username) ?? {}, { status: 'CONFIRMED' })
      },
      addToGroup: async (_pool, username, group) => void groups[group]?.push(addressOf(username)),
      removeFromGroup: async (_pool, username, group) => {
        groups[group] = (groups[group] ?? []).filter((email) => email !== addressOf(username))
      },
      removeUser: async (_pool, username) => {
        const at = users.findIndex((user) => user === find(username))
        if (at >= 0) users.splice(at, 1)
      },
    },
    calls,
  )
}
