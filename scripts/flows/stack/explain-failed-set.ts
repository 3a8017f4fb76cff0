import { adviceFor } from '../../core/root-cause.js'
import { lineOfResource } from '../../core/template.js'
import { DeployError } from '../../errors.js'
import type { StackEvent } from '../../ports.js'
import type { TargetContext } from '../context.js'
import { isEmptySet } from './drop-change-sets.js'
import { templateFile } from '../../core/saved-files.js'

/**
 * What CloudFormation has against a change set that it could not make, in its own words: sam and the set itself only say
 * that a validation failed. Returns `error` where there is no such set, or nothing more can be read of it.
 */
export async function explainFailedSet(
  error: unknown,
  before: ReadonlySet<string>,
  context: TargetContext,
): Promise<unknown> {
  if (context.signal.aborted) return error
  const { stacks, files } = context.ports
  try {
    const fresh = (await stacks.changeSetArns(context.names.stack)).filter((arn) => !before.has(arn))
    const sets = await Promise.all(fresh.map((arn) => stacks.changeSet(arn, context.names.stack)))
    const failed = sets.find((set) => set.status === 'FAILED' && !isEmptySet(set))
    if (failed === undefined) return error
    const problems = await stacks.changeSetErrors(failed).catch(() => [])
    const text = (await files.readText(templateFile)) ?? ''
    const reason = problems[0]?.reason ?? failed.statusReason ?? ''
    return new DeployError(
      'StackFailed',
      `CloudFormation could not make the change set: ${failed.statusReason ?? 'no reason is told'}`,
      {
        facts: problems.map((problem) => factOf(problem, text)),
        hint: adviceFor(reason, problems[0]?.type, context.target.env),
        cause: error,
      },
    )
  } catch {
    return error
  }
}

function factOf({ logicalId, type, reason }: StackEvent, template: string): { label: string; text: string } {
  const line = lineOfResource(template, logicalId)
  const where = line === undefined ? '' : `, template.yaml:${line}`
  return { label: logicalId, text: `${type}${where}: ${reason ?? 'no reason is told'}` }
}
