import type { PropertyValue, ResourceChange } from './changes.js'
import { isSecretName, isSecretParameter } from './input-changes.js'
import type { Template } from './template.js'

export const masked = '••••••'

/** The change without the values that nobody may see: those of secret names, and those made of NoEcho parameters. */
export function withoutSecrets(change: ResourceChange, templates: readonly (Template | undefined)[]): ResourceChange {
  if (change.values === undefined) return change
  const values = change.values.map((value) => (isSecretValue(value, change.logicalId, templates) ? mask(value) : value))
  return { ...change, values }
}

function mask({ before, after, ...place }: PropertyValue): PropertyValue {
  return { ...place, before: before && masked, after: after && masked }
}

function isSecretValue(
  { name, path }: PropertyValue,
  logicalId: string,
  templates: readonly (Template | undefined)[],
): boolean {
  if (isSecretName(`${name} ${path}`)) return true
  return templates.some(
    (template) =>
      template !== undefined && refersToSecret(template.Resources[logicalId]?.Properties?.[name], template, new Set()),
  )
}

/** Whether a value is made of a secret parameter, directly, in a Sub, or by way of a condition. */
function refersToSecret(value: unknown, template: Template, seen: Set<string>): boolean {
  const names = JSON.stringify(value ?? null).match(/[A-Za-z0-9]+/g) ?? []
  return names.some((name) => {
    if (template.Parameters?.[name] !== undefined) return isSecretParameter(name, template)
    const condition = template.Conditions?.[name]
    if (condition === undefined || seen.has(name)) return false
    seen.add(name)
    return refersToSecret(condition, template, seen)
  })
}
