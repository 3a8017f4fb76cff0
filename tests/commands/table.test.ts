import { existsSync, readFileSync, readdirSync } from 'node:fs'
import { describe, expect, it } from '@jest/globals'
import { type Command, callablesOf, groups, isRequired, variablesOf } from '../../scripts/commands/command.js'
import { commandsDocument, findCommand } from '../../scripts/commands/help.js'
import { commands } from '../../scripts/commands/index.js'
import { stackStatesDocument } from '../../scripts/commands/stack-states-document.js'
import { actions, situations, stackStates } from '../../scripts/core/stack-state.js'
import { isVariableName, variables } from '../../scripts/core/variables.js'
import type { Event } from '../../scripts/report/events.js'
import { fakeContext } from '../support/fake-context.js'
import { rejectedBy, thrownBy } from '../support/failures.js'

const names = commands.map(({ name }) => name)
const makefile = readFileSync('Makefile', 'utf8')

describe('the command table', () => {
  it('has every name once', () => expect(new Set(names).size).toBe(names.length))

  it.each(commands.map((command) => [command.name, command] as const))('%s is described whole', (name, command) => {
    expect(name).toMatch(/^[a-z]+(-[a-z0-9]+)*$/)
    expect(command.summary).toMatch(/^[A-Z].{5,90}[^.]$/)
    expect(command.details).toMatch(/\.$/)
    expect(`${command.summary}${command.details}${command.example}`).not.toContain('\n')
    expect(groups).toContain(command.group)
    for (const variable of variablesOf(command)) expect(isVariableName(variable)).toBe(true)
  })

  it.each(commands.map((command) => [command.name, command.example, command] as const))(
    'the example of %s can be typed: %s',
    (name, example, command) => {
      const [make, target, ...settings] = example.split(' ')
      expect([make, target]).toEqual(['make', name])
      const given = settings.map((setting) => setting.split('=')[0]!)
      for (const variable of given) expect(variablesOf(command)).toContain(variable)
      for (const variable of ['ENV', 'ORG'] as const) {
        if (isRequired(command, variable)) expect(given).toContain(variable)
      }
    },
  )

  it('takes ENV and ORG exactly where it acts on them', () => {
    const taking = commands.filter((command) => variablesOf(command).includes('ORG'))
    const acting = commands.filter(({ acts }) => acts !== 'machine' && acts !== 'cloud')
    expect(acting).toEqual(taking)
  })

  it('says of each command whether it deletes data, so that no error sends anybody to it', () => {
    const deleting = [...callablesOf(commands)].filter(([, { destroys }]) => destroys).map(([name]) => name)
    const nukes = names.filter((name) => name.startsWith('rs-nuke-'))
    expect(deleting.sort()).toEqual([...nukes, 'local-reset', 'rs-remove-user'].sort())
  })

  it('uses every variable somewhere', () => {
    const used = new Set(commands.flatMap((command) => variablesOf(command)))
    expect(Object.keys(variables).filter((name) => !used.has(name as never))).toEqual([])
  })
})

describe('the Makefile', () => {
  it('has exactly one line for each command, in the order of the table', () => {
    const targets = [...makefile.matchAll(/^([a-z][a-z0-9-]*): \$\(PROGRAM\) ; (.*)$/gm)]
    expect(targets.map((match) => match[1])).toEqual(names)
    for (const [, , recipe] of targets) expect(recipe).toBe('$(RUN) $@')
  })

  it('knows no other target than the program', () => {
    const others = [...makefile.matchAll(/^([A-Za-z$(][^\s:=#]*):(?!=)(.*)$/gm)].map((match) => match[1])
    expect(others.filter((name) => !names.includes(name!))).toEqual(['$(PROGRAM)'])
  })

  it('declares the same commands as phony', () => {
    const phony = /^\.PHONY: (.*)$/m.exec(makefile)?.[1]?.split(' ')
    expect([...phony!].sort()).toEqual([...names].sort())
  })

  it('puts no variable into a recipe', () => {
    for (const variable of Object.keys(variables)) expect(makefile).not.toMatch(new RegExp(`\\$[({]?${variable}\\b`))
  })
})

describe('the documents', () => {
  it('docs/commands.md is what `make docs` writes', () => {
    expect(readFileSync('docs/commands.md', 'utf8')).toBe(commandsDocument(commands))
  })

  it('docs/stack-states.md is what `make docs` writes', () => {
    expect(readFileSync('docs/stack-states.md', 'utf8')).toBe(stackStatesDocument())
  })

  it('docs/stack-states.md has every state, and what every command does in each situation', () => {
    const text = stackStatesDocument()
    for (const [status, { situation, meaning }] of Object.entries(stackStates)) {
      expect(text).toContain(`| \`${status}\` | ${situation} | ${meaning} |`)
    }
    for (const { does } of Object.values(situations)) {
      for (const action of Object.values(does)) expect(text).toContain(actions[action])
    }
  })

  it('docs/commands.md has every command with its variables', () => {
    const text = commandsDocument(commands)
    for (const command of commands) {
      const section = text.split(`### ${command.name}\n`)[1]?.split('\n### ')[0] ?? ''
      for (const part of [command.summary, command.example]) expect(section).toContain(part)
      for (const variable of variablesOf(command)) expect(section).toContain(`| \`${variable}\``)
    }
    expect(text.match(/\(required\)/g)).toHaveLength(
      commands.flatMap((command) => variablesOf(command).filter((name) => isRequired(command, name))).length,
    )
  })

  it('name no make target that does not exist', () => {
    const docs = existsSync('docs') ? readdirSync('docs').map((name) => `docs/${name}`) : []
    const texts = ['README.md', ...docs].filter((file) => file.endsWith('.md') && existsSync(file))
    const named = texts.flatMap((file) =>
      [...readFileSync(file, 'utf8').matchAll(/`make ([a-z][a-z0-9-]*)/g)].map((match) => `${file}: ${match[1]}`),
    )
    expect(named.filter((one) => !names.includes(one.split(': ')[1]!))).toEqual([])
  })

  it('README names every command under the heading of its group', () => {
    const readme = readFileSync('README.md', 'utf8')
    const sections = new Map(readme.split(/^### /m).map((text) => [text.split('\n', 1)[0], text.split(/^#/m)[0] ?? '']))
    const missing = commands.filter(({ name, group }) => sections.get(group)?.includes(`\`${name}`) !== true)
    expect(missing.map(({ name }) => name)).toEqual([])
  })
})

async function resultOf(name: string, inputs = {}): Promise<Extract<Event, { type: 'result' }>> {
  const context = fakeContext({ inputs })
  const command = commands.find((one) => one.name === name) as Extract<Command, { acts: 'machine' }>
  await command.run(context)
  return context.events.find((event) => event.type === 'result')!
}

describe('make help', () => {
  it('lists every target under its group, one line each', async () => {
    const { text, data } = await resultOf('help')
    for (const { name, summary } of commands) {
      expect(text).toMatch(new RegExp(`^ {2}${name} +${summary.replace(/[.()]/g, '\\$&')}$`, 'm'))
    }
    expect(text.split('\n').filter((line) => groups.includes(line as never))).toEqual([...groups])
    expect((data as unknown[]).length).toBe(commands.length)
  })

  it('fits a terminal', async () => {
    const { text } = await resultOf('help')
    expect(text.split('\n').filter((line) => line.length > 110)).toEqual([])
  })
})

describe('make help-target', () => {
  it('explains a target with its variables, what is required, and both ways to type it', async () => {
    const { text } = await resultOf('help-target', { TARGET_NAME: 'rs-deploy' })
    expect(text).toMatch(/^rs-deploy: /)
    expect(text).toMatch(/^ {2}ENV +environment \(dev \| test \| stage \| prod\), required$/m)
    expect(text).toMatch(/^ {2}ORG .*, required$/m)
    expect(text).toMatch(/^ {2}ENABLE_AUTH .*\(true \| false\)$/m)
    expect(text).toContain('make rs-deploy ENV=dev ORG=demo CLOUD=local')
    expect(text).toContain('node dist/main.js rs-deploy --env dev --org myorg')
  })

  it.each([
    ['rs-deplyo', 'did you mean rs-deploy?'],
    ['rs-check', 'make help lists the targets'],
  ])('does not know %s, and says what to do', async (TARGET_NAME, hint) => {
    const error = await rejectedBy(resultOf('help-target', { TARGET_NAME }))
    expect(error.code).toBe('Usage')
    expect(error.message).toContain(TARGET_NAME)
    expect(error.hint).toBe(hint)
  })

  it('needs a name', () => {
    expect(thrownBy(() => findCommand(undefined, commands)).message).toContain('TARGET_NAME is missing')
  })
})

describe('make docs', () => {
  it('writes both documents from their tables', async () => {
    const context = fakeContext()
    const docs = commands.find(({ name }) => name === 'docs') as Extract<Command, { acts: 'machine' }>
    await docs.run(context)
    expect(await context.ports.files.readText('docs/commands.md')).toBe(commandsDocument(commands))
    expect(await context.ports.files.readText('docs/stack-states.md')).toBe(stackStatesDocument())
  })
})
