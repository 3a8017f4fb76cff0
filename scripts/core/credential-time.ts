const minuteMs = 60_000
/** What a deployment takes where nothing is known of it: a first one waits for CloudFront. */
const usualMs = { first: 15 * minuteMs, later: 10 * minuteMs }
/** Part of the longest run that is added to it. */
const margin = 0.5

/** How long a deployment may take, by how long the last ones took. */
export function expectedMs(durationsMs: readonly number[], first: boolean): number {
  const usual = first ? usualMs.first : usualMs.later
  if (first || durationsMs.length === 0) return usual
  return Math.max(...durationsMs) * (1 + margin)
}

/** Says that credentials end before a deployment that begins now may end; undefined where they last, or never end. */
export function credentialWarning(expires: Date | undefined, now: Date, neededMs: number): string | undefined {
  const leftMs = expires === undefined ? Infinity : expires.getTime() - now.getTime()
  if (expires === undefined || leftMs >= neededMs) return undefined
  const at = `${expires.toISOString().slice(0, 16).replace('T', ' ')} UTC`
  const left = leftMs < minuteMs ? 'within a minute' : `in ${minutes(Math.floor(leftMs / minuteMs))}`
  return `the credentials end ${left} (${at}), a deployment of this target may take ${minutes(Math.ceil(neededMs / minuteMs))}`
}

function minutes(count: number): string {
  return count === 1 ? '1 minute' : `${count} minutes`
}
