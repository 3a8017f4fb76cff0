import { nearest } from '../core/near-miss.js'
import type { Callables } from '../core/next-command.js'
import type { Environment } from '../core/target.js'
import type { VariableName } from '../core/variables.js'
import { DeployError } from '../errors.js'
import type { CloudContext, Context, FilesContext, TargetContext } from '../flows/context.js'

export const groups = [
  'Deploy',
  'Look',
  'Configuration',
  'Ledger',
  'Lock',
  'Take down',
  'Users',
  'Local AWS',
  'Help',
  'Development',
] as const

interface Description {
  /** The make target. */
  name: string
  group: (typeof groups)[number]
  summary: string
  /** What `make help-target` says beyond the summary. */
  details: string
  example: string
  /** Variables that it takes beside those that say what it acts on. */
  variables: readonly VariableName[]
  /** It deletes data that nothing brings back: no error sends anybody to it. */
  destroys?: true
}

export interface EnvironmentContext extends CloudContext {
  env: Environment
  /** Undefined: every organization of the environment. */
  org: string | undefined
}

export interface WideContext extends CloudContext {
  /** Undefined: every environment. */
  env: Environment | undefined
  /** Undefined: every organization. */
  org: string | undefined
}

/** A command is data and one call. `acts` says what it needs to know before it runs. */
export type Command = Description &
  (
    | { acts: 'machine'; run: (context: Context) => Promise<void> }
    | { acts: 'cloud'; run: (context: CloudContext) => Promise<void> }
    | { acts: 'everywhere'; run: (context: WideContext) => Promise<void> }
    | { acts: 'environment'; run: (context: EnvironmentContext) => Promise<void> }
    | { acts: 'files'; run: (context: FilesContext) => Promise<void> }
    | { acts: 'target'; run: (context: TargetContext) => Promise<void> }
  )

/** Every variable of a command, those that say what it acts on first. */
export function variablesOf(command: Command): VariableName[] {
  const named: Record<Command['acts'], VariableName[]> = {
    machine: [],
    cloud: ['CLOUD', 'PROJECT_DIR'],
    everywhere: ['ENV', 'ORG', 'CLOUD', 'PROJECT_DIR'],
    environment: ['ENV', 'ORG', 'CLOUD', 'PROJECT_DIR'],
    files: ['ENV', 'ORG', 'CLOUD', 'PROJECT_DIR'],
    target: ['ENV', 'ORG', 'CLOUD', 'PROJECT_DIR'],
  }
  return [...new Set([...named[command.acts], ...command.variables, 'JSON' as const])]
}

/** The table as those read it who say what to type next. All but the help act in a folder, were it to find a local AWS. */
export function callablesOf(commands: readonly Command[]): Callables {
  return new Map(
    commands.map((command) => {
      const taken = variablesOf(command)
      const inFolder = command.name.startsWith('help') || taken.includes('PROJECT_DIR') ? [] : ['PROJECT_DIR' as const]
      const needs = taken.filter((name) => isRequired(command, name))
      return [command.name, { takes: [...taken, ...inFolder], needs, destroys: command.destroys === true }]
    }),
  )
}

/** They say where a run acts and how it answers: a target that has no use for them acts no differently with them. */
const harmless: readonly VariableName[] = ['ENV', 'ORG', 'CLOUD', 'PROJECT_DIR', 'JSON']

/**
 * Throws Usage where a variable was given that the command does not take: with CHECK=true ignored, what was to be looked
 * at would be done.
 */
export function verifyTaken(command: Command, given: readonly VariableName[]): void {
  const taken = variablesOf(command)
  const stray = given.filter((name) => !taken.includes(name) && !harmless.includes(name))
  if (stray.length === 0) return
  const close = stray.flatMap((name) => nearest(name, taken) ?? [])[0]
  const meant = close === undefined ? '' : `did you mean ${close}? `
  throw new DeployError('Usage', `${command.name} takes no ${stray.join(' and no ')}: nothing was done`, {
    hint: `${meant}make help-target TARGET_NAME=${command.name} lists what it takes`,
  })
}

export function isRequired(command: Command, name: VariableName): boolean {
  const ofOne = command.acts === 'target' || command.acts === 'files'
  return (name === 'ENV' && (ofOne || command.acts === 'environment')) || (name === 'ORG' && ofOne)
}
