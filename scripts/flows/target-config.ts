import { parseConfig } from '../core/config-file.js'
import { type JsonObject, mergeConfig } from '../core/config-merge.js'
import { canonicalJson, sha256 } from '../core/hash.js'
import { DeployError } from '../errors.js'
import type { Step } from '../report/report.js'
import type { TargetContext } from './context.js'

const folder = 'infra/.config/lambda'
export const configKey = 'config.json'

export interface TargetConfig {
  text: string
  hash: string
}

/** The environment's configuration with the organization's over it. Throws Usage when the base is missing or wrong. */
export async function readTargetConfig({ ports, target }: TargetContext): Promise<TargetConfig> {
  const base = `${folder}/${target.env}.json`
  const own = `${folder}/${target.env}-${target.org}.json`
  const read = async (file: string): Promise<JsonObject | undefined> => {
    const text = await ports.files.readText(file)
    return text === undefined ? undefined : parseConfig(text, file)
  }
  const below = await read(base)
  if (below === undefined) {
    throw new DeployError('Usage', `${base} is missing: it holds what every organization of ${target.env} shares`, {
      hint: `create ${base}; {} is enough`,
    })
  }
  return configOf(mergeConfig(below, (await read(own)) ?? {}))
}

function configOf(merged: JsonObject): TargetConfig {
  return { text: `${JSON.stringify(merged, null, 2)}\n`, hash: sha256(canonicalJson(merged)) }
}

/** Uploads the merged configuration unless the bucket holds it already. Returns the object's ETag. */
export async function uploadConfig(config: TargetConfig, step: Step, context: TargetContext): Promise<string> {
  const { buckets } = context.ports
  const bucket = context.names.buckets.lambda
  const present = await buckets.read(bucket, configKey)
  if (present?.text === config.text) {
    step.skip('the uploaded configuration is this one already')
    return present.etag
  }
  const etag = await buckets.put(bucket, configKey, config.text)
  step.say(present === undefined ? 'uploaded' : 'changed, uploaded')
  return etag
}
