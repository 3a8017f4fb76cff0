import { type Receipt, isRelease } from './receipt.js'

/** A receipt with when its commit was made, where git knows that. */
export interface MeasuredReceipt {
  receipt: Receipt
  committedAt: Date | undefined
}

/** Milliseconds; undefined where nothing was measured. */
export interface Durations {
  count: number
  p50: number | undefined
  p95: number | undefined
}

export interface Metrics {
  /** Attempts to bring something live; a way back is none, nor what a take-down recorded. */
  deployments: number
  live: number
  /** Without those that somebody aborted. */
  failed: number
  /** Shifts that somebody took back on purpose. */
  aborted: number
  /** 0 to 1; undefined where nothing was deployed. */
  successRate: number | undefined
  /** How often requests went back to an earlier release, by a gate or by rs-rollback; per deployment. */
  rollbacks: number
  rollbackRate: number | undefined
  /** Times that the health of a release had to be asked again. */
  healthRetries: number
  /** By command, of all its runs. */
  durations: Record<string, Durations>
  /** From the commit to the end of the first release that brought it live. */
  leadTime: Durations
  /** Newest and oldest, ISO 8601. */
  since: string | undefined
  until: string | undefined
}

const rollbackCommand = 'rs-rollback'

/** What receipts tell about how deploying went; of one target or of many. */
export function measure(targets: readonly (readonly MeasuredReceipt[])[]): Metrics {
  const all = targets.flat().filter(({ receipt }) => isRelease(receipt))
  const receipts = all.map(({ receipt }) => receipt)
  const deployments = receipts.filter(({ command }) => command !== rollbackCommand)
  const live = deployments.filter(({ outcome }) => outcome === 'live').length
  const aborted = deployments.filter(wasAborted).length
  const rollbacks = receipts.filter(wentBack)
  const share = (count: number): number | undefined =>
    deployments.length === 0 ? undefined : count / deployments.length
  const commands = [...new Set(receipts.map(({ command }) => command))].sort()
  const times = receipts.map(({ at }) => at).sort()
  return {
    deployments: deployments.length,
    live,
    failed: deployments.length - live - aborted,
    aborted,
    successRate: share(live),
    rollbacks: rollbacks.length,
    rollbackRate: share(rollbacks.length),
    healthRetries: receipts.reduce((sum, { health }) => sum + Math.max(0, (health?.attempts ?? 1) - 1), 0),
    durations: Object.fromEntries(
      commands.map((command) => [
        command,
        durationsOf(receipts.filter((one) => one.command === command).map(({ durationMs }) => durationMs)),
      ]),
    ),
    leadTime: durationsOf(targets.flatMap(leadTimes)),
    since: times[0],
    until: times.at(-1),
  }
}

function wasAborted({ shift }: Receipt): boolean {
  return shift?.ended === 'aborted'
}

/** A way back that was refused, or found nothing to go back to, moved no request; an abort is told by itself. */
function wentBack(receipt: Receipt): boolean {
  const { command, outcome, rollback } = receipt
  if (command === rollbackCommand && outcome === 'live') return true
  return rollback !== undefined && rollback.outcome !== 'nothing' && !wasAborted(receipt)
}

/** A commit is live on a target once: the first release of it counts, and going back to it does not. */
function leadTimes(target: readonly MeasuredReceipt[]): number[] {
  const first = new Map<string, number>()
  const oldestFirst = [...target].sort((a, b) => a.receipt.release - b.receipt.release)
  for (const { receipt, committedAt } of oldestFirst) {
    const { commit, outcome, command, at } = receipt
    if (commit === undefined || committedAt === undefined || outcome !== 'live' || command === rollbackCommand) continue
    const tookMs = Date.parse(at) - committedAt.getTime()
    if (!first.has(commit) && tookMs >= 0) first.set(commit, tookMs)
  }
  return [...first.values()]
}

/** Percentiles by nearest rank: a value that was measured, never one between two. */
export function durationsOf(values: readonly number[]): Durations {
  const sorted = [...values].sort((a, b) => a - b)
  const rank = (share: number): number | undefined => sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)]
  return { count: sorted.length, p50: rank(0.5), p95: rank(0.95) }
}
