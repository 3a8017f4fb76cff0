import { decodeJwt } from 'jose'
import type { JSONWebKeySet } from 'jose'
import { addressesOf } from '../../core/addresses.js'
import { commandFor } from '../../core/next-command.js'
import { issuerOf } from '../../core/sign-in-place.js'
import { judgeToken } from '../../core/token.js'
import { parseUserName, stateOf } from '../../core/users.js'
import { DeployError } from '../../errors.js'
import type { TargetContext } from '../context.js'
import { readPassword } from './password.js'
import { type StackPool, findStackPool } from './stack-pool.js'

export interface SignedIn {
  pool: StackPool
  user: string
  token: string
  /** ISO 8601. */
  expiresAt: string | undefined
}

/** Signs USER_NAME in with its password. Throws NoSuchUser, or Refused with the reason and how to resolve it. */
export async function signIn(context: TargetContext): Promise<SignedIn> {
  const user = parseUserName(context.inputs.USER_NAME)
  const pool = await findStackPool(context)
  const password = await readPassword({ whose: user, policy: undefined }, context)
  return signInAs(user, password, pool, context)
}

export async function signInAs(
  user: string,
  password: string,
  pool: StackPool,
  context: TargetContext,
): Promise<SignedIn> {
  const { userPools } = context.ports
  const token = await userPools.signIn(pool.poolId, pool.clientId, user, password).catch(async (error: unknown) => {
    const found = await userPools.user(pool.poolId, user)
    throw found?.enabled === false ? disabled(user, context) : error
  })
  if (token === undefined) throw await whyRefused(user, pool, context)
  const { exp } = decodeJwt(token)
  return { pool, user, token, expiresAt: exp === undefined ? undefined : new Date(exp * 1000).toISOString() }
}

/** Who is disabled cannot sign in, whatever the password. */
export function disabled(user: string, { target }: TargetContext): DeployError {
  return new DeployError('Refused', `${user} cannot sign in: the user is disabled`, {
    hint: `${commandFor('rs-add-user', target, { USER_NAME: user, GROUP: '…' })} enables the user again`,
  })
}

/** Cognito answers a wrong name like a wrong password; an administrator may know. */
async function whyRefused(user: string, { poolId }: StackPool, { ports, target }: TargetContext): Promise<DeployError> {
  const found = await ports.userPools.user(poolId, user)
  if (found === undefined) {
    return new DeployError('NoSuchUser', `there is no user ${user} in ${target.env}/${target.org}`, {
      hint: commandFor('rs-add-user', target, { USER_NAME: user, GROUP: '…' }),
    })
  }
  const why = found.status === 'CONFIRMED' ? 'the password is not this one' : `the user’s state is ${stateOf(found)}`
  return new DeployError('Refused', `${user} cannot sign in: ${why}`, {
    hint: commandFor('rs-set-password', target, { USER_NAME: user }),
  })
}

/** What the API says about the bearer of a token; undefined where it refuses, does not answer, or does not say it. */
export interface Bearer {
  status: number | undefined
  /** As the API names the user: by address, else as it does. */
  name: string | undefined
  groups: string[] | undefined
}

export async function askApi(place: string, token: string | undefined, { ports }: TargetContext): Promise<Bearer> {
  const headers = token === undefined ? {} : { Authorization: `Bearer ${token}` }
  const answer = await ports.http.get(place, headers)
  const { email, user, groups } = answer?.status === 200 ? readBody(answer.body) : {}
  return {
    status: answer?.status,
    name: [email, user].find((one) => typeof one === 'string'),
    groups: Array.isArray(groups) ? groups.map(String) : undefined,
  }
}

function readBody(text: string): { user?: unknown; email?: unknown; groups?: unknown } {
  try {
    return (JSON.parse(text) as object | null) ?? {}
  } catch {
    return {}
  }
}

/** The path that is asked with tokens. Throws Refused where the project names none that wants one. */
export function guardedPath({ project, command }: TargetContext): string {
  const path = project.api.guardedPaths[0]
  if (path !== undefined) return path
  throw new DeployError('Refused', `${command}: no path of this API is known to want a token`, {
    hint: 'name one in api.guardedPaths of infra/project.json (docs/adopting.md), then the same command again',
  })
}

/** The address that is asked with tokens. Throws NotDeployed where the stack has no API. */
export function guardedPlace({ stack }: StackPool, context: TargetContext): string {
  const { names, cloud, target } = context
  const { api } = addressesOf(stack.outputs, names.apiStage, cloud)
  if (api !== undefined) return `${api}${guardedPath(context)}`
  throw new DeployError('NotDeployed', `${names.stack} has no API`, {
    hint: `make rs-deploy ENV=${target.env} ORG=${target.org}`,
  })
}

export interface LoginCheck {
  user: string
  groups: string[]
  expiresAt: string | undefined
}

/** Signs in, holds the token against the pool's keys, and asks the API who its bearer is. Throws what is wrong first. */
export async function checkLogin(context: TargetContext): Promise<LoginCheck> {
  const { report, ports, target } = context
  guardedPath(context)
  const signedIn = await signIn(context)
  const { pool, token, user, expiresAt } = signedIn
  await report.step('Sign-in', async (step) => {
    const judgement = await judgeToken(token, { ...(await tokenRule(pool, context)), now: ports.clock.now() })
    if (judgement.verdict !== 'accepted') {
      throw new DeployError('Unhealthy', `the token of ${user} does not hold: ${judgement.verdict}`, {
        hint: `make check-rs ENV=${target.env} ORG=${target.org} shows pool and client`,
      })
    }
    step.say(`${user} signed in; the token is signed by ${pool.poolId}, good until ${expiresAt ?? 'ever'}`)
  })
  return report.step('API', async (step) => {
    const bearer = await askApi(guardedPlace(pool, context), token, context)
    if (bearer.status !== 200) {
      throw new DeployError('Unhealthy', `the API answers ${bearer.status ?? 'nothing'} to the token of ${user}`, {
        hint: `${commandFor('test-jwt-aws', target, { USER_NAME: user })} tells more`,
      })
    }
    const groups = bearer.groups ?? (await ports.userPools.groupsOf(pool.poolId, user))
    step.say(`${bearer.name === undefined ? 'takes the token' : `knows ${bearer.name}`}, in ${listed(groups)}`)
    return { user, groups, expiresAt }
  })
}

export function listed(groups: readonly string[]): string {
  return groups.join(', ') || 'no group'
}

/** Issuer, client and keys of the pool. Throws AwsFailed where the keys cannot be had. */
async function tokenRule(
  { poolId, clientId }: StackPool,
  { ports, cloud }: TargetContext,
): Promise<{ issuer: string; clientId: string; keys: JSONWebKeySet }> {
  const { issuer, keys: address } = issuerOf(poolId, cloud)
  const answer = await ports.http.get(address)
  if (answer?.status === 200) return { issuer, clientId, keys: JSON.parse(answer.body) as JSONWebKeySet }
  throw new DeployError('AwsFailed', `${address} answers ${answer?.status ?? 'nothing'}`, {
    hint: 'the same command again',
  })
}
