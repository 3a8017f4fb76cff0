import { describeCause, inputClauses } from '../core/receipt.js'
import type { VariableName } from '../core/variables.js'
import { DeployError } from '../errors.js'
import type { TargetContext } from '../flows/context.js'
import type { LedgerEntry } from '../flows/ledger/ledger.js'
import type { WhyChanged } from '../flows/ledger/why-changed.js'
import type { Command, WideContext } from './command.js'

const common = { group: 'Ledger', acts: 'target' } as const
export const parameterVariables: VariableName[] = [
  'ENABLE_AUTH',
  'CREATE_BUCKETS',
  'DOMAIN_NAME',
  'CERTIFICATE_ARN',
  'ALARM_EMAIL',
  'COGNITO_USER_POOL_ID',
  'COGNITO_CLIENT_ID',
]

export const ledgerCommands: Command[] = [
  {
    ...common,
    name: 'rs-history',
    summary: 'Every release of a target, newest first: when, who, outcome, version, commit',
    details:
      'Beneath a failed one its cause, and what a take-down removed. A receipt that cannot be read is shown with its address and hides no other.',
    example: 'make rs-history ENV=prod ORG=myorg',
    variables: [],
    run: showHistory,
  },
  {
    ...common,
    name: 'rs-show-release',
    summary: 'The whole receipt of one release: inputs, files, artifacts, version, health',
    details: 'RELEASE is its number, as rs-history shows it.',
    example: 'make rs-show-release ENV=prod ORG=myorg RELEASE=7',
    variables: ['RELEASE'],
    run: showRelease,
  },
  {
    ...common,
    name: 'rs-why-changed',
    summary: 'What a deployment would change since the last live release, file by file',
    details:
      'Takes the variables that rs-deploy takes for the template. Values of secrets are not shown. Changes nothing.',
    example: 'make rs-why-changed ENV=stage ORG=myorg',
    variables: parameterVariables,
    run: showWhyChanged,
  },
  {
    ...common,
    name: 'rs-config-restore',
    summary: 'Put the previous version of the uploaded configuration back',
    details:
      'Shows what changes, and asks in prod. Done twice, it is as it was: the version before is then the one that was ' +
      'taken away. The next rs-deploy uploads what infra/.config says, so change that too.',
    example: 'make rs-config-restore ENV=stage ORG=myorg',
    variables: ['LOCK_WAIT', 'YES'],
    run: restore,
  },
  {
    name: 'rs-metrics',
    group: 'Ledger',
    summary: 'How deploying goes: success rate, durations, rollbacks, lead time',
    details:
      'Of every target, of ENV, of ORG, or of one, with the total; from the receipts, also of targets that were taken ' +
      'down since. The lead time is from the commit to the first release of it, as far as this checkout has the commits.',
    example: 'make rs-metrics ENV=stage',
    acts: 'everywhere',
    variables: [],
    run: showMetrics,
  },
]

async function showHistory(context: TargetContext): Promise<void> {
  const { readHistory } = await import('../flows/ledger/ledger.js')
  const { columns, historyRow, historyTitles } = await import('../report/ledger-text.js')
  const { report, target } = context
  const entries = await readHistory(context)
  if (entries.length === 0) {
    report.emit({ type: 'note', text: `nothing was released yet: make rs-deploy ENV=${target.env} ORG=${target.org}` })
  }
  const rows = entries.flatMap((entry) => (entry.kind === 'receipt' ? [historyRow(entry.receipt)] : []))
  const lines = columns([[...historyTitles], ...rows])
  const text = entries.length === 0 ? [] : [lines[0] ?? '', ...mixed(entries, lines.slice(1))]
  report.emit({ type: 'result', text: text.join('\n'), data: entries.map(dataOf) })
}

/** Each entry's line, in their order, and beneath a failed one what failed. */
function mixed(entries: readonly LedgerEntry[], lines: readonly string[]): string[] {
  const left = [...lines]
  return entries.flatMap((entry) => {
    if (entry.kind === 'unreadable') return [`${entry.where} cannot be read`]
    const { failure, cause, removed, adopted } = entry.receipt
    const beneath = [failure, cause && describeCause(cause), removed, adopted].flatMap((text) => text ?? [])
    return [left.shift() ?? '', ...beneath.map((text) => `         ${text}`)]
  })
}

function dataOf(entry: LedgerEntry): unknown {
  if (entry.kind === 'unreadable') return { unreadable: entry.where }
  const { release, at, who, command, outcome, failure, cause, removed, adopted, commit, durationMs } = entry.receipt
  const version = entry.receipt.function?.version
  return { release, at, who, command, outcome, failure, cause, removed, adopted, version, commit, durationMs }
}

async function showRelease(context: TargetContext): Promise<void> {
  const { readRelease } = await import('../flows/ledger/ledger.js')
  const { describeReceipt } = await import('../report/ledger-text.js')
  const { RELEASE } = context.inputs
  if (RELEASE === undefined || !/^[1-9]\d{0,8}$/.test(RELEASE)) {
    const problem = RELEASE === undefined ? 'RELEASE is missing' : `RELEASE=${RELEASE} is not a number of a release`
    throw new DeployError('Usage', problem, { hint: 'RELEASE=7; make rs-history lists them' })
  }
  const receipt = await readRelease(Number(RELEASE), context)
  context.report.emit({ type: 'result', text: describeReceipt(receipt), data: receipt })
}

async function showWhyChanged(context: TargetContext): Promise<void> {
  const { whyChanged } = await import('../flows/ledger/why-changed.js')
  const { changeLine, formatTime } = await import('../report/ledger-text.js')
  const found = await whyChanged(context)
  const { reasons, since, inputs, filesKnown } = found
  const fileClauses: string[] = [inputClauses.template, inputClauses.code, inputClauses.config]
  const groups = inputs.flatMap(({ clause, changes }) => [
    clause,
    ...changes.map((change) => `  ${changeLine(change, fileClauses.includes(clause))}`),
  ])
  const other = reasons.filter((reason) => !inputs.some(({ clause }) => clause === reason))
  const untold = filesKnown || !inputs.some(({ clause }) => fileClauses.includes(clause))
  const text = [
    since === undefined
      ? 'no release is live'
      : `since release ${since.release}, ${formatTime(since.at)} by ${since.who}:`,
    ...(reasons.length === 0 ? ['nothing changed: a deployment would do nothing'] : []),
    ...other,
    ...groups,
    ...(untold ? [] : ['which files cannot be told: that release was recorded without them']),
  ]
  context.report.emit({ type: 'result', text: text.join('\n'), data: dataOfWhy(found) })
}

function dataOfWhy({ reasons, since, inputs, filesKnown }: WhyChanged): unknown {
  return { changed: reasons.length > 0, reasons, since: since?.release, inputs, filesKnown }
}

async function showMetrics(context: WideContext): Promise<void> {
  const { readMetrics } = await import('../flows/ledger/metrics.js')
  const { metricsText } = await import('../report/metrics-text.js')
  const found = await readMetrics(context, context)
  context.report.emit({ type: 'result', text: metricsText(found), data: found })
}

async function restore(context: TargetContext): Promise<void> {
  const { restoreConfig } = await import('../flows/config/restore-config.js')
  const { env, org } = context.target
  const changes = await restoreConfig(context)
  context.report.emit({
    type: 'summary',
    title: `${env}/${org} ─ the previous configuration is back`,
    rows: [{ label: 'Note', text: 'the next rs-deploy uploads what infra/.config says: change that too' }],
    next: [`make rs-config-restore ENV=${env} ORG=${org}, to undo it`],
    data: { env, org, changes },
  })
}
