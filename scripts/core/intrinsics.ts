import type { Template } from './template.js'

/** What a reference that is only known to AWS resolves to: it is part of no name. */
export const unknownPart = '\u0000'

export interface Surroundings {
  template: Template
  parameters: Readonly<Record<string, string>>
  account: string
  region: string
  stackName: string
}

type Resolver = (value: unknown) => unknown

/**
 * A template's value with its functions worked out as far as the parameters go; what only AWS knows (another resource's
 * attribute, an import) becomes `unknownPart`.
 */
export function resolverFor(surroundings: Surroundings): Resolver {
  const resolve: Resolver = (value) => {
    if (Array.isArray(value)) return value.map(resolve).filter((inner) => inner !== undefined)
    if (value === null || typeof value !== 'object') return value
    const call = functionOf(value)
    if (call !== undefined) return resolveFunction(call.name, call.argument, surroundings, resolve)
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, resolve(inner)] as const))
  }
  return resolve
}

/** The function that an object stands for: `{ "Fn::Sub": … }`, `{ "Ref": … }`. */
function functionOf(value: object): { name: string; argument: unknown } | undefined {
  const entries = Object.entries(value)
  const [name, argument] = entries[0] ?? []
  if (entries.length !== 1 || name === undefined) return undefined
  return name === 'Ref' || name.startsWith('Fn::') ? { name, argument } : undefined
}

/** Whatever stands inside functions that cannot be worked out, worked out itself: nothing may hide in there. */
export function insidesOfUnknown(value: unknown, surroundings: Surroundings): unknown[] {
  const resolve = resolverFor(surroundings)
  const visit = (inner: unknown): unknown[] => {
    if (Array.isArray(inner)) return inner.flatMap(visit)
    if (inner === null || typeof inner !== 'object') return []
    const call = functionOf(inner)
    if (call === undefined) return Object.values(inner).flatMap(visit)
    const below = visit(call.argument)
    return call.name !== 'Ref' && resolve(inner) === unknownPart ? [resolve(call.argument), ...below] : below
  }
  return visit(value)
}

function resolveFunction(name: string, argument: unknown, surroundings: Surroundings, resolve: Resolver): unknown {
  const list = Array.isArray(argument) ? (argument as unknown[]) : []
  switch (name) {
    case 'Ref':
      return typeof argument === 'string' ? reference(argument, surroundings) : unknownPart
    case 'Fn::Sub':
      return substitute(argument, surroundings, resolve)
    case 'Fn::Join': {
      const parts = asList(resolve(list[1]))
      return parts === undefined ? unknownPart : parts.map(asText).join(asText(list[0]))
    }
    case 'Fn::Split':
      return asText(resolve(list[1])).split(asText(resolve(list[0])))
    case 'Fn::Select': {
      const found = asList(resolve(list[1]))?.[Number(resolve(list[0]))]
      return found === undefined ? unknownPart : found
    }
    case 'Fn::FindInMap': {
      const [map, first, second] = list.map(resolve)
      const found = keyed(keyed(keyed(surroundings.template['Mappings'], map), first), second)
      return found === undefined ? unknownPart : found
    }
    case 'Fn::Base64':
      return resolve(argument)
    case 'Fn::ToJsonString':
      return JSON.stringify(resolve(argument))
    case 'Fn::If': {
      const [condition, yes, no] = list
      const truth = truthOf({ Condition: condition }, surroundings)
      return truth === undefined ? unknownPart : resolve(truth ? yes : no)
    }
    default:
      return unknownPart
  }
}

/** A list, or the comma-separated text that a list parameter is. */
function asList(value: unknown): unknown[] | undefined {
  if (Array.isArray(value)) return value
  return typeof value === 'string' && value !== unknownPart ? value.split(',') : undefined
}

function keyed(value: unknown, key: unknown): unknown {
  if (value === null || typeof value !== 'object' || typeof key !== 'string') return undefined
  return Object.hasOwn(value, key) ? (value as Record<string, unknown>)[key] : undefined
}

function reference(name: string, { parameters, account, region, stackName }: Surroundings): unknown {
  const pseudo: Record<string, unknown> = {
    'AWS::AccountId': account,
    'AWS::Region': region,
    'AWS::StackName': stackName,
    'AWS::Partition': 'aws',
    'AWS::URLSuffix': 'amazonaws.com',
    'AWS::NoValue': undefined,
  }
  if (Object.hasOwn(pseudo, name)) return pseudo[name]
  return parameters[name] ?? unknownPart
}

function substitute(argument: unknown, surroundings: Surroundings, resolve: Resolver): string {
  const [text, own] = Array.isArray(argument) ? (argument as [unknown, Record<string, unknown>]) : [argument, {}]
  return asText(text).replaceAll(/\$\{(!?)([^}]+)\}/g, (_whole, literal: string, name: string) => {
    if (literal === '!') return `\${${name}}`
    return asText(Object.hasOwn(own, name) ? resolve(own[name]) : reference(name, surroundings))
  })
}

function asText(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
    ? String(value)
    : unknownPart
}

/** A condition over parameters (Equals, And, Or, Not, Condition); undefined where only AWS knows. */
export function truthOf(condition: unknown, surroundings: Surroundings): boolean | undefined {
  if (condition === null || typeof condition !== 'object') return undefined
  const [name, argument] = Object.entries(condition)[0] ?? []
  const each = Array.isArray(argument) ? (argument as unknown[]) : []
  const truths = (): (boolean | undefined)[] => each.map((inner) => truthOf(inner, surroundings))
  switch (name) {
    case 'Fn::Equals': {
      const [left = '', right = ''] = each.map((side) => asText(resolverFor(surroundings)(side)))
      return `${left}${right}`.includes(unknownPart) ? undefined : left === right
    }
    case 'Fn::And':
      return truths().includes(false) ? false : truths().includes(undefined) ? undefined : true
    case 'Fn::Or':
      return truths().includes(true) ? true : truths().includes(undefined) ? undefined : false
    case 'Fn::Not': {
      const [inner] = truths()
      return inner === undefined ? undefined : !inner
    }
    case 'Condition':
      return typeof argument === 'string'
        ? truthOf(surroundings.template.Conditions?.[argument], surroundings)
        : undefined
    default:
      return undefined
  }
}
