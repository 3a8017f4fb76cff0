import { DeployError } from '../errors.js'
import { editDistance, nearest } from './near-miss.js'
import { type Variable, type VariableName, isVariableName, variableNames, variables } from './variables.js'

/** The values a run was given, by variable; absent and empty are the same. */
export type Inputs = Partial<Record<VariableName, string>>

export interface RawInputs {
  /** The whole environment. */
  environment: Readonly<Record<string, string | undefined>>
  /** Names that stood on make's own command line (the Makefile lists them); their values are in the environment. */
  makeNames: readonly string[]
  /** Values given as flags, by variable; they win. */
  flags: Inputs
}

/** The values that count, checked one by one. Throws Usage on an unknown name, a near miss, or a value that cannot be. */
export function readInputs({ environment, makeNames, flags }: RawInputs): Inputs {
  verifyMakeNames(makeNames)
  verifyNoNearMiss(environment)
  const inputs = givenInputs({ environment, makeNames, flags })
  for (const name of variableNames) if (inputs[name] !== undefined) verifyPossible(name, inputs[name])
  return inputs
}

/** The values as they were given, whether they can be or not. */
export function givenInputs({ environment, makeNames, flags }: RawInputs): Inputs {
  const given = variableNames.map(
    (name) => [name, flags[name] ?? fromEnvironment(name, environment, makeNames)] as const,
  )
  return Object.fromEntries(given.filter(([, value]) => value !== undefined && value !== ''))
}

function fromEnvironment(
  name: VariableName,
  environment: RawInputs['environment'],
  makeNames: readonly string[],
): string | undefined {
  const variable: Variable = variables[name]
  if (variable.everywhere === true || makeNames.includes(name)) return environment[name]
  return environment[`RS_${name}`]
}

/**
 * The variables that somebody gave for this very run: on make's command line, or as RS_…. What lies in an environment
 * under its own name need not be meant for it: CI exports ENV and ORG for every step.
 */
export function namesGiven({ environment, makeNames }: Omit<RawInputs, 'flags'>): VariableName[] {
  const isFilled = (name: string): boolean => (environment[name] ?? '') !== ''
  return variableNames.filter((name) => {
    const variable: Variable = variables[name]
    return (makeNames.includes(name) && isFilled(name)) || (variable.everywhere !== true && isFilled(`RS_${name}`))
  })
}

function verifyPossible(name: VariableName, value: string): void {
  const variable: Variable = variables[name]
  const choices = variable.kind === 'flag' ? ['true', 'false'] : name === 'ENV' ? undefined : variable.choices
  if (choices === undefined || choices.includes(value)) return
  throw new DeployError('Usage', `${name}=${value} is not possible: it is ${choices.join(' or ')}`, {
    hint: `${name}=${nearest(value.toLowerCase(), choices) ?? choices[0]}`,
  })
}

function verifyMakeNames(makeNames: readonly string[]): void {
  for (const name of makeNames) {
    if (isVariableName(name)) continue
    const close = nearest(name.toUpperCase(), variableNames)
    throw new DeployError('Usage', `${name} is not a variable of any target`, {
      hint: close === undefined ? 'make help lists the targets with their variables' : `${close}=…`,
    })
  }
}

/**
 * A name of the environment that is one slip away from one of ours would be ignored in silence: that is refused. Short
 * names are left out: PGPASSWORD is somebody else's.
 */
function verifyNoNearMiss(environment: RawInputs['environment']): void {
  const long = variableNames.filter((name) => (variables[name] as Variable).everywhere === true && name.length > 8)
  for (const name of Object.keys(environment)) {
    if (isVariableName(name) || !/^[A-Z_]{7,24}$/.test(name)) continue
    const close = long.find((ours) => Math.abs(name.length - ours.length) <= 2 && editDistance(name, ours) <= 2)
    if (close === undefined) continue
    throw new DeployError('Usage', `${name} stands in the environment, but no variable has that name`, {
      hint: `did you mean ${close}? Set that, or unset ${name}`,
    })
  }
}

export function isSet(inputs: Inputs, name: VariableName): boolean {
  return inputs[name] === 'true'
}
