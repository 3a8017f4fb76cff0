import { randomUUID } from 'node:crypto'
import { decodeJwt } from 'jose'
import { forgedTokens } from '../../core/forged-tokens.js'
import { isAuthOn } from '../../core/project.js'
import { testUserDomain } from '../../core/users.js'
import { DeployError } from '../../errors.js'
import type { Step } from '../../report/report.js'
import type { TargetContext } from '../context.js'
import { type SignedIn, askApi, guardedPath, guardedPlace, listed, signIn, signInAs } from './sign-in.js'
import { findStackPool } from './stack-pool.js'
import { ensureUser } from './users.js'

/** One thing that was asked of the API and what it answered. */
export interface TokenCheck {
  name: string
  result: 'ok' | 'failed' | 'skipped'
  text: string
}

/** Signs USER_NAME in and asks the API with that token, without one, and with tokens that it must refuse. */
export async function testTokens(context: TargetContext): Promise<TokenCheck[]> {
  await verifyGuarded(context)
  return checkTokens(await signIn(context), context)
}

/** The same on the local AWS, with a user of its own where none is given, who is removed at the end. */
export async function testTokensLocally(context: TargetContext): Promise<TokenCheck[]> {
  const { cloud, inputs, ports, report, target } = context
  if (cloud.kind !== 'local') {
    throw new DeployError('Usage', 'test-jwt-local is for the local AWS, and this is not', {
      hint: `CLOUD=local, or make test-jwt-aws ENV=${target.env} ORG=${target.org}`,
    })
  }
  if (target.env === 'prod' && inputs.USER_NAME === undefined) {
    throw new DeployError('Refused', 'test-jwt-local makes a user for the test, and prod is no place for one', {
      hint: `make test-jwt-local ENV=prod ORG=${target.org} USER_NAME=…, one who is there already`,
    })
  }
  await verifyGuarded(context)
  if (inputs.USER_NAME !== undefined) return checkTokens(await signIn(context), context)
  const pool = await findStackPool(context)
  const email = `jwt-check-${randomUUID()}@${testUserDomain}`
  const password = `Aa1!${randomUUID()}`
  report.hide(password)
  const groups = (await ports.userPools.groups(pool.poolId)).slice(0, 1).map(({ name }) => name)
  try {
    await ensureUser({ email, name: undefined, groups, password }, undefined, pool, context)
    return await checkTokens(await signInAs(email, password, pool, context), context)
  } finally {
    await ports.userPools.removeUser(pool.poolId, email)
  }
}

/** Where auth is off, every token is as good as none. */
async function verifyGuarded(context: TargetContext): Promise<void> {
  guardedPath(context)
  const { stack } = await findStackPool(context)
  if (isAuthOn(stack.parameters, context.project)) return
  throw new DeployError('StackState', `auth is off in ${stack.name}: every path is open, with any token`, {
    hint: `make rs-deploy-only ENV=${context.target.env} ORG=${context.target.org} ENABLE_AUTH=true`,
  })
}

async function checkTokens(signedIn: SignedIn, context: TargetContext): Promise<TokenCheck[]> {
  const { ports, report, target } = context
  const { pool, token, user } = signedIn
  const place = guardedPlace(pool, context)
  const foreign = foreignToken(token, context)
  const checks: TokenCheck[] = []
  await report.step('Tokens', async (step) => {
    const forged = await forgedTokens(token, ports.clock.now())
    checks.push(await checkGood(place, signedIn, context))
    const refused = [
      { name: 'no token', token: undefined },
      ...forged,
      ...(foreign === undefined ? [] : [{ name: 'a token of another organization', token: foreign }]),
    ]
    for (const one of refused) checks.push(await checkRefused(place, one, context))
    if (foreign === undefined) checks.push(skippedForeign)
    for (const check of checks) tell(check, step)
    const asked = checks.filter(({ result }) => result !== 'skipped')
    step.say(`${asked.filter(({ result }) => result === 'ok').length} of ${asked.length} as they must be`)
  })
  const failed = checks.filter(({ result }) => result === 'failed')
  if (failed.length === 0) return checks
  throw new DeployError('Unhealthy', `the API of ${target.env}/${target.org} fails ${failed.length} token checks`, {
    facts: failed.map(({ name, text }) => ({ label: 'Check', text: `${name}: ${text}` })),
    hint: `do not use this API before it is mended: make rs-deploy ENV=${target.env} ORG=${target.org} FORCE=true; signed in was ${user}`,
  })
}

const skippedForeign: TokenCheck = {
  name: 'a token of another organization',
  result: 'skipped',
  text: 'not given: OTHER_TOKEN=$(make get-rs-token …) in the environment',
}

function tell({ name, result, text }: TokenCheck, step: Step): void {
  step.line(result === 'ok' ? 'done' : result, `${name}: ${text}`)
}

/** The token must be taken, and the API, where it says so, must know the user and the groups that the pool knows. */
async function checkGood(place: string, { pool, token, user }: SignedIn, context: TargetContext): Promise<TokenCheck> {
  const [bearer, groups] = await Promise.all([
    askApi(place, token, context),
    context.ports.userPools.groupsOf(pool.poolId, user),
  ])
  const name = `a token of ${user}`
  const known = bearer.name ?? user
  const seen = bearer.groups ?? groups
  const sameGroups = [...seen].sort().join() === [...groups].sort().join()
  if (bearer.status === 200 && known.toLowerCase() === user.toLowerCase() && sameGroups) {
    return { name, result: 'ok', text: `200, ${groups.join(', ') || 'in no group'}` }
  }
  const got = bearer.status === 200 ? `${known} in ${listed(seen)}` : 'no user'
  return { name, result: 'failed', text: `${bearer.status ?? 'no answer'}, ${got}; the pool says ${groups.join(', ')}` }
}

async function checkRefused(
  place: string,
  { name, token }: { name: string; token: string | undefined },
  context: TargetContext,
): Promise<TokenCheck> {
  const { status } = await askApi(place, token, context)
  const text = status === undefined ? 'no answer' : String(status)
  return { name, result: status === 401 ? 'ok' : 'failed', text: status === 401 ? text : `${text} instead of 401` }
}

/** OTHER_TOKEN, if it is one of another pool that has not expired: that one proves nothing. Throws Usage. */
function foreignToken(own: string, { inputs, report, ports }: TargetContext): string | undefined {
  const other = inputs.OTHER_TOKEN
  if (other === undefined) return undefined
  report.hide(other)
  const { iss, exp } = claimsOf(other)
  const problem =
    iss === decodeJwt(own).iss
      ? 'is of this organization’s own pool'
      : exp !== undefined && exp * 1000 <= ports.clock.now().getTime()
        ? `expired at ${new Date(exp * 1000).toISOString()}: it would be refused whoever it is of`
        : undefined
  if (problem === undefined) return other
  throw new DeployError('Usage', `OTHER_TOKEN ${problem}`, { hint: otherToken })
}

function claimsOf(token: string): { iss?: string; exp?: number } {
  try {
    return decodeJwt(token)
  } catch {
    throw new DeployError('Usage', 'OTHER_TOKEN is no token', { hint: otherToken })
  }
}

const otherToken = 'OTHER_TOKEN=$(make get-rs-token ENV=… ORG=… USER_NAME=…), of another organization'
