import type { Inputs } from './inputs.js'
import { shellWord } from './shell-words.js'
import type { Target } from './target.js'
import { type Variable, type VariableName, isVariableName, variables } from './variables.js'

/** What was typed: a make target, and the values that it was given. */
export interface Typed {
  command: string
  inputs: Inputs
}

/** A make target, as far as a command line of it goes. */
export interface Callable {
  /** Every variable that it takes, in their order. */
  takes: readonly VariableName[]
  /** Those without which it does not run. */
  needs: readonly VariableName[]
  /** Whether it deletes data: no error sends anybody to it. */
  destroys: boolean
}

/** By make target. */
export type Callables = ReadonlyMap<string, Callable>

/** A value as it is typed: parts in quotes, and parts without that end where a sentence goes on. */
const value = String.raw`(?:'[^']*'|"[^"]*"|\\'|[^\s,;:)"'\x60\\]|[,:](?=[^\s,;:)"'\x60]))+`
/** A make target with whatever is assigned behind it. */
const commandInText = new RegExp(String.raw`\bmake (?<name>[a-z][\w-]*)(?<given>(?: [A-Z_]+=${value})*)`, 'g')

/** The text with every command of the table in it as whole as it can be typed: on the target, cloud and project of this run. */
export function withPlace(text: string, inputs: Inputs, table: Callables): string {
  return text.replaceAll(commandInText, (command: string, name: string, given: string) => {
    const target = table.get(name)
    return target === undefined ? command : whole(name, given, target, inputs)
  })
}

/** What to type next: the first command of a hint that deletes nothing; where it holds none, the same again with the values that it names. */
export function nextCommand(hint: string, typed: Typed | undefined, table: Callables): string {
  const named = [...hint.matchAll(commandInText)].find(([, name = '']) => {
    const target = table.get(name)
    return target !== undefined && (!target.destroys || name === typed?.command)
  })
  if (named !== undefined) return withPlace(named[0], typed?.inputs ?? {}, table)
  const target = table.get(typed?.command ?? '')
  if (typed === undefined || target === undefined) return 'make help'
  const inputs = { ...typed.inputs, ...assignedIn(hint) }
  const given = target.takes.flatMap((name) => {
    const given = inputs[name] ?? (target.needs.includes(name) ? exampleOf(name) : '')
    return given === '' || name === 'JSON' || variables[name].kind === 'secret'
      ? []
      : [[name, given] as [string, string]]
  })
  return commandLine(typed.command, given)
}

/** The command that does `name` to a target, every value one word to a shell; `…` stands for what a person fills in. */
export function commandFor(name: string, { env, org }: Target, further: Inputs = {}): string {
  return commandLine(name, Object.entries({ ENV: env, ORG: org, ...further }))
}

function commandLine(name: string, values: readonly [string, string][]): string {
  return ['make', name, ...assignments(values)].join(' ')
}

/** Without ENV a hint means this run's target; with ENV and no ORG it may mean every organization. */
function whole(name: string, given: string, { takes, needs }: Callable, inputs: Inputs): string {
  const lacks = (variable: VariableName): boolean => takes.includes(variable) && !given.includes(` ${variable}=`)
  const missing = (['ENV', 'ORG', 'CLOUD', 'PROJECT_DIR'] as const).flatMap((variable): [VariableName, string][] => {
    const needed = needs.includes(variable)
    if (!lacks(variable) || (variable === 'ORG' && !needed && !lacks('ENV'))) return []
    const filled = inputs[variable] ?? (needed ? exampleOf(variable) : '')
    return filled === '' ? [] : [[variable, filled]]
  })
  const isTarget = ([variable]: [VariableName, string]): boolean => variable === 'ENV' || variable === 'ORG'
  const [target, place] = [missing.filter(isTarget), missing.filter((one) => !isTarget(one))]
  return [`make ${name}`, ...assignments(target), ...given.split(/^ /).slice(1), ...assignments(place)].join(' ')
}

function exampleOf(name: VariableName): string {
  return (variables[name] as Variable).example ?? ''
}

/** Values that a hint begins with: `ORG=myorg`, or `CREATE_BUCKETS=true creates them`. */
function assignedIn(hint: string): Inputs {
  const [, name = '', given = ''] = /^([A-Z_]+)=("[^"]*"|[^\s,;)]*)/.exec(hint) ?? []
  return isVariableName(name) ? { [name]: given.replaceAll('"', '') } : {}
}

function assignments(values: readonly [string, string][]): string[] {
  return values.flatMap(([name, given]) => (given === '' ? [] : [`${name}=${shellWord(given)}`]))
}
