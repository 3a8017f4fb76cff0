import { policyOfTemplate } from '../../core/password-policy.js'
import type { PasswordPolicy } from '../../core/password-policy.js'
import type { Template } from '../../core/template.js'
import { isEmail } from '../../core/users.js'
import { DeployError } from '../../errors.js'
import type { Stack } from '../../ports.js'
import type { Step } from '../../report/report.js'
import type { TargetContext } from '../context.js'
import { firstLineOf, verifySettable, verifyStrength } from './password.js'
import { disabled } from './sign-in.js'
import type { StackPool } from './stack-pool.js'

type Pool = Omit<StackPool, 'stack'>

export const adminGroup = 'ADMINS'

export interface Admin {
  email: string
  password: string
}

/** The administrator to ensure, or undefined. Throws Usage unless both variables are there and usable. */
export async function readAdmin({ inputs, ports, report }: TargetContext): Promise<Admin | undefined> {
  const email = inputs.ADMIN_USERNAME
  const password =
    inputs.ADMIN_PASSWORD ?? (await firstLineOf('ADMIN_PASSWORD_FILE', inputs.ADMIN_PASSWORD_FILE, ports.files))
  if (email === undefined && password === undefined) return undefined
  if (email === undefined) {
    throw new DeployError('Usage', 'ADMIN_PASSWORD is given, ADMIN_USERNAME is not', {
      hint: 'ADMIN_USERNAME=admin@myorg.com',
    })
  }
  if (password === undefined) {
    throw new DeployError('Usage', `ADMIN_USERNAME=${email} is given, the password is not`, {
      hint: 'set ADMIN_PASSWORD in the environment, or ADMIN_PASSWORD_FILE=path',
    })
  }
  if (!isEmail(email)) {
    throw new DeployError('Usage', `ADMIN_USERNAME=${email} is not an e-mail address`, {
      hint: 'ADMIN_USERNAME=admin@myorg.com',
    })
  }
  report.hide(password)
  verifySettable('ADMIN_PASSWORD', password)
  return { email, password }
}

/** Checks the password against the pool's policy, or the template's before there is a pool. Throws Usage. */
export async function verifyPassword(
  admin: Admin,
  stack: Stack | undefined,
  template: Template,
  { ports }: TargetContext,
): Promise<void> {
  const poolId = stack?.outputs['CognitoUserPoolId']
  const policy: PasswordPolicy | undefined =
    poolId === undefined || poolId === '' ? policyOfTemplate(template) : await ports.userPools.passwordPolicy(poolId)
  if (policy !== undefined) verifyStrength('ADMIN_PASSWORD', admin.password, policy)
}

export interface AdminState {
  exists: boolean
  /** Whether it is in the group. */
  member: boolean
  /** ID token of a sign-in; undefined where the password is not this one. */
  token: string | undefined
}

/** Looks at the administrator, and writes nothing. Throws Refused for one who is disabled. */
export async function readAdminState(
  { email, password }: Admin,
  { poolId, clientId }: Pool,
  context: TargetContext,
): Promise<AdminState> {
  const { userPools } = context.ports
  const user = await userPools.user(poolId, email)
  if (user === undefined) return { exists: false, member: false, token: undefined }
  if (!user.enabled) throw disabled(email, context)
  const [groups, token] = await Promise.all([
    userPools.groupsOf(poolId, email),
    userPools.signIn(poolId, clientId, email, password),
  ])
  return { exists: true, member: groups.includes(adminGroup), token }
}

/** Why something is to be done about the administrator, in one clause; undefined where all is as wanted. */
export function adminReason({ email }: Admin, { exists, member, token }: AdminState): string | undefined {
  if (!exists) return `the administrator ${email} is missing`
  if (!member) return `the administrator ${email} is not in ${adminGroup}`
  return token === undefined ? `the administrator ${email} does not sign in with this password` : undefined
}

/**
 * Makes sure that the administrator exists, is in the group, and can sign in with this password; what is already so is
 * left alone. Returns the ID token of the sign-in.
 */
export async function ensureAdmin(admin: Admin, pool: Pool, step: Step, context: TargetContext): Promise<string> {
  const { userPools } = context.ports
  const { poolId, clientId } = pool
  const done: string[] = []
  const found = await readAdminState(admin, pool, context)
  if (!found.exists) {
    await userPools.createUser(poolId, admin.email)
    done.push('created')
  }
  if (!found.member) {
    if (!(await userPools.group(poolId, adminGroup))) await userPools.createGroup(poolId, adminGroup)
    await userPools.addToGroup(poolId, admin.email, adminGroup)
    done.push(`added to ${adminGroup}`)
  }
  if (found.token === undefined) {
    await userPools.setPassword(poolId, admin.email, admin.password)
    done.push('password set')
  }
  // A token that was given out before tells nothing of the group.
  const token = done.length === 0 ? found.token : await userPools.signIn(poolId, clientId, admin.email, admin.password)
  if (token === undefined) {
    throw new DeployError('Unhealthy', `${admin.email} cannot sign in with the password that was just set`, {
      hint: 'the client does not allow USER_PASSWORD_AUTH',
    })
  }
  if (done.length === 0) step.skip(`${admin.email} is as wanted and signs in`)
  else step.say(`${admin.email} ${done.join(', ')}; signs in`)
  return token
}
