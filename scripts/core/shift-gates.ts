/** What the requests of one alias came to on one version. */
export interface VersionFigures {
  invocations: number
  errors: number
  /** Milliseconds; undefined where there were no requests. */
  p95Ms: number | undefined
}

/** Below this many requests a percentile is one slow request, not a slow version. */
const enoughRequests = 20
const slowerTimes = 2
const slowerByMs = 500

/** Why the new version must not have more traffic, held against the old one over the same time; undefined: it may. */
export function gateProblem(now: VersionFigures, before: VersionFigures): string | undefined {
  const rate = ({ invocations, errors }: VersionFigures): number => errors / Math.max(invocations, errors, 1)
  if (now.errors > 0 && rate(now) > rate(before)) {
    return `${shareOf(now)} ended in an error, of the old version’s ${shareOf(before)}`
  }
  const [nowMs, beforeMs] = [now.p95Ms, before.p95Ms]
  const enough = Math.min(now.invocations, before.invocations) >= enoughRequests
  if (!enough || nowMs === undefined || beforeMs === undefined) return undefined
  if (nowMs < beforeMs * slowerTimes || nowMs < beforeMs + slowerByMs) return undefined
  return `the slowest twentieth of its requests took ${Math.round(nowMs)} ms, of the old version’s ${Math.round(beforeMs)} ms`
}

function shareOf({ errors, invocations }: VersionFigures): string {
  return `${errors} of ${Math.max(invocations, errors)} requests`
}
