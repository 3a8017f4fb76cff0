import { readHealth } from '../../core/api-paths.js'
import { readableLines } from '../../core/log-event.js'
import { DeployError } from '../../errors.js'
import type { Step } from '../../report/report.js'
import type { TargetContext } from '../context.js'
import { readFunctionLog } from './function-logs.js'

const defaultAttempts = 15
const longestWaitMs = 60_000
const shownLines = 4
/** After a version answered healthy past its alias, all that is left is the alias: no first start is waited for. */
export const longestProbeMs = 60_000
/** What served before is asked so often once it serves again: it is no first start either. */
export const attemptsBack = 5

export interface Health {
  attempts: number
  durationMs: number
}

/** What is asked for its health, and what counts as the answer. */
export interface HealthQuestion {
  /** Address of the API, without the path. */
  api: string
  /** The function behind it. */
  function: string
  /** The version that must answer; undefined: any, where no version is released of it. */
  version: string | undefined
  /** Whether an answer that names no version is refused: the version named itself when it was asked directly. */
  mustSayVersion: boolean
  attempts: number
  /** No attempt begins later than this after the first. */
  mostMs?: number
}

export type HealthAnswer =
  | { kind: 'healthy'; health: Health }
  | { kind: 'unhealthy'; health: Health; problem: string; facts: { label: string; text: string }[] }

/** Asks over HTTP until the version answers healthy: waits min(2^(n-1), 60) s between the attempts. */
export async function askHealth(question: HealthQuestion, step: Step, context: TargetContext): Promise<HealthAnswer> {
  const { ports, signal } = context
  const { api, attempts, mostMs = Number.POSITIVE_INFINITY } = question
  const address = `${api}${healthPathOf(context)}`
  const started = ports.clock.now()
  const spentMs = (): number => ports.clock.now().getTime() - started.getTime()
  for (let attempt = 1; ; attempt++) {
    const problem = await ask(address, question, context)
    if (problem === undefined) return { kind: 'healthy', health: { attempts: attempt, durationMs: spentMs() } }
    step.progress(`attempt ${attempt} of ${attempts}: ${problem.text}`)
    const waitMs = Math.min(1000 * 2 ** (attempt - 1), longestWaitMs)
    const hopeless = problem.crashed ? await hopelessness(question, started, context) : undefined
    if (hopeless !== undefined || attempt >= attempts || spentMs() + waitMs > mostMs) {
      const health = { attempts: attempt, durationMs: spentMs() }
      const log = await logFacts(question.function, started, context)
      const facts = [{ label: 'Address', text: address }, ...log]
      return { kind: 'unhealthy', health, problem: hopeless ?? problem.text, facts }
    }
    await ports.clock.sleep(waitMs, signal)
  }
}

async function ask(
  address: string,
  { version, mustSayVersion }: HealthQuestion,
  { ports, project }: TargetContext,
): Promise<{ text: string; crashed: boolean } | undefined> {
  const answer = await ports.http.get(address)
  if (answer === undefined) return { text: 'no answer', crashed: false }
  const health = readHealth(answer.status, answer.body, project.api.health)
  if (!health.healthy) {
    const crashed = answer.status >= 500 && health.version === undefined
    return { text: health.problem ?? 'not healthy', crashed }
  }
  const named = health.version ?? (mustSayVersion ? 'unknown' : version)
  return version === undefined || named === version
    ? undefined
    : { text: `version ${named} answers instead of ${version}`, crashed: false }
}

/** What makes Lambda give up on a version before its code runs: no later attempt can go better. */
const initFailure =
  /Runtime\.(ImportModuleError|UserCodeSyntaxError|HandlerNotFound|MalformedHandlerName)|Unable to import module/

async function hopelessness(
  { function: name, version }: HealthQuestion,
  since: Date,
  context: TargetContext,
): Promise<string | undefined> {
  const state = await context.ports.functions.state(name, version)
  if (state?.state === 'Failed')
    return `Lambda cannot run version ${version ?? '$LATEST'}: ${state.reason ?? 'no reason told'}`
  const lines = await logLines(name, since, context)
  return [...readableLines(lines, lines.length), ...lines].find((line) => initFailure.test(line))?.trim()
}

async function logFacts(name: string, since: Date, context: TargetContext): Promise<{ label: string; text: string }[]> {
  const lines = readableLines(await logLines(name, since, context), shownLines)
  return lines.map((text, i) => ({ label: i === 0 ? 'Log' : '', text }))
}

/** That they cannot be read must not hide the problem. */
function logLines(name: string, since: Date, context: TargetContext): Promise<string[]> {
  return readFunctionLog(name, since, context).catch(() => [])
}

/** The failure of a gate where nothing can be taken back. */
export function unhealthy({ health, problem, facts }: Extract<HealthAnswer, { kind: 'unhealthy' }>): DeployError {
  const times = health.attempts === 1 ? 'once' : `${health.attempts} times`
  return new DeployError('Unhealthy', `the health check failed ${times}, last: ${problem}`, {
    facts,
    hint: 'the function’s log tells why; then the same command again',
  })
}

/** HEALTH_ATTEMPTS as a number. Throws Usage; asked for before anything is written. */
export function readAttempts(given: string | undefined, otherwise = defaultAttempts): number {
  if (given === undefined) return otherwise
  const attempts = Number(given)
  if (/^\d{1,3}$/.test(given) && attempts >= 1 && attempts <= 100) return attempts
  throw new DeployError('Usage', `HEALTH_ATTEMPTS=${given} is not a number from 1 to 100`, {
    hint: 'HEALTH_ATTEMPTS=15',
  })
}

/** HEALTH_PATH, or the usual one. Throws Usage. */
export function healthPathOf({ inputs, project }: Pick<TargetContext, 'inputs' | 'project'>): string {
  const given = inputs.HEALTH_PATH
  if (given === undefined || /^\/[\w./~-]*$/.test(given)) return given ?? project.api.healthPath
  throw new DeployError('Usage', `HEALTH_PATH=${given} is not a path`, { hint: 'HEALTH_PATH=/health' })
}
