import type { Argv } from 'yargs'
import type { Inputs } from '../core/inputs.js'
import { type Variable, type VariableName, flagOf, variables } from '../core/variables.js'
import { DeployError } from '../errors.js'
import { type Command, variablesOf } from './command.js'
import { findCommand } from './help.js'

export interface CommandLine {
  command: Command
  /** Values given as flags. */
  flags: Inputs
}

/**
 * The command and its flags; undefined when yargs has answered by itself (--help, completion). make passes nothing but
 * the command's name, so that case does not load yargs. Throws Usage on an unknown command or flag.
 */
export async function parseCommandLine(
  argv: readonly string[],
  commands: readonly Command[],
): Promise<CommandLine | undefined> {
  const [name = 'help', ...rest] = argv
  const simple = rest.length === 0 && !name.startsWith('-') && name !== 'completion'
  if (simple) return { command: findCommand(name, commands), flags: {} }
  const { default: yargs } = await import('yargs')
  let chosen: CommandLine | undefined
  let parser: Argv = yargs()
    .scriptName('rawscribe')
    .usage('$0 <command> [--flag value …]')
    .completion('completion', 'Print a completion script for the shell')
    .strict()
    .recommendCommands()
    .version(false)
    .exitProcess(false)
    .fail((message, error) => {
      if (error instanceof DeployError) throw error
      throw new DeployError('Usage', firstSentence(message || error.message), {
        hint: 'rawscribe --help, or make help',
      })
    })
  for (const command of commands) {
    parser = parser.command(
      command.name,
      command.summary,
      (options) => addFlags(options, command),
      (values) => {
        chosen = { command, flags: readFlags(values, command) }
      },
    )
  }
  if (name === 'completion') parser.showCompletionScript()
  else await parser.parseAsync([...argv])
  return chosen
}

function addFlags(options: Argv, command: Command): Argv {
  return variablesOf(command).reduce((rest, name) => {
    const variable: Variable = variables[name]
    // A secret on a command line is everybody's to read: it has no flag.
    if (variable.kind === 'secret') return rest
    return rest.option(flagOf(name), {
      describe: variable.summary,
      ...(variable.kind === 'flag' ? { type: 'boolean' } : { type: 'string', requiresArg: true }),
      ...(variable.choices === undefined || name === 'ENV' ? {} : { choices: variable.choices }),
    })
  }, options)
}

function readFlags(values: Readonly<Record<string, unknown>>, command: Command): Inputs {
  const given = variablesOf(command).flatMap((name): [VariableName, string][] => {
    const value = values[flagOf(name)]
    if (Array.isArray(value))
      throw new DeployError('Usage', `--${flagOf(name)} is given twice`, { hint: 'give it once' })
    return typeof value === 'string' || typeof value === 'boolean' ? [[name, String(value)]] : []
  })
  return Object.fromEntries(given)
}

function firstSentence(message: string): string {
  return message
    .trim()
    .split('\n')
    .filter((line) => line !== '')
    .join('; ')
}
