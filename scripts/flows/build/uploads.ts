import type { RatedChange } from '../../core/change-risk.js'
import { configChanges } from '../../core/config-diff.js'
import { parseConfig } from '../../core/config-file.js'
import type { EntryChange } from '../../core/input-changes.js'
import type { BuildRecord } from './build-record.js'
import type { TargetContext } from '../context.js'
import { type TargetConfig, configKey, readStoredConfig } from '../config/target-config.js'

/** What a deployment would put where the target's code and configuration lie. */
export interface Uploads {
  /** `changes` where the change set takes the new bytes. */
  code: { logicalId: string; kind: 'function' | 'layer'; bytes: number; changes: boolean }[]
  /** Undefined where nothing is uploaded yet; empty also where the project has no bucket for it. */
  config: EntryChange[] | undefined
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
  const present = await readStoredConfig(context)
  return {
    code: build.packages.map(({ logicalId, kind, bytes }) => ({ logicalId, kind, bytes, changes: isTaken(logicalId) })),
    config: !context.names.bucketKeys.includes('lambda')
      ? []
      : present === undefined
        ? undefined
        : configChanges(parseConfig(present.text, configKey), parseConfig(config.text, configKey)),
  }
}
