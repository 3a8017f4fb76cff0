import { flagOf, variables, type Variable } from '../core/variables.js'
import { nearest } from '../core/near-miss.js'
import { DeployError } from '../errors.js'
import { type Command, groups, isRequired, variablesOf } from './command.js'

/** `help` and `help-target` speak about the whole table, so they are made from it. */
export function helpCommands(table: () => readonly Command[]): Command[] {
  return [
    {
      name: 'help',
      group: 'Help',
      summary: 'List the make targets',
      details: 'Every target by group, one line each.',
      example: 'make help',
      acts: 'machine',
      variables: [],
      async run({ report }) {
        const data = table().map(({ name, group, summary }) => ({ name, group, summary }))
        report.emit({ type: 'result', text: listTargets(table()), data })
      },
    },
    {
      name: 'help-target',
      group: 'Help',
      summary: 'Explain one target: what it does, its variables, an example',
      details: 'TARGET_NAME says which.',
      example: 'make help-target TARGET_NAME=rs-deploy',
      acts: 'machine',
      variables: ['TARGET_NAME'],
      async run({ report, inputs }) {
        const command = findCommand(inputs.TARGET_NAME, table())
        report.emit({
          type: 'result',
          text: explainTarget(command),
          data: { ...command, variables: variablesOf(command) },
        })
      },
    },
  ]
}

/** Throws Usage, with the near name, when there is no such make target. */
export function findCommand(name: string | undefined, table: readonly Command[]): Command {
  if (name === undefined) {
    throw new DeployError('Usage', 'TARGET_NAME is missing', { hint: 'make help-target TARGET_NAME=rs-deploy' })
  }
  const found = table.find((command) => command.name === name)
  if (found !== undefined) return found
  const names = table.map((command) => command.name)
  const close = nearest(name, names)
  throw new DeployError('Usage', `there is no target ${name}`, {
    hint: close === undefined ? 'make help lists the targets' : `did you mean ${close}?`,
  })
}

function listTargets(table: readonly Command[]): string {
  const width = Math.max(...table.map(({ name }) => name.length))
  const sections = groups.map((group) => {
    const lines = table
      .filter((command) => command.group === group)
      .map(({ name, summary }) => `  ${name.padEnd(width)}  ${summary}`)
    return [group, ...lines].join('\n')
  })
  return [...sections, 'One target: make help-target TARGET_NAME=rs-deploy'].join('\n\n')
}

function explainTarget(command: Command): string {
  const names = variablesOf(command)
  const width = Math.max(...names.map((name) => name.length))
  const lines = names.map((name) => {
    const variable: Variable = variables[name]
    const choices = variable.choices === undefined ? '' : ` (${variable.choices.join(' | ')})`
    const required = isRequired(command, name) ? ', required' : ''
    return `  ${name.padEnd(width)}  ${variable.summary}${choices}${required}`
  })
  const flags = names.filter((name) => isRequired(command, name)).map((name) => ` --${flagOf(name)} ${exampleOf(name)}`)
  return [
    `${command.name}: ${command.summary}`,
    command.details,
    ['Variables', ...lines].join('\n'),
    ['Example', `  ${command.example}`, `  node dist/main.js ${command.name}${flags.join('')}`].join('\n'),
  ].join('\n\n')
}

function exampleOf(name: keyof typeof variables): string {
  const variable: Variable = variables[name]
  return variable.example ?? '…'
}

/** docs/commands.md: the same facts as make help-target, for every target. */
export function commandsDocument(table: readonly Command[]): string {
  const sections = groups.flatMap((group) => [
    `## ${group}`,
    ...table.filter((command) => command.group === group).map(describeCommand),
  ])
  const intro = 'Made from the command table by `make docs`; a test holds the two together.'
  return `${['# Make targets', intro, ...sections].join('\n\n')}\n`
}

function describeCommand(command: Command): string {
  const rows = variablesOf(command).map((name) => {
    const variable: Variable = variables[name]
    const choices = variable.choices === undefined ? '' : ` (${variable.choices.map((one) => `\`${one}\``).join(', ')})`
    return `| \`${name}\`${isRequired(command, name) ? ' (required)' : ''} | ${variable.summary}${choices} |`
  })
  return [
    `### ${command.name}`,
    `${command.summary}. ${command.details}`,
    ['```', command.example, '```'].join('\n'),
    ['| variable | meaning |', '|---|---|', ...rows].join('\n'),
  ].join('\n\n')
}
