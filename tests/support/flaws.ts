import { type Command, isRequired, variablesOf } from '../../scripts/commands/command.js'
import { commands } from '../../scripts/commands/index.js'
import { isVariableName } from '../../scripts/core/variables.js'

/**
 * What is wrong with a command that somebody is told to type: an unknown target, a variable that it does not take, or one
 * that it needs and does not get.
 */
export function flawsOf(typed: string): string[] {
  const [make, name = '', ...words] = typed.replaceAll(/'[^']*'|"[^"]*"/g, '…').split(' ')
  const command: Command | undefined = commands.find((one) => one.name === name)
  if (make !== 'make' || command === undefined) return [`${typed}: no target of that name`]
  const given = words.map((word) => word.split('=', 1)[0] ?? '')
  const taken = [...variablesOf(command), 'PROJECT_DIR']
  const stray = given.filter((one) => !isVariableName(one) || !taken.includes(one))
  const missing = variablesOf(command).filter((one) => isRequired(command, one) && !given.includes(one))
  return [...stray.map((one) => `${typed}: takes no ${one}`), ...missing.map((one) => `${typed}: no ${one}`)]
}
