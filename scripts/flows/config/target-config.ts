import { parseConfig } from '../../core/config-file.js'
import type { JsonObject } from '../../core/config-merge.js'
import { secretPaths } from '../../core/config-secrets.js'
import { canonicalJson, sha256, shortHash } from '../../core/hash.js'
import { DeployError } from '../../errors.js'
import type { StoredObject } from '../../ports.js'
import type { Step } from '../../report/report.js'
import type { FilesContext, TargetContext } from '../context.js'
import { readPart } from './merged-parts.js'

export const configKey = 'config.json'

export interface TargetConfig {
  text: string
  hash: string
  /** Short hash of each file that it was merged of, by path. */
  files: Record<string, string>
}

/** Of a project that has no bucket for it. */
const noConfig: TargetConfig = { text: '{}\n', hash: '', files: {} }

/** The environment's configuration with the organization's over it. Throws Usage when the base is missing or wrong. */
export async function readTargetConfig(context: FilesContext): Promise<TargetConfig> {
  await verifyBase(context)
  const { texts, below, merged } = await readPart('lambda', context)
  if (below === undefined) return noConfig
  const files = Object.entries(texts).map(([file, text]) => [file, shortHash(sha256(text))])
  const text = `${JSON.stringify(merged, null, 2)}\n`
  return { text, hash: sha256(canonicalJson(merged)), files: Object.fromEntries(files) }
}

/** Throws Usage where the environment has no configuration, and the project a bucket for one. */
export async function verifyBase({ ports, project, target: { env } }: FilesContext): Promise<void> {
  const base = `infra/.config/lambda/${env}.json`
  if (project.buckets.lambda === undefined || (await ports.files.exists(base))) return
  throw new DeployError('Usage', `${base} is missing: it holds what every organization of ${env} shares`, {
    hint: `create ${base} ({} is enough), then the same command again`,
  })
}

/**
 * Throws Refused with the path of every value that looks like a secret: what is uploaded is no place for them. Of an
 * earlier upload `version` is its address, for no file holds it.
 */
export function verifyNoSecrets(
  { text }: Pick<TargetConfig, 'text'>,
  { target }: FilesContext,
  version?: string,
): void {
  const paths = secretPaths(JSON.parse(text) as JsonObject, target.env)
  if (paths.length === 0) return
  const place = `ENV=${target.env} ORG=${target.org}`
  const which = version === undefined ? 'the configuration' : version
  throw new DeployError('Refused', `${which} holds what looks like a secret: ${paths.join(', ')}`, {
    hint:
      version === undefined
        ? `make show-config ${place} EXPLAIN=true names the file; take it out of there`
        : `it is not uploaded again; make rs-update-config ${place} uploads what infra/.config holds`,
  })
}

/** How a version of the uploaded configuration is named to people. */
export function configVersion(bucket: string, versionId: string): string {
  return `s3://${bucket}/${configKey} (version ${versionId})`
}

/** The configuration that was uploaded; undefined where none was, or where the project has no bucket for one. */
export async function readStoredConfig({ ports, names }: TargetContext): Promise<StoredObject | undefined> {
  return names.bucketKeys.includes('lambda') ? ports.buckets.read(names.buckets.lambda, configKey) : undefined
}

/** The bucket that the configuration is uploaded to. Throws Refused where the project has none. */
export function configBucket({ names, command }: TargetContext): string {
  if (names.bucketKeys.includes('lambda')) return names.buckets.lambda
  throw new DeployError('Refused', `${command}: this project has no bucket for its configuration`, {
    hint: 'name it as buckets.lambda in infra/project.json (docs/adopting.md), then the same command again',
  })
}

/** Throws Refused where the bucket holds another configuration by now than the one that was looked at. */
export async function verifySameConfig(
  seen: StoredObject | undefined,
  done: string,
  context: TargetContext,
): Promise<void> {
  const now = await context.ports.buckets.etag(context.names.buckets.lambda, configKey)
  if (now === seen?.etag) return
  throw new DeployError('Refused', `another run changed the configuration meanwhile: nothing was ${done}`, {
    hint: 'the same command again shows what would change now',
  })
}

export interface UploadedConfig {
  /** What lies in the bucket; undefined: the project has no bucket for it. */
  stored: StoredObject | undefined
  /** What it took the place of; undefined where nothing was there or nothing changed. */
  replaced: string | undefined
  replacedEtag?: string | undefined
  /** Set where what it took the place of is not to go back, and what is instead is not kept. */
  stays?: boolean
}

/** Uploads the merged configuration unless the bucket holds it already. */
export async function uploadConfig(config: TargetConfig, step: Step, context: TargetContext): Promise<UploadedConfig> {
  if (!context.names.bucketKeys.includes('lambda')) {
    step.skip('this project has no bucket for its configuration')
    return { stored: undefined, replaced: undefined }
  }
  const present = await readStoredConfig(context)
  if (present?.text === config.text) {
    step.skip('the uploaded configuration is this one already')
    return { stored: present, replaced: undefined }
  }
  const stored = await putConfig(config.text, context)
  step.say(present === undefined ? 'uploaded' : 'changed, uploaded')
  return { stored, replaced: present?.text, replacedEtag: present?.etag }
}

/** Puts a configuration and reads it back: what the backend gets is what was meant. */
export async function putConfig(text: string, { ports, names }: TargetContext): Promise<StoredObject> {
  const bucket = names.buckets.lambda
  const etag = await ports.buckets.put(bucket, configKey, text)
  const stored = await ports.buckets.read(bucket, configKey)
  if (stored?.text === text && stored.etag === etag) return stored
  throw new DeployError('AwsFailed', `s3://${bucket}/${configKey} is not what was uploaded a moment ago`, {
    hint: 'something else writes it too: find out what, then the same command again',
  })
}

/** What lies in the bucket; what somebody put there by hand need not be a configuration: then it is as if empty. */
export function readableConfig(text: string | undefined): JsonObject {
  try {
    return text === undefined ? {} : parseConfig(text, configKey)
  } catch {
    return {}
  }
}
