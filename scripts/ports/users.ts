import type { PasswordPolicy } from '../core/password-policy.js'
import type { PoolSettings } from '../core/pool-settings.js'
import type { PoolUser } from '../core/users.js'

export interface PoolGroup {
  name: string
  description: string | undefined
  /** The lower, the more it counts in a token. */
  precedence: number | undefined
}

/** Every method is a read unless its comment starts with "Write". A user is named by e-mail address or by `username`. */
export interface PoolUsers {
  passwordPolicy(poolId: string): Promise<PasswordPolicy>
  user(poolId: string, username: string): Promise<PoolUser | undefined>
  groupsOf(poolId: string, username: string): Promise<string[]>
  group(poolId: string, name: string): Promise<boolean>
  /** Every user, to the last page. */
  users(poolId: string): Promise<PoolUser[]>
  /** Every group, the strongest first. */
  groups(poolId: string): Promise<PoolGroup[]>
  /** `username` of every member, to the last page. */
  members(poolId: string, group: string): Promise<string[]>
  /** What an auditor asks of the pool and its client. */
  settings(poolId: string, clientId: string): Promise<PoolSettings>
  /** The ID token, or undefined when the password is not this one or must be set anew. Throws Refused for every other reason. */
  signIn(poolId: string, clientId: string, username: string, password: string): Promise<string | undefined>
  /** Write. No message is sent. */
  createUser(poolId: string, email: string, name?: string): Promise<void>
  /** Write. */
  createGroup(poolId: string, name: string): Promise<void>
  /** Write. */
  addToGroup(poolId: string, username: string, group: string): Promise<void>
  /** Write. */
  removeFromGroup(poolId: string, username: string, group: string): Promise<void>
  /** Write. What people read as the user's name. */
  setName(poolId: string, username: string, name: string): Promise<void>
  /** Write. Lets a user who was disabled sign in again. */
  enableUser(poolId: string, username: string): Promise<void>
  /** Write. */
  setPassword(poolId: string, username: string, password: string): Promise<void>
  /** Write. One that is gone already is no error. */
  removeUser(poolId: string, username: string): Promise<void>
}

export interface PoolSearch {
  /** Ids of the pools of exactly this name. */
  findByName(name: string): Promise<string[]>
  /** Ids of the pool's clients of exactly this name. */
  clientsByName(poolId: string, name: string): Promise<string[]>
}
