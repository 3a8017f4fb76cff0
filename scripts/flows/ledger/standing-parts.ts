import { artifactsOf } from '../../core/artifacts.js'
import { canonicalJson, sha256 } from '../../core/hash.js'
import type { Receipt } from '../../core/receipt.js'
import { parseTemplate } from '../../core/template.js'
import type { Stack, StoredObject } from '../../ports.js'
import { readStoredConfig } from '../config/target-config.js'
import type { TargetContext } from '../context.js'
import { keepTemplate } from '../stack/packaged-template.js'
import { configPart } from './record-release.js'

/** An input that cannot be read off a target: no hash is equal to it, so the next deployment looks anew. */
const unknown = 'unknown'

type Standing = Pick<Receipt, 'inputs' | 'stack' | 'files' | 'artifacts' | 'packaged' | 'config'>

/**
 * Stack and configuration as they are now, for the receipt of a release whose own run is gone. What did not change since
 * the last good release is as that one recorded it.
 */
export async function standingParts(stack: Stack, live: Receipt, context: TargetContext): Promise<Standing> {
  const found = await stackParts(stack, live, context)
  const config = await readStoredConfig(context)
  if (config?.etag === live.config?.etag) return { ...found, ...(live.config && { config: live.config }) }
  return { ...found, inputs: { ...found.inputs, config: hashOf(config) }, ...configPart(config, context) }
}

async function stackParts(stack: Stack, live: Receipt, context: TargetContext): Promise<Omit<Standing, 'config'>> {
  const { inputs, files, artifacts, packaged } = live
  const now = { arn: stack.arn, changedAt: stack.changedAt }
  if (live.stack.arn === stack.arn && live.stack.changedAt === stack.changedAt) {
    return {
      inputs,
      stack: now,
      ...(files && { files }),
      ...(artifacts && { artifacts }),
      ...(packaged && { packaged }),
    }
  }
  const processed = parseTemplate(await context.ports.stacks.template(stack.arn), `the template of ${stack.name}`)
  return {
    inputs: { ...inputs, template: unknown, parameters: { ...stack.parameters } },
    stack: now,
    artifacts: artifactsOf(processed),
    packaged: await keepTemplate(stack, context),
  }
}

/** As a deployment hashes it, whose own file holds the same values. */
function hashOf(config: StoredObject | undefined): string {
  if (config === undefined) return unknown
  try {
    return sha256(canonicalJson(JSON.parse(config.text)))
  } catch {
    return unknown
  }
}
