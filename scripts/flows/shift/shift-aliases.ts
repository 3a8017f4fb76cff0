import pMap from 'p-map'
import { type ShiftedFunction, isUnshared, sameWeights } from '../../core/shift.js'
import type { FunctionAlias } from '../../ports.js'
import type { TargetContext } from '../context.js'
import { messageOf } from '../../errors.js'

const atOnce = 15
const mostTries = 4

/** Where the requests of a function are to go. */
export interface Share {
  version: string
  weights: FunctionAlias['weights']
}

/** `percent` of the requests to the new version. */
export function shareOf({ from, to }: ShiftedFunction, percent: number): Share {
  if (percent <= 0) return { version: from, weights: {} }
  return percent >= 100 ? { version: to, weights: {} } : { version: from, weights: { [to]: percent / 100 } }
}

/** A function whose alias somebody else moved, and that in a clause. */
export interface Foreign {
  logicalId: string
  text: string
}

/** What could not be brought to a share. */
export interface Unshared {
  /** Aliases that somebody brought to a version that is none of the shift's: they stay. */
  foreign: Foreign[]
  stuck: string[]
}

/**
 * Brings every alias to the share. `mayWrite` throws once the shift is somebody else's; it is asked between reading an
 * alias and writing it, so that whoever takes a shift over has the last word. `always` writes also where nothing is to
 * change: what somebody read before that, he cannot write any more.
 */
export async function shareTraffic(
  functions: readonly ShiftedFunction[],
  percent: number,
  mayWrite: () => Promise<unknown>,
  { ports }: TargetContext,
  always = false,
): Promise<Unshared> {
  const foreign: Foreign[] = []
  let left = functions.map((fn) => ({ fn, why: '' }))
  for (let tries = 1; left.length > 0 && tries <= mostTries; tries++) {
    const aliases = await pMap(left, ({ fn }) => ports.functions.alias(fn.name, fn.alias), { concurrency: atOnce })
    await mayWrite()
    const again = await pMap(
      left,
      async ({ fn }, i) => {
        const found = aliases[i]
        const strange = found === undefined ? 'none' : foreignVersion(found, fn)
        if (found === undefined || strange !== undefined) {
          const text = `the alias of ${fn.logicalId} was moved by something else, to version ${strange}`
          return void foreign.push({ logicalId: fn.logicalId, text })
        }
        const { version, weights } = shareOf(fn, percent)
        if (!always && found.version === version && sameWeights(found.weights, weights)) return
        try {
          await ports.functions.moveAlias(fn.name, fn.alias, version, found.revisionId, weights)
        } catch (error) {
          // Perhaps somebody wrote between reading and writing: looked at again, not overwritten.
          return { fn, why: `${fn.logicalId}: ${messageOf(error)}` }
        }
      },
      { concurrency: atOnce },
    )
    left = again.flatMap((one) => one ?? [])
  }
  return { foreign, stuck: left.map(({ why }) => why) }
}

/** A version that serves and that the shift knows nothing of. */
export function foreignVersion(
  { version }: Pick<FunctionAlias, 'version'>,
  { from, to }: Pick<ShiftedFunction, 'from' | 'to'>,
): string | undefined {
  return version === from || version === to ? undefined : version
}

/** Whether requests are still shared, also with a version of another shift; or all reach the new versions. */
export async function standOf(
  functions: readonly ShiftedFunction[],
  { ports }: TargetContext,
): Promise<'shared' | 'new' | 'neither'> {
  const aliases = await Promise.all(functions.map(({ name, alias }) => ports.functions.alias(name, alias)))
  if (aliases.some((now) => now !== undefined && !isUnshared(now))) return 'shared'
  return functions.every(({ to }, i) => aliases[i]?.version === to) ? 'new' : 'neither'
}
