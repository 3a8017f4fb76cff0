import { counted } from '../core/contents.js'
import { isSet } from '../core/inputs.js'
import { DeployError } from '../errors.js'
import type { FailedGlance } from '../flows/look/look-at-environment.js'
import type { Event } from '../report/events.js'
import type { Command, EnvironmentContext } from './command.js'

const refreshMs = 5_000

export const lookCommands: Command[] = [
  {
    name: 'check-rs',
    group: 'Look',
    summary: 'What is deployed of an organization, or of every one of ENV when ORG is not given',
    details:
      'Function, API, endpoint, stack, user pool, client and buckets as they are now; release, live version, whether the ' +
      'configuration is in sync, drift, the last failure. Without ORG one line for each. WATCH=true looks again every 5 s.',
    example: 'make check-rs ENV=stage ORG=myorg',
    acts: 'environment',
    variables: ['WATCH'],
    run: checkTargets,
  },
  {
    name: 'check-rs-stack-status',
    group: 'Look',
    summary: 'The state of the stack, or NO_STACK',
    details: 'The bare word on standard output, for scripts; what it means goes to standard error.',
    example: 'make check-rs-stack-status ENV=stage ORG=myorg',
    acts: 'target',
    variables: [],
    async run({ ports, names, report }) {
      const { stackStates } = await import('../core/stack-state.js')
      const stack = await ports.stacks.describe(names.stack)
      const status = stack?.status ?? 'NO_STACK'
      const meaning = stack === undefined ? 'not deployed' : stackStates[stack.status].meaning
      report.emit({ type: 'note', text: `${names.stack} is ${meaning}` })
      report.emit({ type: 'result', text: status, data: { stack: names.stack, status, meaning } })
    },
  },
]

async function checkTargets(context: EnvironmentContext): Promise<void> {
  if (!isSet(context.inputs, 'WATCH')) {
    const { result, failed } = await lookOnce(context)
    context.report.emit(result)
    return verifyAllSeen(failed, context.env)
  }
  const { untilInterrupted } = await import('../flows/until-interrupted.js')
  let again = false
  await untilInterrupted(refreshMs, context, async () => {
    context.report.emit({ ...(await lookOnce(context)).result, again })
    again = true
  })
}

interface Looked {
  result: Extract<Event, { type: 'result' }>
  /** Those of ENV that could not be looked at. */
  failed: FailedGlance[]
}

async function lookOnce(context: EnvironmentContext): Promise<Looked> {
  const { describeMatrix, describeTarget } = await import('./look-text.js')
  const { env, org, ports } = context
  if (org !== undefined) {
    const { lookAtTarget } = await import('../flows/look/look-at-target.js')
    const view = await lookAtTarget({ env, org }, context)
    return { result: { type: 'result', text: describeTarget(view, ports.clock.now()), data: view }, failed: [] }
  }
  const { glanceAtEnvironment } = await import('../flows/look/look-at-environment.js')
  const glimpses = await glanceAtEnvironment(env, context)
  const none = `no organization is deployed in ${env}\nNext: make rs-deploy ENV=${env} ORG=myorg`
  const text = glimpses.length === 0 ? none : describeMatrix(glimpses, ports.clock.now())
  const failed = glimpses.filter((one) => 'failed' in one)
  return { result: { type: 'result', text, data: glimpses }, failed }
}

/** A script must not take a matrix with holes for the whole. Throws PartlyDone. */
function verifyAllSeen(failed: readonly FailedGlance[], env: string): void {
  if (failed.length === 0) return
  throw new DeployError('PartlyDone', `${counted(failed.length, 'organization')} of ${env} could not be looked at`, {
    facts: failed.map(({ target, failed: why }) => ({ label: target.org, text: why })),
    hint: failed.map(({ next }) => next).join('\n'),
  })
}
