import type { ResourceChange } from './changes.js'
import { canonicalJson } from './hash.js'
import { type Surroundings, truthOf, unknownPart } from './intrinsics.js'
import { isThere } from './resource-status.js'
import { holdsData } from './stateful.js'
import type { Template } from './template.js'

interface Resource {
  logicalId: string
  physicalId: string | undefined
  type: string
  status: string
}

const nestedType = 'AWS::CloudFormation::Stack'

/** What the removal of a whole nested stack removes of what holds data, and the stacks nested in it. */
export function removalsOf(resources: readonly Resource[], before: Template): ResourceChange[] {
  return standing(resources, before).map((resource) => changeOf(resource, 'Remove'))
}

/** What the update of a nested stack may do to what holds data, told from both templates: the worst that may be. */
export function nestedDifferences(
  resources: readonly Resource[],
  before: Template,
  { template: after, ...known }: Surroundings,
): ResourceChange[] {
  return standing(resources, before).flatMap((resource) => {
    const now = after.Resources[resource.logicalId]
    const condition = now?.['Condition']
    const gone =
      typeof condition === 'string' && truthOf({ Condition: condition }, { template: after, ...known }) !== true
    if (now === undefined || gone) return [changeOf(resource, 'Remove')]
    const was = before.Resources[resource.logicalId]
    if (resource.type === nestedType) return [changeOf(resource, 'Modify', { replacement: 'False' })]
    const [old, fresh] = [was?.Properties ?? {}, now.Properties ?? {}]
    const properties = [...new Set([...Object.keys(old), ...Object.keys(fresh)])].filter(
      // A reference may have another value by now, although its text is the same.
      (name) => canonicalJson(old[name] ?? null) !== canonicalJson(fresh[name] ?? null) || isReference(fresh[name]),
    )
    return properties.length === 0 ? [] : [changeOf(resource, 'Modify', { replacement: 'Conditional', properties })]
  })
}

/** Values of a nested template's parameters: what its resource passes on, else the defaults. */
export function parametersOfNested(template: Template, passed: unknown): Record<string, string> {
  const given = passed !== null && typeof passed === 'object' ? (passed as Record<string, unknown>) : {}
  const values = Object.entries(template.Parameters ?? {}).map(([name, { Default }]) => {
    const value = given[name] ?? Default
    const plain = typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
    return [name, plain ? String(value) : unknownPart] as const
  })
  return Object.fromEntries(values)
}

function standing(resources: readonly Resource[], before: Template): Resource[] {
  return resources.filter(
    ({ logicalId, type, status }) =>
      (holdsData(type, before.Resources[logicalId]) || type === nestedType) && isThere({ status }),
  )
}

function isReference(value: unknown): boolean {
  return /"(Ref|Fn::[A-Za-z0-9]+)":/.test(JSON.stringify(value ?? null))
}

function changeOf(
  { logicalId, physicalId, type }: Resource,
  action: 'Remove' | 'Modify',
  over: Partial<ResourceChange> = {},
): ResourceChange {
  return {
    action,
    logicalId,
    physicalId,
    type,
    replacement: undefined,
    properties: [],
    recreating: [],
    policyAction: undefined,
    ...over,
  }
}
