import pMap from 'p-map'
import { type Receipt, type ReleasedFunction, releasedFunctions } from '../../core/receipt.js'
import type { Stack } from '../../ports.js'
import type { TargetContext } from '../context.js'
import { readHistory } from '../ledger/ledger.js'
import { functionsAtOnce, targetFunctions } from './target-functions.js'

/** The version that serves now, by the function's name; `$LATEST` where it has no alias. */
export async function versionsServing(
  functions: readonly Pick<ReleasedFunction, 'name' | 'alias'>[],
  { ports }: TargetContext,
): Promise<Record<string, string>> {
  const found = await pMap(
    functions,
    async ({ name, alias }): Promise<[string, string][]> => {
      if (alias === undefined) return [[name, '$LATEST']]
      const now = await ports.functions.alias(name, alias)
      return now === undefined ? [] : [[name, now.version]]
    },
    { concurrency: functionsAtOnce },
  )
  return Object.fromEntries(found.flat())
}

/** What a release found serving. */
export interface Before {
  /** The version to go back to, by the function's name. */
  versions: Map<string, string>
  /** Whether a run that was killed, or failed, left an alias at another one, and perhaps a configuration of its own. */
  astray: boolean
}

/** What a release is to go back to: what serves now, unless the last good release (`live`) says otherwise. */
export async function versionsBefore(stack: Stack, live: Receipt | undefined, context: TargetContext): Promise<Before> {
  const serving = await versionsServing(await targetFunctions(stack.arn, context), context)
  const good = live?.stack.arn === stack.arn ? await goodVersions(serving, live, context) : new Map<string, string>()
  const versions = new Map(Object.entries(serving).map(([name, version]) => [name, good.get(name) ?? version]))
  return { versions, astray: Object.entries(serving).some(([name, version]) => versions.get(name) !== version) }
}

/**
 * The good version of each function that the last good release names, by the function's name: that release's, unless
 * another one of the stack proved what serves now, because somebody moved the alias there, or that one failed afterwards.
 */
export async function goodVersions(
  serving: Readonly<Record<string, string>>,
  live: Receipt,
  context: TargetContext,
): Promise<Map<string, string>> {
  const good = new Map(releasedFunctions(live).map(({ name, version }) => [name, version]))
  const astray = Object.entries(serving).filter(
    ([name, version]) => good.has(name) && good.get(name) !== version && version !== '$LATEST',
  )
  if (astray.length === 0) return good
  const proofs = (await readHistory(context)).flatMap((entry) =>
    entry.kind === 'receipt' && entry.receipt.stack.arn === live.stack.arn ? releasedFunctions(entry.receipt) : [],
  )
  for (const [name, version] of astray) {
    if (proofs.some((proof) => proof.name === name && proof.version === version)) good.set(name, version)
  }
  return good
}
