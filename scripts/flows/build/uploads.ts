import type { RatedChange } from '../../core/change-risk.js'
import { configChanges } from '../../core/config-diff.js'
import { parseConfig } from '../../core/config-file.js'
import type { EntryChange } from '../../core/input-changes.js'
import type { BuildRecord } from './build-record.js'
import type { TargetContext } from '../context.js'
import { type TargetConfig, configKey, readStoredConfig, readableConfig } from '../config/target-config.js'

/** What a deployment would put where the target's code and configuration lie. */
export interface Uploads {
  /** `changes` where the change set takes the new bytes. */
  code: { logicalId: string; kind: 'function' | 'layer'; bytes: number; changes: boolean }[]
  /** Undefined where the project has no bucket for it; `first` where none is uploaded yet. */
  config: EntryChange[] | 'first' | undefined
}

export async function readUploads(
  build: BuildRecord,
  config: TargetConfig,
  rated: readonly RatedChange[],
  context: TargetContext,
): Promise<Uploads> {
  // SAM adds a hash to the logical id of a layer.
  const isTaken = (logicalId: string): boolean =>
    rated.some(({ change }) => change.action !== 'Remove' && change.logicalId.startsWith(logicalId))
  return {
    code: build.packages.map(({ logicalId, kind, bytes }) => ({ logicalId, kind, bytes, changes: isTaken(logicalId) })),
    config: context.names.bucketKeys.includes('lambda') ? await configUpload(config, context) : undefined,
  }
}

async function configUpload(config: TargetConfig, context: TargetContext): Promise<EntryChange[] | 'first'> {
  const present = await readStoredConfig(context)
  if (present === undefined) return 'first'
  return configChanges(readableConfig(present.text), parseConfig(config.text, configKey))
}
