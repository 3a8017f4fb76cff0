import { type Receipt, type ShiftFailure, shiftFailure } from '../../core/receipt.js'
import { isUnshared } from '../../core/shift.js'
import { DeployError, messageOf } from '../../errors.js'
import type { TargetContext } from '../context.js'
import { targetFunctions } from '../release/target-functions.js'
import { type UploadedConfig, configKey } from './target-config.js'

/** What a run has changed of a target so far, and what served before it. */
export interface Begun {
  /** ARN of the stack; undefined: the run creates it. */
  stackArn: string | undefined
  /** The version that served, by the function's name. */
  served: ReadonlyMap<string, string>
  /** Whether another run had left an alias elsewhere, or a shift half way: what lay there may be that one's. */
  astray: boolean
  config: UploadedConfig | undefined
}

/**
 * After a failure: puts the configuration back that the run's own took the place of, where the versions of before serve
 * again, or still. Undefined where the run changed none; false where it stays. Never throws: it follows a failure.
 */
export async function configBack(begun: Begun, error: unknown, context: TargetContext): Promise<boolean | undefined> {
  const { config } = begun
  if (config?.replaced === undefined) return undefined
  if (goesOn(error, context)) return false
  try {
    if (config.stays !== true && (await isBack(config, context))) return true
    if (!(await servesAsBefore(begun, error, context))) return false
    return await context.report.step('Config', async (step) => {
      const restored = await restoreConfigOf(config, context)
      step.say(restored ? 'put back: what serves has the one that it had' : whyStays(config))
      return restored
    })
  } catch (problem) {
    const text = messageOf(problem)
    const { env, org } = context.target
    const hint = `make rs-config-restore ENV=${env} ORG=${org} does it`
    context.report.emit({ type: 'warning', text: `the configuration could not be put back: ${text}`, hint })
    return false
  }
}

/**
 * What goes back beside the version that the last good release proved: what that one had. What another run left lies
 * beside what it left serving; where the proved one is not kept any more, none goes back.
 */
export async function besideProved(
  config: UploadedConfig,
  { astray }: Pick<Begun, 'astray'>,
  live: Receipt | undefined,
  { ports, names }: TargetContext,
): Promise<UploadedConfig> {
  const { versionId, etag } = live?.config ?? {}
  if (!astray || config.replaced === undefined || config.replacedEtag === etag) return config
  const reading = versionId && ports.buckets.readVersion(names.buckets.lambda, configKey, versionId)
  const kept = reading && (await reading.catch(() => undefined))
  return kept ? { ...config, replaced: kept.text } : { ...config, stays: true }
}

/** Why what was uploaded was not taken back. */
export function whyStays({ stays }: UploadedConfig): string {
  return stays === true
    ? 'the one that the last good release had is not kept: the configuration stays as it is'
    : 'something else changed the configuration meanwhile: it stays'
}

/** Puts back what an upload took the place of. False where somebody changed it since, who knows better. */
export async function restoreConfigOf(config: UploadedConfig, context: TargetContext): Promise<boolean> {
  const { stored, replaced, stays } = config
  const { ports, names } = context
  if (replaced === undefined || stored === undefined || stays === true) return false
  const etag = await ports.buckets.replace(names.buckets.lambda, configKey, replaced, stored.etag)
  // After a lost answer it may be this very write that stands in the way.
  return etag !== undefined || isBack(config, context)
}

async function isBack({ replaced }: UploadedConfig, { ports, names }: TargetContext): Promise<boolean> {
  return (await ports.buckets.read(names.buckets.lambda, configKey))?.text === replaced
}

/** Stopped on request, or taken over by somebody: what was begun goes on without this run. */
function goesOn(error: unknown, { signal }: TargetContext): boolean {
  if (signal.aborted) return true
  return error instanceof DeployError && error.code === 'Interrupted' && backOf(error) === undefined
}

function backOf({ cause }: DeployError): ShiftFailure | undefined {
  return shiftFailure.safeParse(cause).data
}

/** Reality decides: every alias is where it was, and shares its requests with nothing. */
async function servesAsBefore({ stackArn, served }: Begun, error: unknown, context: TargetContext): Promise<boolean> {
  if (stackArn === undefined) return false
  const rolledBack = error instanceof DeployError && error.code === 'StackFailed'
  const functions = await targetFunctions(stackArn, context)
  const same = await Promise.all(
    functions.map(async ({ name, alias }) => {
      const now = alias === undefined ? undefined : await context.ports.functions.alias(name, alias)
      // What reaches $LATEST gets whatever CloudFormation left there.
      if (now === undefined || now.version === '$LATEST') return rolledBack
      return now.version === served.get(name) && isUnshared(now)
    }),
  )
  return same.every(Boolean) && (functions.length > 0 || rolledBack)
}
