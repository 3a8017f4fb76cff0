import { describeAge } from '../core/age.js'
import { describeCause, hasFailed } from '../core/receipt.js'
import type { LedgerEntry } from '../flows/ledger/ledger.js'
import type { Glimpse } from '../flows/look/look-at-environment.js'
import type { TargetGlance, TargetView } from '../flows/look/look-at-target.js'
import { columns } from '../report/ledger-text.js'

const missing = '(none)'

/** The layout that operators know, then how it is; what is missing is said. */
export function describeTarget(view: TargetView, now: Date): string {
  const { target, buckets } = view
  return [
    `=== ${target.org} Resources (${target.env}) ===`,
    `Lambda: ${view.function ?? missing}`,
    `API Gateway: ${view.api ?? missing}`,
    `API Endpoint: ${view.addresses.api ?? missing}`,
    `Page: ${view.addresses.page ?? missing}`,
    `Stack Name: ${view.stackName}`,
    `User Pool: ${view.userPoolId ?? missing}`,
    `Client ID: ${view.clientId ?? missing}`,
    'S3 Buckets:',
    `  lambda: ${buckets.lambda ?? missing}`,
    `  forms: ${buckets.forms ?? missing}`,
    `  ELN: ${buckets.eln ?? missing}`,
    `  ELN drafts: ${buckets.drafts ?? missing}`,
    `  frontend: ${buckets.frontend ?? missing}`,
    `Stack Status: ${view.status} (${view.meaning})`,
    `Release: ${describeRelease(view, now)}`,
    `Live Version: ${view.liveVersion ?? missing}${view.codeProblem === undefined ? '' : ` (${view.codeProblem})`}`,
    ...(view.shift === undefined ? [] : [`Shift: ${view.shift}`]),
    ...configLines(view),
    `Drift: ${describeDrift(view, now)}`,
    ...(view.lock === undefined ? [] : [`Locked: ${view.lock}`]),
    ...(view.newest === undefined ? [] : [describeNewest(view.newest, view.target)]),
    ...(view.warning === undefined ? [] : [`WARNING: ${view.warning}`]),
    ...(view.next === undefined ? [] : [`Next: ${view.next}`]),
  ].join('\n')
}

function describeRelease({ receipt }: TargetGlance, now: Date): string {
  if (receipt === undefined) return missing
  return `${receipt.release}, ${receipt.outcome}, ${receipt.at} by ${receipt.who} (${describeAge(receipt.at, now)} ago)`
}

function configLines({ config }: TargetGlance): string[] {
  if (config === undefined) return [`Config: ${missing}`]
  if (config.length === 0) return ['Config: in sync']
  return config.map(({ text, command }) => `Config: ${text} (${command})`)
}

function describeDrift({ drift, target, status }: TargetGlance, now: Date): string {
  if (status === 'NO_STACK') return missing
  if (drift === undefined) return `not looked for yet (make rs-drift ENV=${target.env} ORG=${target.org})`
  const at = drift.at === undefined ? '' : `, looked for ${describeAge(drift.at, now)} ago`
  // CloudFormation counts what a release does, too: it moves `live`.
  const whose = `: make rs-drift ENV=${target.env} ORG=${target.org} tells whether by more than our releases`
  return `${drift.status}${at}${drift.status === 'DRIFTED' ? whose : ''}`
}

/** What happened after the release that is live. */
function describeNewest(entry: LedgerEntry, { env, org }: TargetGlance['target']): string {
  if (entry.kind === 'unreadable') return `Last Attempt: ${entry.where} cannot be read`
  const { release, outcome, failure, cause, removed, adopted, at, who } = entry.receipt
  const text = (cause === undefined ? failure : describeCause(cause)) ?? removed ?? adopted
  const more = hasFailed(entry.receipt) ? ` (make rs-why ENV=${env} ORG=${org})` : ''
  return `Last Attempt: release ${release} ${outcome}, ${at} by ${who}${text === undefined ? '' : `: ${text}`}${more}`
}

const matrixTitles = ['org', 'status', 'release', 'version', 'age', 'config', 'drift', 'lock', 'last'] as const

/** One line for each organization; below them what needs words, each with its command. */
export function describeMatrix(glimpses: readonly Glimpse[], now: Date): string {
  const table = columns([[...matrixTitles], ...glimpses.map((one) => matrixRow(one, now))])
  return [...table, ...glimpses.flatMap(remarksOn)].join('\n')
}

function remarksOn(glimpse: Glimpse): string[] {
  const { org } = glimpse.target
  if ('failed' in glimpse) return [`${org}: cannot be looked at: ${glimpse.failed} (${glimpse.next})`]
  const { codeProblem, shift, warning, next } = glimpse
  return [
    ...(warning === undefined ? [] : [`${org}: WARNING: ${warning}`]),
    ...(codeProblem === undefined ? [] : [`${org}: ${codeProblem}`]),
    ...(shift === undefined ? [] : [`${org}: shift: ${shift}`]),
    ...(next === undefined ? [] : [`${org}: next: ${next}`]),
  ]
}

/** One line of the matrix; (!) stands where words follow below. */
function matrixRow(glimpse: Glimpse, now: Date): string[] {
  if ('failed' in glimpse) return [glimpse.target.org, '(!)']
  const { target, status, receipt, liveVersion, codeProblem, config, drift, lock, newest } = glimpse
  const isRemarked = [glimpse.warning, glimpse.shift, glimpse.next].some((text) => text !== undefined)
  const last = newest?.kind === 'receipt' ? `release ${newest.receipt.release} ${newest.receipt.outcome}` : undefined
  return [
    target.org,
    `${status}${isRemarked ? ' (!)' : ''}`,
    receipt === undefined ? '-' : String(receipt.release),
    liveVersion === undefined ? '-' : `${liveVersion}${codeProblem === undefined ? '' : ' (!)'}`,
    receipt === undefined ? '-' : describeAge(receipt.at, now),
    config === undefined ? '-' : config.map(({ kind }) => kind).join(', ') || 'in sync',
    drift === undefined ? '-' : `${drift.status}${drift.status === 'DRIFTED' ? '?' : ''}`,
    lock === undefined ? '-' : (lock.split(' ')[0] ?? ''),
    newest?.kind === 'unreadable' ? 'unreadable' : (last ?? '-'),
  ]
}
