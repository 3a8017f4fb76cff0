import { valuesOf } from './config-merge.js'
import type { Json, JsonObject } from './config-merge.js'
import { type EntryChange, entryChanges, isSecretName } from './input-changes.js'
import { type Template, codeFolders } from './template.js'

/** What packaging writes into a template and nobody wrote there: it is no difference. */
const addedMetadata = ['SamResourceId', 'BuildMethod', 'BuildArchitecture', 'BuildProperties']

/**
 * What differs between the template that a stack was deployed with and the one in the checkout, by path. Where the code
 * lies, and the fingerprint of an API's parameters, are left out: packaging writes those anew.
 */
export function templateChanges(deployed: Template, now: Template): EntryChange[] {
  const ids = new Set(codeFolders(now).map(({ logicalId }) => logicalId))
  return entryChanges(valuesOf(comparable(deployed, ids)), valuesOf(comparable(now, ids)), isSecretName)
}

function comparable(template: Template, packaged: ReadonlySet<string>): JsonObject {
  const resources = Object.entries(template.Resources).map(([logicalId, resource]) => {
    const properties = { ...resource.Properties }
    if (packaged.has(logicalId)) for (const name of ['CodeUri', 'ContentUri']) Reflect.deleteProperty(properties, name)
    const body = properties['DefinitionBody'] as { info?: object } | undefined
    if (body?.info !== undefined) properties['DefinitionBody'] = { ...body, info: { ...body.info, version: '' } }
    const metadata = Object.entries(resource.Metadata ?? {}).filter(([name]) => !addedMetadata.includes(name))
    return [
      logicalId,
      {
        ...resource,
        Properties: properties,
        Metadata: metadata.length === 0 ? undefined : Object.fromEntries(metadata),
      },
    ] as const
  })
  // Once as JSON: what is undefined goes, and dates are texts.
  return JSON.parse(JSON.stringify({ ...template, Resources: Object.fromEntries(resources) })) as JsonObject & Json
}
