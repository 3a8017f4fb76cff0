import { DeployError } from '../errors.js'
import { isNoEcho, isSecretParameter } from './input-changes.js'
import type { Inputs } from './inputs.js'
import type { Project } from './project.js'
import { masked } from './property-values.js'
import type { Target } from './target.js'
import type { Template } from './template.js'
import type { VariableName } from './variables.js'

export interface ParameterValue {
  name: string
  value: string
  /** Where the value came from; `kept` is secret and only the stack knows it: nobody may pass on what is shown of it. */
  from: 'target' | 'given' | 'stack' | 'default' | 'decided' | 'place' | 'release' | 'kept'
}

/** Which variable sets a template parameter; what a stack has of these its successor is to have as well. */
export const variableOf = {
  EnableAuth: 'ENABLE_AUTH',
  DomainName: 'DOMAIN_NAME',
  CertificateArn: 'CERTIFICATE_ARN',
  AlarmEmail: 'ALARM_EMAIL',
  CognitoUserPoolId: 'COGNITO_USER_POOL_ID',
  CognitoClientId: 'COGNITO_CLIENT_ID',
} as const satisfies Record<string, VariableName>

export interface ParameterFacts {
  target: Target
  inputs: Inputs
  template: Template
  /** What the template calls the parameters that this tool decides. */
  names: Project['parameters']
  /** Values of the stack, when there is one. */
  stack: Readonly<Record<string, string>> | undefined
  /** What the checks decided (CreateBuckets and the like); wins over everything. */
  decided: Readonly<Record<string, string>>
  /** What infra/environments.json says of ENV. */
  place?: Readonly<Record<string, string>>
}

/**
 * Every parameter that the template declares, always passed but for secrets that only the stack knows: what was given,
 * else what the stack has, else the template's default. Throws Usage when one of them has no value at all.
 */
export function planParameters(facts: ParameterFacts): ParameterValue[] {
  const { target, inputs, template, names, stack, decided, place = {} } = facts
  const ours = new Map(Object.entries(names).map(([our, their]) => [their, our]))
  const fixed: Record<string, string> = { Environment: target.env, Organization: target.org }
  const planned = Object.entries(template.Parameters ?? {}).map(([name, { Default }]): ParameterValue => {
    const our = ours.get(name) ?? name
    const given = Object.hasOwn(variableOf, our) ? inputs[variableOf[our as keyof typeof variableOf]] : undefined
    const known = stack?.[name]
    if (fixed[our] !== undefined) return { name, value: fixed[our], from: 'target' }
    if (decided[our] !== undefined) return { name, value: decided[our], from: 'decided' }
    if (place[our] !== undefined) return { name, value: place[our], from: 'place' }
    if (given !== undefined) return { name, value: given === 'none' ? '' : given, from: 'given' }
    if (known !== undefined) return { name, value: known, from: isNoEcho(name, template) ? 'kept' : 'stack' }
    if (Default !== undefined) return { name, value: String(Default), from: 'default' }
    throw new DeployError('Usage', `the template's parameter ${name} has no default, and no variable sets it`, {
      hint: `give ${name} a Default in template.yaml`,
    })
  })
  const passed = planned.filter(isPassed)
  passed.forEach(verifyPassable)
  for (const parameter of passed) verifyAllowed(parameter, template)
  return planned
}

/** Whether a parameter goes along with a change set: what does not stays as the stack has it. */
export function isPassed({ from }: ParameterValue): boolean {
  return from !== 'kept'
}

/** The SAM CLI cannot take these characters inside a parameter's value. */
function verifyPassable({ name, value, from }: ParameterValue): void {
  const odd = /["'\\\n\r]/.exec(value)
  if (odd === null) return
  throw new DeployError(
    'Usage',
    `the value of ${name} (${from}) holds ${JSON.stringify(odd[0])}, which cannot be passed on`,
    {
      hint: `give ${name} a value without quotes, backslashes and line ends`,
    },
  )
}

/** Throws Usage for what CloudFormation would refuse only when the change set is made. */
function verifyAllowed({ name, value, from }: ParameterValue, template: Template): void {
  const declared = template.Parameters?.[name]
  const fits =
    patternOf(declared?.AllowedPattern)?.test(value) !== false &&
    (declared?.AllowedValues === undefined || declared.AllowedValues.map(String).includes(value)) &&
    (declared?.MaxLength === undefined || value.length <= declared.MaxLength)
  if (fits) return
  const rule = declared?.ConstraintDescription ?? 'does not fit the template'
  const shown = isSecretParameter(name, template) ? masked : value
  throw new DeployError('Usage', `${name}=${shown} (${from}) ${rule}`, { hint: `give ${name} a value that fits` })
}

/** CloudFormation's patterns are Java's. What is no pattern here, or might mean something else, only AWS can judge. */
function patternOf(pattern: string | undefined): RegExp | undefined {
  try {
    return pattern === undefined ? undefined : new RegExp(`^(?:${pattern})$`, 'u')
  } catch {
    return undefined
  }
}

export function parameterRecord(values: readonly ParameterValue[]): Record<string, string> {
  return Object.fromEntries(values.map(({ name, value }) => [name, value]))
}
