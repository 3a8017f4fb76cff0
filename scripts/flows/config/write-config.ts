import { configChanges } from '../../core/config-diff.js'
import { type JsonObject, mergeConfig } from '../../core/config-merge.js'
import type { EntryChange } from '../../core/input-changes.js'
import type { FilesContext } from '../context.js'
import { mergedConfigs } from './merged-parts.js'
import { readableConfig, verifyBase, verifyNoSecrets } from './target-config.js'

/** A generated file that was not there, or not as it is to be. */
export interface WrittenConfig {
  file: string
  created: boolean
  changes: EntryChange[]
}

/** Locally the page and the API have one address: what the files say of AWS does not count. */
function ownOrigin(cognito: SignInPlace): JsonObject {
  return { webapp: { apiEndpoint: '', api: null, ...(cognito === undefined ? {} : { auth: { cognito } }) } }
}

/** Where the page signs its users in; undefined leaves that to the files. */
type SignInPlace = Readonly<Record<string, string>> | undefined

/**
 * Writes what the app reads when it runs on this machine, where it is not so already; answers what it wrote. Throws
 * Usage where the environment has no configuration or a file is wrong, Refused where one looks like a secret.
 */
export async function writeConfig(cognito: SignInPlace, context: FilesContext): Promise<WrittenConfig[]> {
  const { ports, target } = context
  const { env, org } = target
  await verifyBase(context)
  const plans = (await mergedConfigs(context)).map(({ part, merged }) => {
    const config = part === 'lambda' ? merged : mergeConfig(merged, ownOrigin(cognito))
    const file = `.rs/config/${env}-${org}/${part === 'lambda' ? 'backend' : 'webapp'}.json`
    return { file, config, text: `${JSON.stringify(config, null, 2)}\n` }
  })
  // All are judged before one is written.
  for (const { text } of plans) verifyNoSecrets({ text }, context)
  const written: WrittenConfig[] = []
  for (const { file, config, text } of plans) {
    const was = await ports.files.readText(file)
    if (was === text) continue
    await ports.files.write(file, text, 0o600)
    written.push({ file, created: was === undefined, changes: configChanges(readableConfig(was), config) })
  }
  return written
}
