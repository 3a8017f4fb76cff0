export type Json = null | boolean | number | string | Json[] | { [key: string]: Json }
export type JsonObject = { [key: string]: Json }

/** The organization's part over the environment's: objects merge deeply, arrays are replaced, null removes a key. */
export function mergeConfig(base: JsonObject, over: JsonObject): JsonObject {
  const merged = new Map(Object.entries(base))
  for (const [key, value] of Object.entries(over)) {
    const below = merged.get(key)
    if (value === null) merged.delete(key)
    else if (isObject(value)) merged.set(key, mergeConfig(isObject(below) ? below : {}, value))
    else merged.set(key, value)
  }
  return Object.fromEntries(merged)
}

function isObject(value: Json | undefined): value is JsonObject {
  return value !== null && typeof value === 'object' && !Array.isArray(value)
}

/** Every value by its path, as JSON. */
export function valuesOf(value: Json, path = ''): Record<string, string> {
  const isBranch = value !== null && typeof value === 'object' && !Array.isArray(value)
  if (!isBranch || (path !== '' && Object.keys(value).length === 0)) return { [path]: JSON.stringify(value) }
  const below = Object.entries(value).map(([key, inner]) => valuesOf(inner, path === '' ? key : `${path}.${key}`))
  return Object.assign({}, ...below) as Record<string, string>
}
