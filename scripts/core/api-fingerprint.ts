import { canonicalJson, sha256 } from './hash.js'
import type { Template } from './template.js'

/**
 * SAM names an API deployment after the raw text of DefinitionBody, so a flipped parameter or condition alone never
 * reaches the stage. The fingerprint of everything that the body depends on, written into `info.version`, mends that.
 */
export function withApiFingerprints(template: Template, parameters: Readonly<Record<string, string>>): Template {
  const resources = Object.entries(template.Resources).map(([logicalId, resource]) => {
    const body = resource.Type === 'AWS::Serverless::Api' ? resource.Properties?.['DefinitionBody'] : undefined
    if (body === undefined || typeof body !== 'object' || body === null) return [logicalId, resource] as const
    const info = (body as { info?: object }).info ?? {}
    const version = apiFingerprint(body, template, parameters)
    const properties = { ...resource.Properties, DefinitionBody: { ...body, info: { ...info, version } } }
    return [logicalId, { ...resource, Properties: properties }] as const
  })
  return { ...template, Resources: Object.fromEntries(resources) }
}

/** 12 hex digits over the body and the values of the parameters that it uses, directly or through conditions. */
export function apiFingerprint(
  body: unknown,
  template: Template,
  parameters: Readonly<Record<string, string>>,
): string {
  const used = new Set<string>()
  const seen = new Set<string>()
  const visit = (value: unknown): void => {
    for (const name of namesIn(value)) {
      if (name in (template.Parameters ?? {})) used.add(name)
      const condition = template.Conditions?.[name]
      if (condition === undefined || seen.has(name)) continue
      seen.add(name)
      visit(condition)
    }
  }
  visit(body)
  const values = [...used].sort().map((name) => [name, parameters[name] ?? ''])
  return sha256(canonicalJson([body, values])).slice(0, 12)
}

/** Every name that a value refers to: Ref, Condition, the condition of Fn::If, and ${…} in Fn::Sub. */
function namesIn(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(namesIn)
  if (value === null || typeof value !== 'object') return []
  return Object.entries(value).flatMap(([key, inner]): string[] => {
    const nested = namesIn(inner)
    if ((key === 'Ref' || key === 'Condition') && typeof inner === 'string') return [inner]
    if (key === 'Fn::If' && Array.isArray(inner) && typeof inner[0] === 'string') return [inner[0], ...nested]
    if (key !== 'Fn::Sub') return nested
    const text: unknown = Array.isArray(inner) ? inner[0] : inner
    const subbed = typeof text === 'string' ? [...text.matchAll(/\$\{([^!}]+)\}/g)] : []
    return [...subbed.map((match) => match[1] ?? ''), ...nested]
  })
}
