import { DeployError } from '../../errors.js'
import type { FunctionState } from '../../ports.js'
import type { Context, TargetContext } from '../context.js'
import { type Wait, waitUntil } from '../wait.js'

const deadlineMs = 5 * 60_000

/** Waits, as `quiet` does, until Lambda takes the function or version for ready. Throws Unhealthy when it says that it failed. */
export async function settled(...asked: Parameters<typeof quiet>): Promise<FunctionState> {
  return verified(await quiet(...asked))
}

/**
 * Waits until nothing of the function or version is under way, however that ended. `among` is how many are waited for at a
 * time.
 */
export async function quiet(
  name: string,
  qualifier: string | undefined,
  context: TargetContext,
  seen?: FunctionState,
  among = 1,
): Promise<FunctionState> {
  if (seen !== undefined && isQuiet(seen)) return seen
  return waitUntil(settling(name, among, context), context, async () => {
    const state = await context.ports.functions.state(name, qualifier)
    if (state === undefined) {
      throw new DeployError('StackState', `the function ${name} does not exist`, { hint: 'make rs-deploy creates it' })
    }
    return isQuiet(state) ? state : undefined
  })
}

/** This many may ask at the full pace; more share it: Lambda answers 15 such calls a second. */
const atFullPace = 3

/** An update takes half a second to a few: asked often at first, or the waiting would double it. */
function settling(name: string, among: number, { cloud }: Context & { cloud: { kind: string } }): Wait {
  const [paceMs, times] = cloud.kind === 'aws' ? [200, 10] : [40, 30]
  const everyMs = paceMs * Math.max(1, Math.ceil(among / atFullPace))
  return {
    what: `${name} to settle`,
    firstMs: everyMs,
    steadyTimes: times,
    limitMs: Math.max(1_000, everyMs),
    deadlineMs,
    hint: 'the same command again',
  }
}

export function hasFailed({ state, lastUpdateStatus }: FunctionState): boolean {
  return state === 'Failed' || lastUpdateStatus === 'Failed'
}

/** The same state; throws Unhealthy when Lambda says that it failed. */
export function verified(state: FunctionState): FunctionState {
  if (!hasFailed(state)) return state
  throw new DeployError('Unhealthy', `Lambda could not prepare ${state.name}: ${state.reason ?? 'no reason told'}`, {
    hint: 'correct the cause, then the same command again',
  })
}

function isQuiet({ state, lastUpdateStatus }: FunctionState): boolean {
  return state !== 'Pending' && lastUpdateStatus !== 'InProgress'
}
