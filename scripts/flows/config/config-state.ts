import { configChanges } from '../../core/config-diff.js'
import { configProblem } from '../../core/config-file.js'
import { counted } from '../../core/contents.js'
import { situationOf } from '../../core/stack-state.js'
import { DeployError } from '../../errors.js'
import type { Stack } from '../../ports.js'
import type { TargetContext } from '../context.js'
import { planFiles } from './sync-configs.js'
import { configKey, readStoredConfig, readTargetConfig, readableConfig } from './target-config.js'

/** A way in which bucket, files and stack disagree: one word, one clause, and what mends it. */
export interface ConfigProblem {
  kind: 'not-uploaded' | 'not-synced' | 'unreadable'
  text: string
  command: string
}

/**
 * Holds the uploaded configuration against the files, and the files against the stack's outputs. Empty: all agree;
 * undefined: the project uploads none. What is wrong with a file is an answer here, not a failure.
 */
export async function configState(
  stack: Stack | undefined,
  context: TargetContext,
): Promise<ConfigProblem[] | undefined> {
  const { names, target } = context
  if (stack === undefined || !names.bucketKeys.includes('lambda')) return undefined
  const where = `ENV=${target.env} ORG=${target.org}`
  const found = await Promise.all([
    answering(where, () => againstBucket(where, context)),
    situationOf(stack.status) === 'healthy' ? answering(where, () => againstStack(stack, where, context)) : [],
  ])
  return found.flat()
}

async function againstBucket(where: string, context: TargetContext): Promise<ConfigProblem[]> {
  const { names } = context
  const [config, stored] = await Promise.all([readTargetConfig(context), readStoredConfig(context)])
  if (stored?.text === config.text) return []
  const command = `make rs-update-config ${where}`
  const place = `s3://${names.buckets.lambda}/${configKey}`
  const broken = stored === undefined ? undefined : configProblem(stored.text, place)
  if (broken !== undefined) return [{ kind: 'not-uploaded', text: broken, command }]
  const changed = configChanges(readableConfig(stored?.text), readableConfig(config.text)).length
  const text =
    stored === undefined
      ? 'nothing is uploaded'
      : changed === 0
        ? 'written otherwise than the files are'
        : `${counted(changed, 'value')} not as in the files`
  return [{ kind: 'not-uploaded', text, command }]
}

/** Files that point at AWS are no mistake while an emulator is looked at. */
async function againstStack(stack: Stack, where: string, context: TargetContext): Promise<ConfigProblem[]> {
  const { plans, foreign } = await planFiles(stack, context.target, context)
  const lacking = plans.flatMap(({ changes }) => changes).length
  if (foreign || lacking === 0) return []
  const text = `the files lack ${counted(lacking, 'value')} of the stack's`
  return [{ kind: 'not-synced', text, command: `make sync-configs ${where}` }]
}

async function answering(where: string, read: () => Promise<ConfigProblem[]>): Promise<ConfigProblem[]> {
  try {
    return await read()
  } catch (error) {
    if (!(error instanceof DeployError)) throw error
    return [{ kind: 'unreadable', text: error.message, command: `make show-config ${where}` }]
  }
}
