import type { Inputs } from './inputs.js'
import { shellWord } from './shell-words.js'
import type { Target } from './target.js'
import { type VariableName, isVariableName, variables } from './variables.js'

/** What was typed: a make target, the values that it was given, and the variables that it takes, in their order. */
export interface Typed {
  command: string
  inputs: Inputs
  takes: readonly VariableName[]
}

/** The command that does `name` to a target. */
export function commandFor(name: string, { env, org }: Target): string {
  return `make ${name} ENV=${env} ORG=${org}`
}

/** A make target with whatever is assigned behind it. */
const commandInText = /\bmake [a-z][\w-]*(?: [A-Z_]+=(?:"[^"]*"|[^\s,;:)"]+))*/g

/** What every command of a run has to be given again, or it would act somewhere else. */
const everywhere = ['CLOUD', 'PROJECT_DIR'] as const

/** The text with every command in it that acts on an environment told the cloud and the project of this run, too. */
export function withPlace(text: string, inputs: Inputs): string {
  return text.replaceAll(commandInText, (command) => {
    if (!command.includes(' ENV=')) return command
    const missing = everywhere.filter((name) => inputs[name] !== undefined && !command.includes(` ${name}=`))
    return [command, ...missing.map((name) => assignment(name, inputs[name] ?? ''))].join(' ')
  })
}

/** What to type next: the first command of a hint; where it holds none, the same again with the values that it names. */
export function nextCommand(hint: string, typed: Typed | undefined): string {
  const [named] = hint.match(commandInText) ?? []
  if (named !== undefined) return named
  if (typed === undefined) return 'make help'
  const inputs = { ...typed.inputs, ...assignedIn(hint) }
  const given = typed.takes.flatMap((name) => {
    const value = inputs[name] ?? ''
    return value === '' || name === 'JSON' || variables[name].kind === 'secret' ? [] : [assignment(name, value)]
  })
  return ['make', typed.command, ...given].join(' ')
}

/** Values that a hint begins with: `ORG=myorg`, or `CREATE_BUCKETS=true creates them`. */
function assignedIn(hint: string): Inputs {
  const [, name = '', value = ''] = /^([A-Z_]+)=("[^"]*"|[^\s,;)]*)/.exec(hint) ?? []
  return isVariableName(name) ? { [name]: value.replaceAll('"', '') } : {}
}

function assignment(name: string, value: string): string {
  return `${name}=${shellWord(value)}`
}
