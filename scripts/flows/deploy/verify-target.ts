import { addressesOf } from '../../core/addresses.js'
import { ourParameters } from '../../core/project.js'
import { DeployError } from '../../errors.js'
import type { Stack } from '../../ports.js'
import { type Admin, ensureAdmin } from '../users/admin-user.js'
import { poolOfStack } from '../users/stack-pool.js'
import type { TargetContext } from '../context.js'
import { type Health, type HealthAnswer, askHealth, readAttempts, unhealthy } from '../release/health-gate.js'
import type { Released } from '../release/release-code.js'
import { type Rollback, type Undo, rollBack } from '../release/roll-back.js'
import { countListed, verifyAccess } from '../release/verify-live.js'

/** What a stack's outputs and parameters say about asking it. */
export function apiOf(
  stack: Stack,
  { names, cloud, project }: TargetContext,
): { api: string | undefined; authOn: boolean } {
  const { api } = addressesOf(stack.outputs, names.apiStage, cloud)
  const { EnableAuth } = ourParameters(stack.parameters, project)
  return { api, authOn: EnableAuth === 'true' }
}

/** Asks a target that nothing was changed of whether it is healthy, and whether its API guards what it must. */
export async function verifyTarget(stack: Stack, version: string, context: TargetContext): Promise<void> {
  await context.report.step('Verify', async (step) => {
    const { api } = apiOf(stack, context)
    if (api === undefined) return step.skip('the stack has no output ApiEndpoint')
    const attempts = readAttempts(context.inputs.HEALTH_ATTEMPTS)
    const question = {
      api,
      function: context.names.function,
      version: version === '' ? undefined : version,
      mustSayVersion: false,
      attempts,
    }
    const answer = await askHealth(question, step, context)
    if (answer.kind === 'unhealthy') throw unhealthy(answer)
    step.say(`${healthyWords(version === '' ? undefined : version)}; ${await accessOf(stack, context)}`)
  })
}

async function accessOf(stack: Stack, context: TargetContext): Promise<string> {
  const { api, authOn } = apiOf(stack, context)
  await verifyAccess(api ?? '', authOn, context)
  if (context.project.api.guardedPaths.length === 0) return 'open paths answer'
  return authOn ? 'guarded paths refuse without a token' : 'auth is off, every path is open'
}

function healthyWords(version: string | undefined): string {
  return version === undefined ? 'healthy' : `healthy, answered by version ${version}`
}

export type Proof =
  | { kind: 'healthy'; released: readonly Released[]; health: Health | undefined }
  | { kind: 'unhealthy'; health: Health; rollback: Rollback; error: DeployError }

export interface ProofOptions {
  /** How many attempts there are where HEALTH_ATTEMPTS does not say (15). */
  attempts?: number
  /** No attempt begins later; unset: all attempts are made. */
  mostMs?: number
  /** Whether the paths that must be guarded are asked as well. */
  access: boolean
}

/** Has a release proved over HTTP; one that is not healthy is taken back to what served before. */
export async function proveRelease(
  stack: Stack,
  undo: Undo,
  options: ProofOptions,
  context: TargetContext,
): Promise<Proof> {
  const { report } = context
  const { api } = apiOf(stack, context)
  const behind = undo.released.find(({ answersHealth }) => answersHealth !== undefined)
  let answer: HealthAnswer | undefined
  try {
    await report.step('Verify', async (step) => {
      if (api === undefined) return step.skip('the stack has no output ApiEndpoint')
      answer = await askHealth(questionOf(behind, api, options, context), step, context)
      if (answer.kind === 'unhealthy') throw unhealthy(answer)
      const access = options.access ? `; ${await accessOf(stack, context)}` : ''
      step.say(`${healthyWords(behind?.version)}${access}`)
    })
  } catch (error) {
    if (answer?.kind !== 'unhealthy') throw error
  }
  if (answer?.kind !== 'unhealthy') return { kind: 'healthy', released: undo.released, health: answer?.health }
  const rollback = await report.step('Roll back', (step) => rollBack(undo, api, step, context))
  return { kind: 'unhealthy', health: answer.health, rollback, error: failureOf(answer, rollback, context) }
}

/** A project's own functions may be behind no alias: then its API is asked, whichever version answers. */
function questionOf(
  behind: Released | undefined,
  api: string,
  { mostMs, attempts }: ProofOptions,
  { inputs, names }: TargetContext,
) {
  return {
    api,
    function: behind?.name ?? names.function,
    version: behind?.version,
    mustSayVersion: behind?.answersHealth?.saysVersion === true,
    attempts: readAttempts(inputs.HEALTH_ATTEMPTS, attempts),
    ...(mostMs === undefined ? {} : { mostMs }),
  }
}

/** The failed gate and what became of the way back, in one sentence each. */
function failureOf(
  answer: Extract<HealthAnswer, { kind: 'unhealthy' }>,
  { outcome, versions, left }: Rollback,
  context: TargetContext,
): DeployError {
  const { target, command } = context
  const failure = unhealthy(answer)
  const list = [...new Set(Object.values(versions))].join(', ')
  const became = {
    healthy: `rolled back: version ${list} serves again and is healthy`,
    unhealthy: `rolled back to version ${list}, which is not healthy either`,
    unasked: `rolled back: version ${list} serves again, and was not asked for its health`,
    nothing: left === undefined ? 'nothing to roll back to: requests reach this version' : 'nothing was taken back',
  }[outcome]
  const stays = left === undefined ? '' : `; something else moved the alias of ${left.join(', ')}: it stays`
  const place = `ENV=${target.env} ORG=${target.org}`
  const again = command === 'rs-rollback' ? otherRelease(context) : 'correct the code, then the same command again'
  const hint = {
    healthy: again,
    unasked: again,
    unhealthy: `look at the function’s log; make rs-rollback ${place} RELEASE=… goes further back`,
    nothing: again,
  }[outcome]
  return new DeployError('Unhealthy', `${failure.message}; ${became}${stays}`, {
    facts: failure.facts,
    hint,
    cause: failure,
  })
}

/** What to do about a way back that led nowhere. */
export function otherRelease({ target }: TargetContext): string {
  const place = `ENV=${target.env} ORG=${target.org}`
  return `make rs-rollback ${place} RELEASE=… takes another one of make rs-history`
}

/** Ensures the administrator, when one is given, and has the SOPs listed. Returns the administrator's e-mail. */
export async function ensureSignIn(
  admin: Admin | undefined,
  stack: Stack,
  context: TargetContext,
): Promise<string | undefined> {
  const { report } = context
  const token = admin && (await report.step('Admin', (step) => ensureAdmin(admin, poolOfStack(stack), step, context)))
  await verifyListed(token, stack, context)
  return admin?.email
}

/** The same of a target that nothing is changed of: the checks found the administrator as wanted. */
export async function verifySignIn(
  { admin, token }: { admin: Admin | undefined; token: string | undefined },
  stack: Stack,
  context: TargetContext,
): Promise<string | undefined> {
  if (admin !== undefined) {
    await context.report.step('Admin', async (step) => step.skip(`${admin.email} is as wanted and signs in`))
  }
  await verifyListed(token, stack, context)
  return admin?.email
}

async function verifyListed(token: string | undefined, stack: Stack, context: TargetContext): Promise<void> {
  const { list } = context.project.api
  if (list === undefined) return
  await context.report.step(list.title, async (step) => {
    const { api, authOn } = apiOf(stack, context)
    if (api === undefined || (authOn && token === undefined)) {
      return step.skip('asked only with a sign-in: ADMIN_USERNAME and ADMIN_PASSWORD')
    }
    step.say(`found ${await countListed(api, list, token, context)} ${list.title}`)
  })
}
