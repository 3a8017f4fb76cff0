import { addressesOf } from '../../core/addresses.js'
import { readHealth } from '../../core/api-paths.js'
import type { DirectCheck } from '../../core/functions.js'
import type { ShiftedFunction } from '../../core/shift.js'
import { gateProblem } from '../../core/shift-gates.js'
import { DeployError } from '../../errors.js'
import { askVersion } from '../release/check-version.js'
import type { TargetContext } from '../context.js'
import { healthPathOf } from '../release/health-gate.js'
import { stackAlarms } from '../stack/stack-alarms.js'

/** Why a shift must go back. */
export interface GateProblem {
  text: string
  facts: { label: string; text: string }[]
}

/** A function whose traffic is to be shifted, and how its versions are asked for their health. */
export interface WatchedFunction extends ShiftedFunction {
  check: DirectCheck | undefined
}

/** Looks once at everything that a shift depends on; undefined: nothing speaks against going on. */
export type Gates = () => Promise<GateProblem | undefined>

/**
 * The gates of a shift. Throws StackState where an alarm is on before a fresh one began: nothing could be told of the new
 * version. In one that was left half way it is a gate like any other.
 */
export async function openGates(
  functions: readonly WatchedFunction[],
  since: Date,
  fresh: boolean,
  context: TargetContext,
): Promise<Gates> {
  const alarms = await stackAlarms(context.names.stack, context)
  const [on] = fresh ? await alarmsOn(alarms, context) : []
  if (on !== undefined) {
    throw new DeployError('StackState', `${on.text} already: a shift could not tell what the new version does`, {
      facts: on.facts,
      hint: 'wait until it is off; where the new version is the cure, STRATEGY=AllAtOnce',
    })
  }
  const api = await healthAddress(context)
  return async () => {
    const problems = await Promise.all([
      alarmsOn(alarms, context),
      figureProblems(functions, since, context),
      ...functions.map((one) => healthProblem(one, context)),
      apiProblem(functions, api, context),
    ])
    return problems.flat()[0]
  }
}

async function alarmsOn(names: readonly string[], { ports }: TargetContext): Promise<GateProblem[]> {
  if (names.length === 0) return []
  const found = await ports.metrics.alarmsOn(names)
  return found.map(({ name, reason }) => ({
    text: `the alarm ${name} is on`,
    facts: [{ label: 'Alarm', text: reason }],
  }))
}

async function healthProblem({ logicalId, name, to, check }: WatchedFunction, context: TargetContext) {
  if (check === undefined) return []
  const { problem, log } = await askVersion(name, to, check, context)
  if (problem === undefined) return []
  return [{ text: `version ${to} of ${logicalId} is not healthy any more: ${problem}`, facts: log }]
}

async function healthAddress(context: TargetContext): Promise<string | undefined> {
  const { ports, names, cloud } = context
  const stack = await ports.stacks.describe(names.stack)
  const { api } = addressesOf(stack?.outputs ?? {}, names.apiStage, cloud)
  return api === undefined ? undefined : `${api}${healthPathOf(context)}`
}

/** Health as those meet it who come through the API: a bad answer counts, unless the old version says that it is its own. */
async function apiProblem(
  functions: readonly WatchedFunction[],
  address: string | undefined,
  { ports, project }: TargetContext,
): Promise<GateProblem[]> {
  const behind = functions.find(({ check }) => check?.expects === 'health')
  const answer = behind && address && (await ports.http.get(address))
  if (!behind || !answer) return []
  const { healthy, version, problem } = readHealth(answer.status, answer.body, project.api.health)
  if (healthy || version === behind.from) return []
  const who = version === undefined ? 'the API’s health path' : `version ${version} of ${behind.logicalId}, over HTTP,`
  return [{ text: `${who} ${problem ?? 'is not healthy'}`, facts: [{ label: 'Address', text: address ?? '' }] }]
}

/** The new versions' errors and duration against the old ones', of the requests since the shift began. */
async function figureProblems(
  functions: readonly WatchedFunction[],
  since: Date,
  { ports }: TargetContext,
): Promise<GateProblem[]> {
  const until = ports.clock.now()
  const questions = functions.flatMap(({ name, alias, from, to }) =>
    [to, from].map((version) => ({ name, alias, version, since, until })),
  )
  const figures = await ports.metrics.figures(questions)
  return functions.flatMap(({ logicalId, to }, i) => {
    const [now, before] = figures.slice(2 * i, 2 * i + 2)
    const problem = now && before && gateProblem(now, before)
    return problem === undefined ? [] : [{ text: `version ${to} of ${logicalId}: ${problem}`, facts: [] }]
  })
}
