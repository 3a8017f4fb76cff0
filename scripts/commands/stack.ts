import { describeCause } from '../core/receipt.js'
import { adviceFor } from '../core/root-cause.js'
import { stackStates, wayOut } from '../core/stack-state.js'
import type { TargetContext } from '../flows/context.js'
import type { Failure } from '../flows/stack/explain-failure.js'
import type { Command } from './command.js'

const common = { group: 'Look', acts: 'target', variables: [] } as const
const mostLogLines = 20

/** What goes on at a stack, and what went wrong there. */
export const stackCommands: Command[] = [
  {
    ...common,
    name: 'rs-attach',
    summary: 'Follow the operation that runs on the stack, whoever started it, to its end',
    details: 'Ends with the verdict, cause and exit code of a deployment. Changes nothing; says so where nothing runs.',
    example: 'make rs-attach ENV=stage ORG=myorg',
    run: follow,
  },
  {
    ...common,
    name: 'rs-why',
    summary: 'Why the last failed deployment of a target failed: the cause and what to do',
    details:
      'The first resource that failed, nested stacks included, its line in the template, and the last log lines of the ' +
      'function behind it. Also for a stack that is gone.',
    example: 'make rs-why ENV=stage ORG=myorg',
    run: why,
  },
  {
    ...common,
    name: 'rs-continue-rollback',
    summary: 'Continue a rollback that failed, once what made it fail is mended',
    details:
      'Shows the resources that failed, with their reasons, and asks (in prod it is typed). SKIP leaves those that it ' +
      'names as they are now: they count as rolled back, and until they agree with the template again later updates may ' +
      'fail on them. An update that was left without a rollback is rolled back. Refused where that would delete data that ' +
      'came into what the update created; ALLOW_DATA_LOSS names what of it cannot be counted and may go.',
    example: 'make rs-continue-rollback ENV=stage ORG=myorg SKIP=FormsBucket',
    variables: ['SKIP', 'ALLOW_DATA_LOSS', 'LOCK_WAIT', 'YES'],
    run: continueIt,
  },
]

async function continueIt(context: TargetContext): Promise<void> {
  const { continueRollback } = await import('../flows/stack/continue-rollback.js')
  const { report, target, names } = context
  const { env, org } = target
  const outcome = await continueRollback(context)
  const status = outcome.kind === 'nothing' ? outcome.status : outcome.stack.status
  const way = status === 'NO_STACK' ? undefined : wayOut(status)
  const skipped = outcome.kind === 'nothing' ? [] : outcome.skipped
  const title = outcome.kind === 'nothing' ? 'there is no rollback to continue' : 'the rollback has ended'
  report.emit({
    type: 'summary',
    title: `${env}/${org} ─ ${title}`,
    rows: [
      { label: 'Stack', text: `${names.stack}  ${status}` },
      ...(skipped.length === 0
        ? []
        : [
            {
              label: 'Skipped',
              text: `${skipped.join(', ')}\nnot what the template says: mend it before the next update`,
            },
          ]),
    ],
    next: [`make ${way ?? 'rs-deploy'} ENV=${env} ORG=${org}`],
    data: { outcome: outcome.kind, env, org, stack: names.stack, status, skipped },
  })
}

async function follow(context: TargetContext): Promise<void> {
  const { attach } = await import('../flows/stack/attach.js')
  const { report, target, names } = context
  const attached = await attach(context)
  const { stack } = attached
  const status = stack?.status ?? 'NO_STACK'
  const meaning = stack === undefined ? 'not deployed' : stackStates[stack.status].meaning
  const idle = `nothing runs on ${names.stack}: it is ${meaning} (${status})`
  const text = attached.kind === 'idle' ? idle : `${names.stack} is ${meaning} (${status})`
  const holder = attached.kind === 'ended' ? attached.holder : undefined
  const rest =
    holder === undefined
      ? `make rs-deploy ENV=${target.env} ORG=${target.org} does what its run has left undone`
      : `the rest of the deployment is done by ${holder}`
  if (attached.kind === 'ended' && status !== 'DELETE_COMPLETE') report.emit({ type: 'note', text: rest })
  report.emit({ type: 'result', text, data: { outcome: attached.kind, stack: names.stack, status, meaning, holder } })
}

async function why(context: TargetContext): Promise<void> {
  const { explainFailure } = await import('../flows/stack/explain-failure.js')
  const failure = await explainFailure(context)
  context.report.emit({ type: 'result', ...(await describeFailure(failure, context)) })
}

async function describeFailure(
  failure: Failure,
  { names, target }: TargetContext,
): Promise<{ text: string; data: unknown }> {
  const { columns, formatTime } = await import('../report/ledger-text.js')
  switch (failure.kind) {
    case 'none': {
      const { stack, receipt } = failure
      const state = stack === undefined ? 'there is no stack' : `${stack.name} is ${stackStates[stack.status].meaning}`
      const last = receipt === undefined ? 'nothing was released' : `release ${receipt.release} is ${receipt.outcome}`
      return { text: `nothing failed: ${state}, ${last}`, data: { failed: false, status: stack?.status } }
    }
    case 'release': {
      const { receipt } = failure
      const { cause } = receipt
      const show = `make rs-show-release ENV=${target.env} ORG=${target.org} RELEASE=${receipt.release}`
      const rows = [
        ['Failed', `release ${receipt.release}, ${formatTime(receipt.at)}, ${receipt.command} by ${receipt.who}`],
        ['Cause', cause === undefined ? (receipt.failure ?? 'not recorded') : describeCause(cause)],
        ...(cause === undefined ? [] : [['Fix', adviceFor(cause.reason, cause.type, target.env)]]),
        ['More', show],
      ]
      return {
        text: columns(rows).join('\n'),
        data: { failed: true, release: receipt.release, cause: cause ?? receipt.failure },
      }
    }
    case 'operation': {
      const { causeFacts } = await import('../flows/stack/find-cause.js')
      const { operation, begun, cause, release, since, running } = failure
      const by = release === undefined ? '' : `, release ${release.release} by ${release.who}`
      const rows = [
        [
          'Failed',
          `the ${operation.kind} of ${names.stack}, ${formatTime(begun.toISOString())}${by}: ${operation.status}`,
        ],
        ...(cause === undefined
          ? [['Cause', 'no resource tells one']]
          : causeFacts(cause, mostLogLines).map(({ label, text }) => [label, text])),
        ...(cause === undefined ? [] : [['Fix', adviceFor(cause.event.reason ?? '', cause.event.type, target.env)]]),
        ...(since === undefined ? [] : [['Since', `a later operation: ${since}`]]),
        ...(running ? [['Now', `an operation runs: make rs-attach ENV=${target.env} ORG=${target.org}`]] : []),
      ]
      return { text: columns(rows).join('\n'), data: dataOf(failure) }
    }
  }
}

function dataOf({ operation, begun, cause, release, since, running }: Failure & { kind: 'operation' }): unknown {
  const { event, path, line, log } = cause ?? {}
  return {
    failed: true,
    operation: operation.kind,
    status: operation.status,
    begun: begun.toISOString(),
    release: release?.release,
    cause: event && { logicalId: event.logicalId, type: event.type, reason: event.reason, nested: path, line, log },
    since,
    running,
  }
}
