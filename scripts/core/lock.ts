import * as z from 'zod'

/** Who holds a target, as it stands in the deployments bucket. */
export const lockSchema = z.object({
  format: z.literal(1),
  /** Drawn by its holder: tells after a lost answer whether the lock is ours. */
  nonce: z.string(),
  holder: z.string(),
  pid: z.number(),
  /** Address of the CI run, where there is one. */
  run: z.string().optional(),
  command: z.string(),
  why: z.string().optional(),
  since: z.string(),
  /** Set by a person with rs-lock: it does not go stale, and nobody waits for it. */
  manual: z.boolean(),
  /** Who asked for it with rs-unlock: its holder writes nothing more and gives it back. */
  askedBackBy: z.string().optional(),
})

export type Lock = z.infer<typeof lockSchema>

/** Undefined where the text is no lock. */
export function readLockText(text: string): Lock | undefined {
  try {
    return lockSchema.safeParse(JSON.parse(text)).data
  } catch {
    return undefined
  }
}

/** As it stands in the bucket. */
export function lockText(lock: Lock): string {
  return `${JSON.stringify(lock)}\n`
}

/** A holder that lives renews its lock this often; one that has not for `staleAfterMs` is taken for dead. */
export const heartbeatEveryMs = 10_000
export const staleAfterMs = 60_000
/** A holder that could not renew its lock for so long asks again before it writes: soon others may take it for dead. */
export const doubtfulAfterMs = 40_000
/** Of a holder that was silent for so long no write begins any more: by its own clock it has to ask before. */
export const writelessAfterMs = doubtfulAfterMs + 5_000

/** Whether a lock may be taken over. Both times are S3's own: no clock of ours has a say. */
export function isStale(lock: Lock, modifiedAt: Date, serverNow: Date): boolean {
  return !lock.manual && serverNow.getTime() - modifiedAt.getTime() > staleAfterMs
}

/** `maria@laptop (rs-deploy, process 4711) since 10:31:05Z`. */
export function describeLock(lock: Lock): string {
  const where = lock.run === undefined ? `process ${lock.pid}` : lock.run
  const why = lock.why === undefined ? '' : `: ${lock.why}`
  return `${lock.holder} (${lock.command}, ${where}) since ${lock.since}${why}`
}
