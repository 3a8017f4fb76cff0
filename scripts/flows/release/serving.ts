import pMap from 'p-map'
import { type Receipt, type ReleasedFunction, releasedFunctions } from '../../core/receipt.js'
import type { Stack } from '../../ports.js'
import type { TargetContext } from '../context.js'
import { functionsAtOnce } from './release-code.js'
import { targetFunctions } from './target-functions.js'

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

/**
 * What a release is to go back to, by the function's name: what serves now, unless the last good release (`live`) says
 * otherwise, because a run that was killed, or failed, left an alias at a version that nobody proved.
 */
export async function versionsBefore(
  stack: Stack,
  live: Receipt | undefined,
  context: TargetContext,
): Promise<Map<string, string>> {
  const serving = await versionsServing(await targetFunctions(stack.arn, context), context)
  return new Map(Object.entries(serving).map(([name, version]) => [name, goodVersion(name, stack, live) ?? version]))
}

/** The version of a function that the release proved, where it is one of this stack. */
function goodVersion(name: string, stack: Stack, live: Receipt | undefined): string | undefined {
  if (live?.stack.arn !== stack.arn) return undefined
  return releasedFunctions(live).find((one) => one.name === name)?.version
}
