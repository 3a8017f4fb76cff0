import { counted } from '../core/contents.js'
import { type EntryChange, describeChange } from '../core/input-changes.js'
import { type Receipt, describeCause } from '../core/receipt.js'
import { formatDuration } from './layout.js'

const symbols = { added: '+', changed: '~', removed: '−' } as const

/** `2025-01-02 03:04:05Z`. */
export function formatTime(iso: string): string {
  return `${iso.slice(0, 19).replace('T', ' ')}Z`
}

/** The rows in columns as wide as they need to be, without borders: they survive a CI log and a copy. */
export function columns(rows: readonly (readonly string[])[]): string[] {
  const widths = (rows[0] ?? []).map((_cell, i) => Math.max(...rows.map((row) => (row[i] ?? '').length)))
  return rows.map((row) =>
    row
      .map((cell, i) => cell.padEnd(widths[i] ?? 0))
      .join('  ')
      .trimEnd(),
  )
}

/** The history's columns and one row of them. */
export const historyTitles = ['release', 'when', 'who', 'command', 'outcome', 'version', 'commit', 'took'] as const

export function historyRow(receipt: Receipt): string[] {
  const { release, at, who, command, outcome, commit, durationMs } = receipt
  const version = receipt.function?.version ?? '-'
  const short = commit?.slice(0, 8) ?? '-'
  return [String(release), formatTime(at), who, command, outcome, version, short, formatDuration(durationMs)]
}

/** The whole receipt for people. */
export function describeReceipt(receipt: Receipt): string {
  const { inputs, stack, config, health, files, artifacts, packaged } = receipt
  const facts: [string, string | undefined][] = [
    ['release', `${receipt.release}, ${receipt.outcome}`],
    ['failure', receipt.failure],
    ['cause', receipt.cause && describeCause(receipt.cause)],
    ['removed', receipt.removed],
    ['adopted', receipt.adopted],
    ['when', `${formatTime(receipt.at)}, after ${formatDuration(receipt.durationMs)}`],
    ['who', receipt.who],
    ['command', receipt.command],
    ['commit', receipt.commit],
    ['tool', inputs.tool],
    ['build for', inputs.place],
    ['stack', stack.arn === '' ? undefined : `${stack.arn}, changed ${formatTime(stack.changedAt)}`],
    ['function', receipt.function && `${receipt.function.name}, version ${receipt.function.version}`],
    ['code', receipt.function?.codeSha256],
    ['config', config && `s3://${config.bucket}/config.json, ${versionOf(config)}`],
    ['went back', receipt.rolledBackTo === undefined ? undefined : `to release ${receipt.rolledBackTo}`],
    ['config then', configFates[String(receipt.configRestored)]],
    ['health', health && `healthy after ${counted(health.attempts, 'attempt')}, ${formatDuration(health.durationMs)}`],
  ]
  const known = facts.flatMap(([label, text]) => (text === undefined ? [] : [[label, text]]))
  const hashes = [
    ['template', inputs.template],
    ['code', inputs.code],
    ['config', inputs.config],
  ]
  return [
    ...columns(known),
    ...section('inputs (SHA-256)', hashes),
    ...section('parameters', Object.entries(inputs.parameters)),
    ...section(
      'artifacts',
      Object.entries({ ...artifacts, ...(packaged === undefined ? {} : { template: packaged }) }),
    ),
    ...section(
      'files (SHA-256, first 12 digits)',
      Object.entries(files ?? {}).map(([file, hash]) => [hash, file]),
    ),
  ].join('\n')
}

const configFates: Readonly<Record<string, string>> = {
  true: 'put back to what it was',
  false: 'left as this release changed it',
}

function versionOf({ etag, versionId }: NonNullable<Receipt['config']>): string {
  return versionId === undefined ? `ETag ${etag}` : `ETag ${etag}, version ${versionId}`
}

function section(title: string, rows: readonly (readonly string[])[]): string[] {
  return rows.length === 0 ? [] : ['', title, ...columns(rows).map((line) => `  ${line}`)]
}

/** `~ EnableAuth  true → false`; of a file only its name, of which hashes say nothing to people. */
export function changeLine(entry: EntryChange, isFile: boolean): string {
  const { name, change } = entry
  return `${symbols[change]} ${isFile ? name : describeChange(entry)}`
}
