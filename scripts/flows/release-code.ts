import { proxyEvent, healthPath, readHealth } from '../core/api-paths.js'
import { ownLines } from '../core/log-lines.js'
import { DeployError } from '../errors.js'
import type { FunctionState } from '../ports.js'
import type { Step } from '../report/report.js'
import type { BuildRecord } from './build-record.js'
import type { TargetContext } from './context.js'
import { waitUntil } from './wait.js'

export const liveAlias = 'live'

export interface Released {
  name: string
  version: string
  codeSha256: string
  /** False when the alias was on this version already. */
  moved: boolean
}

/**
 * Makes what the function holds the live version: settled, published, checked before traffic by invoking that very
 * version, and only then the alias is moved. A version that fails the check never sees a request.
 */
export async function releaseCode(
  build: BuildRecord,
  description: string,
  step: Step,
  context: TargetContext,
): Promise<Released> {
  const { ports, names } = context
  const name = names.function
  step.progress('waiting for the function to settle')
  const latest = await settled(name, undefined, context)
  verifyCode(latest, build)
  const alias = await ports.functions.alias(name, liveAlias)
  if (alias === undefined) {
    throw new DeployError('StackState', `the function ${name} has no alias "${liveAlias}"`, {
      hint: 'the template must hold an AWS::Lambda::Alias of that name: make rs-deploy',
    })
  }
  step.progress('publishing a version')
  const published = await ports.functions.publish(name, latest.codeSha256, latest.revisionId, description)
  const version = await settled(name, published.version, context)
  step.progress(`checking version ${version.version} before traffic`)
  await checkBeforeTraffic(version, alias.version, context)
  const moved = alias.version !== version.version
  if (moved) await ports.functions.moveAlias(name, liveAlias, version.version, alias.revisionId)
  step.say(`version ${version.version} ${moved ? 'checked, now live' : 'was live already'}`)
  return { name, version: version.version, codeSha256: version.codeSha256, moved }
}

/** Publishing whatever the function holds could make another run's code live under this build's name. */
function verifyCode({ name, codeSha256 }: FunctionState, build: BuildRecord): void {
  const built = build.packages.filter(({ kind }) => kind === 'function').map((one) => one.codeSha256)
  if (built.length === 0 || built.includes(codeSha256)) return
  throw new DeployError('StackState', `${name} holds other code than this build: it was changed past this tool`, {
    facts: [{ label: 'Code', text: `${codeSha256}, built ${built.join(', ')}` }],
    hint: 'change a line of the code and deploy again: CloudFormation puts back only what it sees change',
  })
}

/** Waits until Lambda takes the function or version for ready. Throws Unhealthy when it says that it failed. */
async function settled(name: string, qualifier: string | undefined, context: TargetContext): Promise<FunctionState> {
  const wait = {
    what: `${name} to settle`,
    firstMs: 50,
    limitMs: 1_000,
    deadlineMs: 5 * 60_000,
    hint: 'the same command again',
  }
  return waitUntil(wait, context, async () => {
    const state = await context.ports.functions.state(name, qualifier)
    if (state === undefined) {
      throw new DeployError('StackState', `the function ${name} does not exist`, { hint: 'make rs-deploy creates it' })
    }
    if (state.state === 'Failed' || state.lastUpdateStatus === 'Failed') {
      throw new DeployError('Unhealthy', `Lambda could not prepare ${name}: ${state.reason ?? 'no reason told'}`, {
        hint: 'correct the cause, then the same command again',
      })
    }
    const ready = state.state !== 'Pending' && state.lastUpdateStatus !== 'InProgress'
    return ready ? state : undefined
  })
}

async function checkBeforeTraffic(
  { name, version }: FunctionState,
  live: string,
  { ports, target }: TargetContext,
): Promise<void> {
  const answer = await ports.functions.invoke(name, version, proxyEvent(healthPath, target.env))
  const problem = answer.failed ? crashOf(answer.payload) : problemOf(answer.payload)
  if (problem === undefined) return
  const lines = ownLines(answer.logTail.split('\n'), 4)
  throw new DeployError('Unhealthy', `version ${version} failed its check before traffic: ${problem}`, {
    facts: lines.map((text, i) => ({ label: i === 0 ? 'Log' : '', text })),
    // Before a first release the alias points at $LATEST, which is this very code.
    hint:
      live === '$LATEST'
        ? 'this stack has no good version yet: its API answers with this code; correct it, then the same command again'
        : `no request reached it, version ${live} goes on serving; correct the code, then the same command again`,
  })
}

function crashOf(payload: string): string {
  try {
    const { errorType, errorMessage } = JSON.parse(payload) as { errorType?: string; errorMessage?: string }
    return `${errorType ?? 'error'}: ${errorMessage ?? ''}`
  } catch {
    return 'it crashed'
  }
}

function problemOf(payload: string): string | undefined {
  try {
    const { statusCode, body } = JSON.parse(payload) as { statusCode?: number; body?: string }
    return readHealth(statusCode ?? 0, body ?? '').problem
  } catch {
    return 'its answer is not one of a proxy integration'
  }
}
