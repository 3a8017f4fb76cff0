import { configProblem, parseConfig } from '../../core/config-file.js'
import { configChanges } from '../../core/config-diff.js'
import { counted } from '../../core/contents.js'
import type { JsonObject } from '../../core/config-merge.js'
import { type EntryChange, describeChange } from '../../core/input-changes.js'
import { DeployError, messageOf } from '../../errors.js'
import type { StoredObject } from '../../ports.js'
import { confirmDeployment } from '../confirm.js'
import type { TargetContext } from '../context.js'
import { prepareAccount } from '../stack/prepare-account.js'
import {
  configBucket,
  configKey,
  configVersion,
  putConfig,
  readableConfig,
  verifyNoSecrets,
  verifySameConfig,
} from './target-config.js'
import { withTargetLock } from '../lock/target-lock.js'

/** What the bucket holds now and what it held before. */
interface Restoration {
  /** Undefined: the configuration was deleted. */
  current: StoredObject | undefined
  previous: StoredObject
  /** What is wrong with the current one, with its address. */
  broken: string | undefined
  changes: EntryChange[]
}

/**
 * Puts the configuration back that the bucket held before its current one, as a new version: done twice, it is as it
 * was. Returns what changed. Throws StackState where there is no earlier one.
 */
export async function restoreConfig(context: TargetContext): Promise<EntryChange[]> {
  const { report } = context
  const { current, previous, changes } = await report.step('Check', async (step) => {
    const found = await findPrevious(context)
    if (found.broken !== undefined) step.line('failed', `${found.broken}: every value counts as new`)
    for (const entry of found.changes) step.line(entry.change, describeChange(entry))
    step.say(`${counted(found.changes.length, 'value')} will change`)
    return found
  })
  await confirmDeployment(context)
  await report.step('Account', (step) => prepareAccount(step, context))
  await withTargetLock(context, async (locked) => {
    await report.step('Config', async (step) => {
      await verifySameConfig(current, 'restored', locked)
      await putConfig(previous.text, locked)
      step.say('restored; the backend takes it within half a minute')
    })
  })
  return changes
}

async function findPrevious(context: TargetContext): Promise<Restoration> {
  const { ports } = context
  const bucket = configBucket(context)
  const current = await ports.buckets.read(bucket, configKey)
  for (const versionId of await earlierVersions(context)) {
    const previous = await ports.buckets.readVersion(bucket, configKey, versionId)
    // The same text was uploaded more than once: what was before that is meant.
    if (previous === undefined || previous.text === current?.text) continue
    const version = configVersion(bucket, versionId)
    const wanted = verified(previous.text, version)
    verifyNoSecrets(previous, context, version)
    const broken = current === undefined ? undefined : configProblem(current.text, `s3://${bucket}/${configKey}`)
    return { current, previous, broken, changes: configChanges(readableConfig(current?.text), wanted) }
  }
  throw new DeployError('StackState', `there is no earlier version of s3://${bucket}/${configKey}`, {
    hint: 'correct infra/.config and make rs-deploy',
  })
}

/** Version ids of the configuration, newest first, without the current one. */
async function earlierVersions({ ports, names }: TargetContext): Promise<string[]> {
  const found: string[] = []
  let page = await ports.buckets.versions(names.buckets.lambda, configKey)
  for (;;) {
    const ours = page.versions.filter(({ key, latest, deleteMarker }) => key === configKey && !latest && !deleteMarker)
    found.push(...ours.map(({ versionId }) => versionId))
    if (page.next === undefined) return found
    page = await ports.buckets.versions(names.buckets.lambda, configKey, page.next)
  }
}

/** Throws Refused where the backend could not read it. */
function verified(text: string, place: string): JsonObject {
  try {
    return parseConfig(text, place)
  } catch (error) {
    const message = messageOf(error)
    throw new DeployError('Refused', `the version before is no configuration: ${message}`, {
      hint: 'correct infra/.config and make rs-deploy',
      cause: error,
    })
  }
}
