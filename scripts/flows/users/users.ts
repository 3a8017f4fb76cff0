import {
  type PoolUser,
  isTestUser,
  nameOf,
  parseGroups,
  parseUserName,
  stateOf,
  testUserDomain,
} from '../../core/users.js'
import { DeployError } from '../../errors.js'
import { confirmDeployment, confirmTyped } from '../confirm.js'
import type { TargetContext } from '../context.js'
import { readPassword } from './password.js'
import { type StackPool, findStackPool } from './stack-pool.js'

/** What a command did to a user; nothing where all was so already. */
export interface UserChange {
  user: string
  done: string[]
  /** What the user has now; undefined where it was not asked. */
  groups?: string[]
}

/**
 * Makes sure that the user exists, has the name and is in the groups. A password is set only where the user has none of
 * his own yet: rs-set-password changes one.
 */
export async function addUser(context: TargetContext): Promise<UserChange> {
  const { inputs, ports, report } = context
  const email = parseUserName(inputs.USER_NAME)
  if (isTestUser({ email })) {
    throw new DeployError('Usage', `USER_NAME=${email}: addresses at ${testUserDomain} are test users`, {
      hint: `make rs-create-test-users ENV=${context.target.env} ORG=${context.target.org}`,
    })
  }
  const { pool, found, groups } = await report.step('Look', async (step) => {
    const pool = await findStackPool(context)
    const known = await ports.userPools.groups(pool.poolId)
    const groups = parseGroups(
      inputs.GROUP,
      known.map(({ name }) => name),
    )
    const found = await ports.userPools.user(pool.poolId, email)
    step.say(found === undefined ? `${email} is new` : `${email} is there, ${stateOf(found)}`)
    return { pool, found, groups }
  })
  const password = await initialPassword(found, pool, email, context)
  await confirmDeployment(context)
  return report.step('User', async (step) => {
    const done = await ensureUser({ email, name: inputs.NAME, groups, password }, found, pool, context)
    if (done.length === 0) step.skip(`${email} is as wanted`)
    else step.say(`${email} ${done.join(', ')}`)
    return { user: email, done, groups }
  })
}

export interface WantedUser {
  email: string
  name: string | undefined
  groups: readonly string[]
  /** Undefined: it stays as it is. */
  password: string | undefined
}

/** Does what is missing of a wanted user, in an order in which a run that was cut off can be repeated. */
export async function ensureUser(
  { email, name, groups, password }: WantedUser,
  found: PoolUser | undefined,
  { poolId }: Pick<StackPool, 'poolId'>,
  { ports: { userPools } }: TargetContext,
): Promise<string[]> {
  const done: string[] = []
  if (found === undefined) {
    await userPools.createUser(poolId, email, name)
    done.push('created')
  } else if (name !== undefined && found.name !== name) {
    await userPools.setName(poolId, email, name)
    done.push(`named ${name}`)
  }
  if (found?.enabled === false) {
    await userPools.enableUser(poolId, email)
    done.push('enabled')
  }
  const present = found === undefined ? [] : await userPools.groupsOf(poolId, email)
  for (const group of groups.filter((one) => !present.includes(one))) {
    await userPools.addToGroup(poolId, email, group)
    done.push(`added to ${group}`)
  }
  if (password !== undefined) {
    await userPools.setPassword(poolId, email, password)
    done.push('password set')
  }
  return done
}

/** A user who has a password keeps it: nobody is locked out because a command was typed twice. */
async function initialPassword(
  found: PoolUser | undefined,
  { poolId }: StackPool,
  email: string,
  context: TargetContext,
): Promise<string | undefined> {
  if (found !== undefined && found.status !== 'FORCE_CHANGE_PASSWORD') return undefined
  return readPassword({ whose: email, policy: await context.ports.userPools.passwordPolicy(poolId) }, context)
}

/** Puts the user into exactly these groups; into the new ones first, so that nobody is in none in between. */
export async function setGroups(context: TargetContext): Promise<UserChange> {
  const { inputs, ports, report } = context
  const email = parseUserName(inputs.USER_NAME)
  const { poolId, wanted, present } = await report.step('Look', async (step) => {
    const { poolId } = await findStackPool(context)
    const [known, present] = await Promise.all([
      ports.userPools.groups(poolId),
      existingUser(poolId, email, context).then(() => ports.userPools.groupsOf(poolId, email)),
    ])
    const names = known.map(({ name }) => name)
    step.say(`${email} is in ${present.join(', ') || 'no group'}`)
    return { poolId, present, wanted: parseGroups(inputs.GROUP, names) }
  })
  await confirmDeployment(context)
  return report.step('Groups', async (step) => {
    const joined = wanted.filter((group) => !present.includes(group))
    const left = present.filter((group) => !wanted.includes(group))
    for (const group of joined) await ports.userPools.addToGroup(poolId, email, group)
    for (const group of left) await ports.userPools.removeFromGroup(poolId, email, group)
    const done = [...joined.map((group) => `added to ${group}`), ...left.map((group) => `removed from ${group}`)]
    if (done.length === 0) step.skip(`${email} is in ${wanted.join(', ')} already`)
    else step.say(`${email} ${done.join(', ')}; counts from the next sign-in`)
    return { user: email, done, groups: wanted }
  })
}

/** Sets the user's password for good; he need not change it. */
export async function setPassword(context: TargetContext): Promise<UserChange> {
  const { inputs, ports, report } = context
  const email = parseUserName(inputs.USER_NAME)
  const { poolId, policy } = await report.step('Look', async (step) => {
    const { poolId } = await findStackPool(context)
    const user = await existingUser(poolId, email, context)
    step.say(`${email} is ${user.status}`)
    return { poolId, policy: await ports.userPools.passwordPolicy(poolId) }
  })
  const password = await readPassword({ whose: email, policy }, context)
  await confirmDeployment(context)
  return report.step('Password', async (step) => {
    await ports.userPools.setPassword(poolId, email, password)
    step.say(`password of ${email} set`)
    return { user: email, done: ['password set'] }
  })
}

/** Removes one user from the pool, once that is confirmed. What he stored stays in the buckets. */
export async function removeUser(context: TargetContext): Promise<UserChange> {
  const { inputs, ports, report, target } = context
  const email = parseUserName(inputs.USER_NAME)
  const { poolId, found } = await report.step('Look', async (step) => {
    const { poolId } = await findStackPool(context)
    const found = await ports.userPools.user(poolId, email)
    if (found === undefined) step.skip(`there is no user ${email} (any more)`)
    else step.say(`${email} is there, ${found.status}`)
    return { poolId, found }
  })
  if (found === undefined) return { user: email, done: [] }
  await confirmTyped({ what: `removing ${email} from ${target.env}/${target.org}`, yesSkips: true }, context)
  return report.step('Remove', async (step) => {
    await ports.userPools.removeUser(poolId, found.username)
    step.say(`${nameOf(found)} removed; drafts and submissions stay`)
    return { user: email, done: ['removed'] }
  })
}

/** The user. Throws NoSuchUser. */
export async function existingUser(poolId: string, email: string, { ports, target }: TargetContext): Promise<PoolUser> {
  const found = await ports.userPools.user(poolId, email)
  if (found !== undefined) return found
  throw new DeployError('NoSuchUser', `there is no user ${email} in ${target.env}/${target.org}`, {
    hint: `make rs-list-users ENV=${target.env} ORG=${target.org}, or make rs-add-user to add one`,
  })
}
