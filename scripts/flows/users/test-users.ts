import { counted } from '../../core/contents.js'
import { isTestUser, nameOf, testUserOf } from '../../core/users.js'
import { DeployError } from '../../errors.js'
import { confirmTyped } from '../confirm.js'
import type { TargetContext } from '../context.js'
import { type ListedUser, listUsers } from './list-users.js'
import { readPassword } from './password.js'
import { findStackPool } from './stack-pool.js'
import { type UserChange, ensureUser } from './users.js'

export interface TestUserOptions {
  /** A password that is given counts for new ones only; else it is set for those who have one, too. */
  keepPasswords: boolean
}

/** One test user in each group of the pool, all with one password. Throws Refused in prod. */
export async function createTestUsers(
  context: TargetContext,
  { keepPasswords }: TestUserOptions = { keepPasswords: false },
): Promise<UserChange[]> {
  verifyNotProd(context)
  const { ports, report, inputs } = context
  const { pool, wanted, missing } = await report.step('Look', async (step) => {
    const pool = await findStackPool(context)
    const [groups, users] = await Promise.all([ports.userPools.groups(pool.poolId), ports.userPools.users(pool.poolId)])
    const wanted = groups.map(({ name }) => ({
      group: name,
      email: testUserOf(name),
      found: users.find(({ email }) => email === testUserOf(name)),
    }))
    const missing = wanted.filter(({ found }) => found?.status !== 'CONFIRMED')
    step.say(`${counted(groups.length, 'group')}, ${counted(missing.length, 'test user')} missing`)
    return { pool, wanted, missing }
  })
  const given = !keepPasswords && (inputs.PASSWORD !== undefined || inputs.PASSWORD_FILE !== undefined)
  const policy = await ports.userPools.passwordPolicy(pool.poolId)
  const password =
    missing.length > 0 || given ? await readPassword({ whose: 'the test users', policy }, context) : undefined
  return report.step('Test users', async (step) => {
    const changes: UserChange[] = []
    for (const { email, group, found } of wanted) {
      const own = keepPasswords && found?.status === 'CONFIRMED' ? undefined : password
      const user = { email, name: `Test user of ${group}`, groups: [group], password: own }
      const done = await ensureUser(user, found, pool, context)
      step.line(done.length === 0 ? 'skipped' : 'done', `${email} ${done.join(', ') || 'is as wanted'}`)
      changes.push({ user: email, done, groups: [group] })
    }
    step.say(`${counted(wanted.length, 'test user')}, one in each group`)
    return changes
  })
}

/** The test users that are there, whoever made them. Throws Refused in prod. */
export async function findTestUsers(context: TargetContext): Promise<ListedUser[]> {
  verifyNotProd(context)
  const { poolId } = await findStackPool(context)
  return (await listUsers(poolId, context.ports.userPools)).filter(isTestUser)
}

/** Removes every test user, once that is confirmed. Throws Refused in prod. */
export async function removeTestUsers(context: TargetContext): Promise<UserChange[]> {
  verifyNotProd(context)
  const { report, target } = context
  const { poolId, found } = await report.step('Look', async (step) => {
    const { poolId } = await findStackPool(context)
    const found = (await context.ports.userPools.users(poolId)).filter(isTestUser)
    for (const user of found) step.line('removed', nameOf(user))
    if (found.length === 0) step.skip('there is no test user (any more)')
    else step.say(`${counted(found.length, 'test user')} found`)
    return { poolId, found }
  })
  if (found.length === 0) return []
  const what = `removing ${counted(found.length, 'test user')} from ${target.env}/${target.org}`
  await confirmTyped({ what, yesSkips: true }, context)
  return report.step('Remove', async (step) => {
    for (const { username } of found) await context.ports.userPools.removeUser(poolId, username)
    step.say(`${counted(found.length, 'test user')} removed`)
    return found.map((user) => ({ user: nameOf(user), done: ['removed'] }))
  })
}

/** Throws Refused in prod, with what finds test users there. */
export function verifyNotProd({ target, command }: TargetContext): void {
  if (target.env !== 'prod') return
  throw new DeployError('Refused', `${command} is not for prod: test users do not belong there`, {
    hint: `make rs-secure-prod ENV=prod ORG=${target.org} finds and removes them`,
  })
}
