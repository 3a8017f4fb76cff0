import { DeployError } from '../errors.js'

const unitMs: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 }

/** The moment that SINCE names: `10m` before `now`, or a time. Throws Usage. */
export function readSince(given: string, now: Date): Date {
  const ago = /^(\d{1,6})([smhd])$/.exec(given)
  const at =
    ago === null
      ? /^\d{4}-\d\d-\d\d/.test(given)
        ? Date.parse(given)
        : Number.NaN
      : now.getTime() - Number(ago[1]) * (unitMs[ago[2] ?? ''] ?? 0)
  if (at >= 0 && at <= now.getTime()) return new Date(at)
  const problem = at > now.getTime() ? 'lies in the future' : 'is no span and no time'
  throw new DeployError('Usage', `SINCE=${given} ${problem}`, {
    hint: 'SINCE=30s, 10m, 2h, 1d, or SINCE=2025-06-01T12:00:00Z',
  })
}
