import { readHealth } from '../../core/api-paths.js'
import type { DirectCheck } from '../../core/functions.js'
import { readableLines } from '../../core/log-event.js'
import type { ProjectApi } from '../../core/project.js'
import { DeployError } from '../../errors.js'
import type { Invocation } from '../../ports.js'
import type { TargetContext } from '../context.js'
import { readFunctionLog } from './function-logs.js'

const mostLines = 6

/** What a version's own answer told: whether it says which version it is. */
export interface Checked {
  saysVersion: boolean
}

/** What a version answered when it was asked past its alias. */
export interface DirectAnswer extends Checked {
  /** Undefined: it is healthy. */
  problem: string | undefined
  /** The last lines of its log; of a healthy one none. */
  log: { label: string; text: string }[]
}

/** Invokes that very version past its alias, so that one that fails never sees a request. Throws Unhealthy. */
export async function checkBeforeTraffic(
  name: string,
  version: string,
  check: DirectCheck,
  context: TargetContext,
): Promise<Checked> {
  const { problem, saysVersion, log } = await askVersion(name, version, check, context)
  if (problem === undefined) return { saysVersion }
  throw new DeployError('Unhealthy', `version ${version} failed its check before traffic: ${problem}`, { facts: log })
}

/** Asks that very version, whatever its alias says. */
export async function askVersion(
  name: string,
  version: string,
  { event, expects }: DirectCheck,
  context: TargetContext,
): Promise<DirectAnswer> {
  const { ports, project } = context
  const since = ports.clock.now()
  const answer = await ports.functions.invoke(name, version, event)
  const found = answer.failed
    ? { problem: crashOf(answer.payload) }
    : judge(answer.payload, expects, project.api.health)
  const lines = found.problem === undefined ? [] : await linesOf(name, answer, since, context)
  return {
    problem: found.problem,
    saysVersion: 'version' in found && found.version !== undefined,
    log: lines.map((text, i) => ({ label: i === 0 ? 'Log' : '', text })),
  }
}

/** What speaks against giving requests to that version again; undefined: it is healthy, or nothing may be sent to it. */
export async function problemOf(
  { name, check }: { name: string; check: DirectCheck | undefined },
  version: string,
  context: TargetContext,
): Promise<string | undefined> {
  if (check === undefined) return undefined
  return (await askVersion(name, version, check, context).catch(() => ({ problem: 'no answer' }))).problem
}

/** What its log says; where Lambda hands none back, as of code that fails as it begins: its trace, or what lies in the log. */
async function linesOf(
  name: string,
  { logTail, payload }: Invocation,
  since: Date,
  context: TargetContext,
): Promise<string[]> {
  const tail = readableLines(logTail.split('\n'), mostLines)
  if (tail.length > 0) return tail
  const trace = readableLines(traceOf(payload), mostLines)
  if (trace.length > 0) return trace
  try {
    return readableLines(await readFunctionLog(name, since, context), mostLines)
  } catch {
    // That it cannot be read must not hide the problem.
    return []
  }
}

function traceOf(payload: string): string[] {
  try {
    const { stackTrace } = JSON.parse(payload) as { stackTrace?: unknown }
    return Array.isArray(stackTrace) ? stackTrace.flatMap((frame) => String(frame).split('\n')) : []
  } catch {
    return []
  }
}

function judge(
  payload: string,
  expects: DirectCheck['expects'],
  kind: ProjectApi['health'],
): { problem: string | undefined; version?: string | undefined } {
  if (expects === 'event') return { problem: undefined }
  try {
    const { statusCode, body } = JSON.parse(payload) as { statusCode?: number; body?: string }
    return readHealth(statusCode ?? 0, body ?? '', kind)
  } catch {
    return { problem: 'its answer is not one of a proxy integration' }
  }
}

function crashOf(payload: string): string {
  try {
    const { errorType, errorMessage } = JSON.parse(payload) as { errorType?: string; errorMessage?: string }
    return `${errorType ?? 'error'}: ${errorMessage ?? ''}`
  } catch {
    return 'it crashed'
  }
}
