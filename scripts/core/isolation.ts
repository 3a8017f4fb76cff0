import { type Surroundings, insidesOfUnknown, resolverFor, truthOf, unknownPart } from './intrinsics.js'
import { nameProperty } from './named-properties.js'
import type { Names } from './names.js'
import type { Target } from './target.js'
import { foreignPolicies, wideGrants } from './wide-policies.js'

export interface Trespass {
  logicalId: string
  /** Where in the resource: `Properties.BucketName`. */
  place: string
  /** The name as it resolves; what only AWS knows is shown as `…`. */
  value: string
  why: string
  /** Set where it is not a name but what a policy allows. */
  policy?: true
}

/** Of conditions that only AWS knows; each doubles what is to be tried. */
const mostOpen = 6

/**
 * Everything in a template that is, or names, something of another target: each explicit name must be one of `names`,
 * each string of the project's name patterns, anywhere, must stand for this very target, and no policy may reach
 * `neighbours`, other targets that stand for all.
 */
export function findTrespasses(
  target: Target,
  names: Names,
  neighbours: readonly Names[],
  surroundings: Surroundings,
): Trespass[] {
  const { template } = surroundings
  const outputs = Object.entries(asRecord(template['Outputs']))
  const mappings = Object.entries(asRecord(template['Mappings']))
  const resources = Object.entries(template.Resources).filter(([, one]) => mayExist(one, surroundings))
  const named = (logicalId: string, value: unknown): Trespass[] =>
    foreignStrings(value, names, surroundings).map(([place, word]) => ({
      logicalId,
      place,
      value: shown(word),
      why: `does not belong to ${target.env}/${target.org}`,
    }))
  return [
    ...resources.flatMap(([logicalId, resource]) => {
      const { Type, Properties = {} } = resource
      const own = explicitNames(logicalId, Type, resolverFor(surroundings)(Properties), names)
      return [...own, ...policiesBeyond(logicalId, Properties, neighbours, surroundings), ...named(logicalId, resource)]
    }),
    ...outputs.flatMap(([name, output]) => (mayExist(output, surroundings) ? named(`Outputs.${name}`, output) : [])),
    ...mappings.flatMap(([name, mapping]) => named(`Mappings.${name}`, mapping)),
  ]
}

/** What a resource's policies allow beyond the target, or may, whichever way the conditions turn out. */
function policiesBeyond(
  logicalId: string,
  properties: unknown,
  neighbours: readonly Names[],
  surroundings: Surroundings,
): Trespass[] {
  const text = JSON.stringify(properties ?? null)
  if (!/"(?:Effect|ManagedPolicyArns)":/.test(text)) return []
  const open = openConditions(text, surroundings)
  if (open.length > mostOpen) {
    const why = 'hang together on more conditions that only AWS knows than can be tried out'
    return [{ logicalId, place: 'its policies', value: open.join(', '), why, policy: true }]
  }
  const cases = eitherWay(open, surroundings)
  const wide = cases.flatMap((one) => wideGrants(resolverFor(one)(properties), neighbours, one))
  const handed = cases.flatMap((one) => foreignPolicies(properties, one))
  const outside =
    'is not known to stay within this target: a policy in the template says what is needed of which resource'
  return [
    ...[...new Set(wide)].map((value) => ({ place: 'a policy', value, why: 'reaches other targets too' })),
    ...[...new Set(handed)].map((value) => ({ place: 'Properties.ManagedPolicyArns', value, why: outside })),
  ].map((found) => ({ ...found, logicalId, value: shown(found.value), policy: true }))
}

/** The conditions of this text's `Fn::If` that cannot be worked out. */
function openConditions(text: string, surroundings: Surroundings): string[] {
  const used = [...text.matchAll(/"Fn::If":\["([^"]+)"/g)].map(([, name = '']) => name)
  return [...new Set(used)].filter((name) => truthOf({ Condition: name }, surroundings) === undefined)
}

/** The same with each of these conditions true, and false: every combination of them. */
function eitherWay([name, ...others]: readonly string[], surroundings: Surroundings): Surroundings[] {
  if (name === undefined) return [surroundings]
  const { template } = surroundings
  return ['yes', 'no'].flatMap((answer) => {
    const Conditions = { ...template.Conditions, [name]: { 'Fn::Equals': ['yes', answer] } }
    return eitherWay(others, { ...surroundings, template: { ...template, Conditions } })
  })
}

/** A condition that cannot be worked out may hold. */
function mayExist(entry: unknown, surroundings: Surroundings): boolean {
  const condition = asRecord(entry)['Condition']
  return typeof condition !== 'string' || truthOf({ Condition: condition }, surroundings) !== false
}

function explicitNames(logicalId: string, type: string, properties: unknown, names: Names): Trespass[] {
  return nameProperty(type).flatMap((property) => {
    const value = property.split('.').reduce<unknown>((inside, key) => asRecord(inside)[key], properties)
    if (value === undefined || (typeof value === 'string' && names.all.includes(value))) return []
    const text = typeof value === 'string' ? shown(value) : JSON.stringify(value)
    return [{ logicalId, place: `Properties.${property}`, value: text, why: 'is not a computed name of this target' }]
  })
}

/** Words of the project's patterns that are no name of this target, with their places; also inside what only AWS works out. */
function foreignStrings(value: unknown, names: Names, surroundings: Surroundings): [place: string, word: string][] {
  const seen = [resolverFor(surroundings)(value), ...insidesOfUnknown(value, surroundings)]
  return seen.flatMap((one) =>
    stringsIn(one, '').flatMap(([place, text]) =>
      foreignNames(text, names).map((word): [string, string] => [place, word]),
    ),
  )
}

/** Every string in a value, with its path. */
function stringsIn(value: unknown, place: string): [string, string][] {
  if (typeof value === 'string') return [[place, value]]
  if (value === null || typeof value !== 'object') return []
  return Object.entries(value).flatMap(([key, inner]) => [
    ...stringsIn(key, place),
    ...stringsIn(inner, place === '' ? key : `${place}.${key}`),
  ])
}

/** Wildcards (`*`, `?`) and policy variables (`${…}`) belong to the word: a name that goes on with one is another name. */
function foreignNames(text: string, names: Names): string[] {
  const pattern = new RegExp(`(?<![A-Za-z0-9-])(?:${names.prefixes.join('|')})-[A-Za-z0-9\\-*?$${unknownPart}]*`, 'g')
  return [...text.matchAll(pattern)].map(([word]) => word).filter((word) => !isOurs(word, names))
}

function isOurs(word: string, names: Names): boolean {
  if (names.all.includes(word) || word === names.deploymentsBucket) return true
  // An export of the stack: `{stack}-{OutputKey}`.
  return new RegExp(`^${names.stack}-[A-Z][A-Za-z0-9]*$`).test(word)
}

function asRecord(value: unknown): Record<string, unknown> {
  return value !== null && typeof value === 'object' ? (value as Record<string, unknown>) : {}
}

function shown(value: string): string {
  return value.replaceAll(unknownPart, '…')
}
