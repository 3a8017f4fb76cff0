import { describeCause } from '../core/receipt.js'
import { stackName, targetOfStack } from '../core/names.js'
import type { LedgerEntry } from '../flows/ledger.js'
import type { TargetView } from '../flows/look-at-target.js'
import type { Command, EnvironmentContext } from './command.js'

export const lookCommands: Command[] = [
  {
    name: 'check-rs',
    group: 'Look',
    summary: 'What is deployed of an organization, or of every one of ENV when ORG is not given',
    details:
      'Function, API, endpoint, stack, user pool, client and buckets as they are now, with release and live version.',
    example: 'make check-rs ENV=stage ORG=myorg',
    acts: 'environment',
    variables: [],
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
  const { lookAtTarget } = await import('../flows/look-at-target.js')
  const { env, org, report, ports, project } = context
  if (org !== undefined) {
    const view = await lookAtTarget({ env, org }, context)
    return report.emit({ type: 'result', text: describeTarget(view), data: view })
  }
  const stacks = await ports.stacks.list(stackName({ env, org: '' }, project))
  const targets = stacks
    .flatMap(({ name }) => targetOfStack(name, project) ?? [])
    .filter((target) => target.env === env)
  const views = await Promise.all(targets.map((target) => lookAtTarget(target, context)))
  const none = `no organization is deployed in ${env}\nNext: make rs-deploy ENV=${env} ORG=myorg`
  const text = views.length === 0 ? none : views.map(describeTarget).join('\n\n')
  report.emit({ type: 'result', text, data: views })
}

/** What happened after the release that is live. */
function describeNewest(entry: LedgerEntry): string {
  if (entry.kind === 'unreadable') return `Last Attempt: ${entry.where} cannot be read`
  const { release, outcome, failure, cause, removed, at, who } = entry.receipt
  const why = cause === undefined ? failure : describeCause(cause)
  const text = outcome === 'removed' ? removed : why
  return `Last Attempt: release ${release} ${outcome}, ${at} by ${who}${text === undefined ? '' : `: ${text}`}`
}

/** The layout that operators know, with what is missing said. */
function describeTarget(view: TargetView): string {
  const { target, receipt, buckets } = view
  const missing = '(none)'
  const release =
    receipt === undefined ? missing : `${receipt.release}, ${receipt.outcome}, ${receipt.at} by ${receipt.who}`
  return [
    `=== ${target.org} Resources (${target.env}) ===`,
    `Lambda: ${view.function ?? missing}`,
    `API Gateway: ${view.api ?? missing}`,
    `API Endpoint: ${view.addresses.api ?? missing}`,
    `Page: ${view.addresses.page ?? missing}`,
    `Stack Name: ${view.stackName}`,
    `Stack Status: ${view.status} (${view.meaning})`,
    `Release: ${release}`,
    ...(view.newest === undefined ? [] : [describeNewest(view.newest)]),
    ...(view.warning === undefined ? [] : [`WARNING: ${view.warning}`]),
    `Live Version: ${view.liveVersion ?? missing}`,
    `User Pool: ${view.userPoolId ?? missing}`,
    `Client ID: ${view.clientId ?? missing}`,
    'S3 Buckets:',
    `  lambda: ${buckets.lambda ?? missing}`,
    `  forms: ${buckets.forms ?? missing}`,
    `  ELN: ${buckets.eln ?? missing}`,
    `  ELN drafts: ${buckets.drafts ?? missing}`,
    `  frontend: ${buckets.frontend ?? missing}`,
    ...(view.next === undefined ? [] : [`Next: ${view.next}`]),
  ].join('\n')
}
