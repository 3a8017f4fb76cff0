import type { PoolUser } from '../../core/users.js'
import { nameOf } from '../../core/users.js'
import type { PoolGroup, UserPools } from '../../ports.js'

export interface ListedUser extends PoolUser {
  /** The strongest group first. */
  groups: string[]
}

/**
 * Every user with his groups, by address. Each group's members are listed once: the number of calls grows with the pages,
 * never with the users.
 */
export async function listUsers(poolId: string, userPools: UserPools): Promise<ListedUser[]> {
  const [users, members] = await Promise.all([userPools.users(poolId), listMembers(poolId, userPools)])
  return users
    .map((user) => ({
      ...user,
      groups: members.filter(({ usernames }) => usernames.has(user.username)).map(({ group }) => group.name),
    }))
    .sort((one, other) => (nameOf(one) < nameOf(other) ? -1 : 1))
}

export interface GroupMembers {
  group: PoolGroup
  usernames: ReadonlySet<string>
}

/** Every group with the usernames of its members. */
export async function listMembers(poolId: string, userPools: UserPools): Promise<GroupMembers[]> {
  const groups = await userPools.groups(poolId)
  return Promise.all(
    groups.map(async (group) => ({ group, usernames: new Set(await userPools.members(poolId, group.name)) })),
  )
}
