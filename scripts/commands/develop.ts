import { commandsDocument } from './help.js'
import type { Command } from './command.js'
import { stackStatesDocument } from './stack-states-document.js'

const common = { group: 'Development' } as const

/** For those who change this project; `docs` speaks about the whole table. */
export function developCommands(table: () => readonly Command[]): Command[] {
  return [
    {
      ...common,
      acts: 'machine',
      name: 'rs-doctor',
      group: 'Help',
      summary: 'What this machine and account have: tools, versions, credentials, region, quotas',
      details: 'Each line is ok or says how to mend it. Changes nothing.',
      example: 'make rs-doctor',
      variables: ['ENV', 'CLOUD'],
      async run(context) {
        const { examine } = await import('../flows/look/examine-machine.js')
        await examine(context)
      },
    },
    testCommand('test', 'Run every test', 'all', 'make test'),
    testCommand('test-unit', 'Run the fast tests only: types and units', 'unit', 'make test-unit'),
    testCommand('test-full', 'Run every test with the slow matrices in full', 'full', 'make test-full'),
    {
      ...common,
      acts: 'machine',
      name: 'docs',
      summary: 'Write docs/commands.md and docs/stack-states.md from their tables',
      details: 'To be run after a command or the table of stack states changed; a test fails otherwise.',
      example: 'make docs',
      variables: [],
      async run({ ports, report }) {
        await ports.files.write('docs/commands.md', commandsDocument(table()))
        await ports.files.write('docs/stack-states.md', stackStatesDocument())
        report.emit({ type: 'note', text: 'docs/commands.md and docs/stack-states.md are written' })
      },
    },
  ]
}

function testCommand(name: string, summary: string, scope: 'all' | 'unit' | 'full', example: string): Command {
  return {
    ...common,
    acts: 'machine',
    name,
    summary,
    details:
      'Stops at nothing: every part runs, and the end says which failed. ONLY=text runs the tests whose path holds it.',
    example,
    variables: ['ONLY'],
    async run(context) {
      const { runTests } = await import('../flows/develop/run-tests.js')
      await runTests(scope, context)
    },
  }
}
