import * as z from 'zod'
import type { Lock } from './lock.js'

/** What somebody wants of a shift that is under way. */
export const shiftWishes = ['finish', 'abort'] as const
export type ShiftWish = (typeof shiftWishes)[number]

const person = z.object({ who: z.string(), at: z.string() })

/** A function whose traffic is being shifted. */
export const shiftedFunction = z.object({
  logicalId: z.string(),
  name: z.string(),
  alias: z.string(),
  from: z.string(),
  to: z.string(),
})

/** The journal of a shift, beside the target's lock: whoever writes it last owns the shift. */
export const shiftSchema = z.object({
  format: z.literal(1),
  /** Drawn by its owner, anew by whoever takes it over. */
  owner: z.string(),
  who: z.string(),
  pid: z.number(),
  command: z.string(),
  strategy: z.string(),
  since: z.string(),
  /** The step of the strategy that it is at, counted from 0. */
  step: z.number().int(),
  percent: z.number(),
  functions: z.array(shiftedFunction),
  /** Asked for by somebody else; the shifting run does it within seconds. */
  wish: person.extend({ what: z.enum(shiftWishes) }).optional(),
  /** Set by whoever ends it in the place of a run that does not answer. */
  taken: person.extend({ what: z.enum(shiftWishes) }).optional(),
})

export type Shift = z.infer<typeof shiftSchema>
export type ShiftedFunction = z.infer<typeof shiftedFunction>

/** Whether two shifts move the same functions between the same versions. */
export function sameFunctions(one: readonly ShiftedFunction[], other: readonly ShiftedFunction[]): boolean {
  const key = (all: readonly ShiftedFunction[]): string =>
    all
      .map(({ name, from, to }) => `${name} ${from} ${to}`)
      .sort()
      .join()
  return key(one) === key(other)
}

/** What became of a shift, for its receipt. */
export const shiftRecord = z.object({
  strategy: z.string(),
  /** Share of the requests that the new version had before the end. */
  percent: z.number(),
  ended: z.enum(['done', 'finished', 'aborted', 'gate']),
  /** Who finished or aborted it. */
  by: z.string().optional(),
})

export type ShiftRecord = z.infer<typeof shiftRecord>

/** `10 % of the requests reach version 8, the others version 7`; of several functions how many. */
export function describeShift({ functions, percent }: Pick<Shift, 'functions' | 'percent'>): string {
  const [only] = functions
  if (functions.length === 1 && only !== undefined) {
    return `${percent} % of the requests reach version ${only.to}, the others version ${only.from}`
  }
  return `${percent} % of the requests reach the new versions of ${functions.length} functions`
}

/** `LambdaCanary10Percent5Minutes by maria@laptop (rs-deploy-function, process 4711) since 10:31:05Z`. */
export function describeOwner({ strategy, who, command, pid, since }: Shift): string {
  return `${strategy} by ${who} (${command}, process ${pid}) since ${since}`
}

/** Whether a lock was taken by the run that owns the shift. */
export function isLockOf(
  { who, pid }: Pick<Shift, 'who' | 'pid'>,
  lock: Pick<Lock, 'holder' | 'pid' | 'manual'>,
): boolean {
  return !lock.manual && lock.pid === pid && lock.holder === who
}

/** Whether an alias gives its second version the same share, as exactly as Lambda keeps it. */
export function sameWeights(one: Readonly<Record<string, number>>, other: Readonly<Record<string, number>>): boolean {
  const mine = Object.entries(one)
  const close = mine.every(([version, weight]) => Math.abs((other[version] ?? 0) - weight) < 1e-6)
  return close && mine.length === Object.keys(other).length
}

/** Whether all requests of an alias reach one version. */
export function isUnshared({ weights }: { weights: Readonly<Record<string, number>> }): boolean {
  return Object.keys(weights).length === 0
}
