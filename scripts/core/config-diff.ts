import type { Json, JsonObject } from './config-merge.js'
import { type EntryChange, entryChanges, isSecretName } from './input-changes.js'

/** What differs between two configurations, by the path of each value (`ui.title`); arrays count as one value. */
export function configChanges(was: JsonObject, now: JsonObject): EntryChange[] {
  return entryChanges(valuesOf(was), valuesOf(now), isSecretName)
}

/** Every value by its path, as JSON. */
export function valuesOf(value: Json, path = ''): Record<string, string> {
  const isBranch = value !== null && typeof value === 'object' && !Array.isArray(value)
  if (!isBranch || (path !== '' && Object.keys(value).length === 0)) return { [path]: JSON.stringify(value) }
  const below = Object.entries(value).map(([key, inner]) => valuesOf(inner, path === '' ? key : `${path}.${key}`))
  return Object.assign({}, ...below) as Record<string, string>
}
