import { DeployError } from '../errors.js'

/** A user as the pool keeps it. */
export interface PoolUser {
  /** The pool's own name of the user, under which group listings have it: with e-mail sign-in an opaque id. */
  username: string
  email: string | undefined
  name: string | undefined
  enabled: boolean
  /** Cognito's word: CONFIRMED, FORCE_CHANGE_PASSWORD, RESET_REQUIRED … */
  status: string
  /** ISO 8601, or undefined where the pool does not say. */
  createdAt: string | undefined
}

/**
 * The domain of every test user. `.invalid` belongs to nobody and never will (RFC 6761, 6.4), so no person's address can
 * end with it: whoever has one is a test user, whatever else is said of him.
 */
export const testUserDomain = 'test-users.invalid'

/** `RESEARCHERS` → `researchers@test-users.invalid`. */
export function testUserOf(group: string): string {
  return `${group.toLowerCase().replaceAll('_', '-')}@${testUserDomain}`
}

export function isTestUser({ email }: Pick<PoolUser, 'email'>): boolean {
  return email !== undefined && email.toLowerCase().split('@').at(-1) === testUserDomain
}

/** What people call the user. */
export function nameOf({ email, username }: PoolUser): string {
  return email ?? username
}

/** The state of a user in one word or two. */
export function stateOf({ enabled, status }: Pick<PoolUser, 'enabled' | 'status'>): string {
  return enabled ? status : `DISABLED, ${status}`
}

/** Whether a user can be called so. Cognito's limit for a Username is 128 characters. */
export function isEmail(text: string): boolean {
  return text.length <= 128 && /^[^\s@\p{C}]+@[^\s@\p{C}]+\.[^\s@\p{C}]+$/u.test(text)
}

/** USER_NAME. Throws Usage when it is missing or no e-mail address. */
export function parseUserName(value: string | undefined): string {
  if (value === undefined) {
    throw new DeployError('Usage', 'USER_NAME is missing: it is the e-mail address of the user', {
      hint: 'USER_NAME=bob@myorg.com',
    })
  }
  if (isEmail(value)) return value
  throw new DeployError('Usage', `USER_NAME=${value} is not an e-mail address`, { hint: 'USER_NAME=bob@myorg.com' })
}

/** GROUP: one group or several by comma, each once, all of them known. Throws Usage with the groups that there are. */
export function parseGroups(value: string | undefined, known: readonly string[]): string[] {
  const choices = `the groups are ${known.join(', ')}`
  if (value === undefined) {
    throw new DeployError('Usage', 'GROUP is missing: a user without a group may do nothing', {
      hint: `GROUP=${known.at(-1) ?? 'RESEARCHERS'} (${choices})`,
    })
  }
  const wanted = [...new Set(value.split(',').map((name) => name.trim()))].filter((name) => name !== '')
  const unknown = wanted.filter((name) => !known.includes(name))
  if (wanted.length > 0 && unknown.length === 0) return wanted
  const meant = known.find((name) => name === unknown[0]?.toUpperCase().replaceAll('-', '_'))
  throw new DeployError('Usage', `GROUP=${value}: there is no group ${unknown.join(', ') || 'in it'}; ${choices}`, {
    hint: `GROUP=${meant ?? known.at(-1) ?? 'RESEARCHERS'}`,
  })
}
