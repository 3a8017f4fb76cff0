import { counted } from '../core/contents.js'
import type { Durations, Metrics } from '../core/metrics.js'
import type { Target } from '../core/target.js'
import { formatDuration } from './layout.js'
import { columns, formatTime } from './ledger-text.js'

interface Shown {
  targets: readonly { target: Target; metrics: Metrics; unreadable: readonly string[] }[]
  total: Metrics
}

const titles = ['target', 'deployments', 'good', 'rolled back', 'aborted', 'health retries', 'lead time p50', 'p95']

/** A row for each target and one for all, then the durations of each command. */
export function metricsText({ targets, total }: Shown): string {
  if (targets.length === 0) return 'no release is recorded'
  const rows = targets.map(({ target, metrics }) => rowOf(`${target.env}/${target.org}`, metrics))
  const unreadable = targets.flatMap((one) => one.unreadable)
  return [
    ...columns([titles, ...rows, ...(targets.length > 1 ? [rowOf('all', total)] : [])]),
    '',
    ...columns([
      ['command', 'runs', 'p50', 'p95'],
      ...Object.entries(total.durations).map(([name, of]) => [name, String(of.count), ...percentiles(of)]),
    ]),
    '',
    `from ${formatTime(total.since ?? '')} to ${formatTime(total.until ?? '')}, lead time of ${counted(total.leadTime.count, 'commit')}`,
    ...unreadable.map((where) => `${where} cannot be read and counts nowhere`),
  ].join('\n')
}

function rowOf(name: string, metrics: Metrics): string[] {
  const { deployments, successRate, rollbacks, rollbackRate, aborted, healthRetries, leadTime } = metrics
  return [
    name,
    String(deployments),
    percent(successRate),
    `${rollbacks} (${percent(rollbackRate)})`,
    String(aborted),
    String(healthRetries),
    ...percentiles(leadTime),
  ]
}

function percentiles({ p50, p95 }: Durations): string[] {
  return [p50, p95].map((ms) => (ms === undefined ? '-' : formatDuration(ms)))
}

function percent(share: number | undefined): string {
  return share === undefined ? '-' : `${Math.round(share * 100)} %`
}
