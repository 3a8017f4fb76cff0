import { type JsonObject, valuesOf } from './config-merge.js'
import { hiddenPaths } from './config-secrets.js'
import { type EntryChange, entryChanges, isSecretName } from './input-changes.js'

/** What differs between two configurations, by the path of each value (`ui.title`); arrays count as one value. */
export function configChanges(was: JsonObject, now: JsonObject): EntryChange[] {
  const hidden = new Set([...hiddenPaths(was), ...hiddenPaths(now)])
  return entryChanges(valuesOf(was), valuesOf(now), (path) => isSecretName(path) || hidden.has(path))
}
