import { type RatedChange, rateChanges, riskFirst } from '../../core/change-risk.js'
import { type ParameterValue, isPassed, parameterRecord } from '../../core/parameters.js'
import { withoutSecrets } from '../../core/property-values.js'
import type { ChangeSet, Stack } from '../../ports.js'
import type { TargetContext } from '../context.js'
import { readNestedStacks } from './read-nested-changes.js'
import { type StackChanges, processedTemplate, surroundingsOf } from './stack-changes.js'

/** Reads what a change set does, with the nested stacks that it changes, adds or removes. */
export async function readChanges(
  set: ChangeSet,
  parameters: readonly ParameterValue[],
  before: Stack | undefined,
  context: TargetContext,
): Promise<StackChanges[]> {
  const { stack } = context.names
  const after = await processedTemplate(stack, set.arn, context)
  const deployed = before === undefined ? undefined : await processedTemplate(stack, undefined, context)
  const root: StackChanges = {
    within: [],
    changes: set.changes,
    templates: { before: deployed, after },
    // Of what the stack keeps only a mask is known.
    surroundings: surroundingsOf(after, parameterRecord(parameters.filter(isPassed)), stack, context),
  }
  return [root, ...(await readNestedStacks(root, context))]
}

/** Every change of every stack, the most dangerous first; values that nobody may see are masked. */
export function rateAll(stacks: readonly StackChanges[]): RatedChange[] {
  return riskFirst(
    stacks.flatMap(({ changes, templates, within }) => {
      const seen = changes.map((change) => withoutSecrets(change, [templates.before, templates.after]))
      return rateChanges(seen, templates, within)
    }),
  )
}
