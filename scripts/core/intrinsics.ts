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
 * attribute) becomes `unknownPart`. Covers Ref, Sub, Join, If, Select, Split, FindInMap is left unknown.
 */
export function resolverFor(surroundings: Surroundings): Resolver {
  const resolve: Resolver = (value) => {
    if (Array.isArray(value)) return value.map(resolve).filter((inner) => inner !== undefined)
    if (value === null || typeof value !== 'object') return value
    const entries = Object.entries(value)
    const [name, argument] = entries[0] ?? []
    if (entries.length === 1 && name !== undefined && (name === 'Ref' || name.startsWith('Fn::'))) {
      return resolveFunction(name, argument, surroundings, resolve)
    }
    return Object.fromEntries(entries.map(([key, inner]) => [key, resolve(inner)] as const))
  }
  return resolve
}

function resolveFunction(name: string, argument: unknown, surroundings: Surroundings, resolve: Resolver): unknown {
  switch (name) {
    case 'Ref':
      return typeof argument === 'string' ? reference(argument, surroundings) : unknownPart
    case 'Fn::Sub':
      return substitute(argument, surroundings, resolve)
    case 'Fn::Join': {
      const [separator, parts] = Array.isArray(argument) ? (argument as [unknown, unknown]) : ['', []]
      const resolved = resolve(parts)
      return Array.isArray(resolved) ? resolved.map(asText).join(asText(separator)) : unknownPart
    }
    case 'Fn::If': {
      const [condition, yes, no] = Array.isArray(argument) ? (argument as [string, unknown, unknown]) : ['', null, null]
      return resolve(isTrue(surroundings.template.Conditions?.[condition], surroundings) ? yes : no)
    }
    default:
      return unknownPart
  }
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

/** Conditions over parameters: Equals, And, Or, Not, Condition. */
export function isTrue(condition: unknown, surroundings: Surroundings): boolean {
  if (condition === null || typeof condition !== 'object') return false
  const [name, argument] = Object.entries(condition)[0] ?? []
  const each = Array.isArray(argument) ? (argument as unknown[]) : []
  switch (name) {
    case 'Fn::Equals': {
      const [left, right] = each.map((side) => asText(resolverFor(surroundings)(side)))
      return left === right
    }
    case 'Fn::And':
      return each.every((inner) => isTrue(inner, surroundings))
    case 'Fn::Or':
      return each.some((inner) => isTrue(inner, surroundings))
    case 'Fn::Not':
      return !isTrue(each[0], surroundings)
    case 'Condition':
      return typeof argument === 'string' && isTrue(surroundings.template.Conditions?.[argument], surroundings)
    default:
      return false
  }
}
