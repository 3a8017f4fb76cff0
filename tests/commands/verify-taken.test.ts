import { describe, expect, it } from '@jest/globals'
import { readFileSync, readdirSync } from 'node:fs'
import { verifyTaken } from '../../scripts/commands/command.js'
import { findCommand } from '../../scripts/commands/help.js'
import { commands } from '../../scripts/commands/index.js'
import { isVariableName } from '../../scripts/core/variables.js'
import { thrownBy } from '../support/failures.js'

const commandNamed = (name: string) => findCommand(name, commands)

describe('a variable that a command does not take', () => {
  it.each([
    ['rs-rollback', 'CHECK'],
    ['rs-remove-test-users', 'CHECK'],
    ['rs-list-users', 'GROUP'],
  ] as const)('is refused: %s %s', (name, variable) => {
    const error = thrownBy(() => verifyTaken(commandNamed(name), ['ENV', variable]))
    expect(error).toMatchObject({ code: 'Usage', message: `${name} takes no ${variable}: nothing was done` })
    expect(error.hint).toContain(`make help-target TARGET_NAME=${name}`)
  })

  it('is refused with the one that may be meant', () => {
    expect(
      thrownBy(() => verifyTaken(commandNamed('rs-add-user'), ['PASSWORD_FILE', 'FILE', 'ADMIN_PASSWORD_FILE'])).hint,
    ).toContain('did you mean PASSWORD_FILE?')
  })

  it('may be one that says where it acts and how it answers', () => {
    for (const command of commands) verifyTaken(command, ['ENV', 'ORG', 'CLOUD', 'PROJECT_DIR', 'JSON'])
  })

  it('stands in no document', () => {
    const files = [
      'README.md',
      ...readdirSync('docs').flatMap((name) => (name.endsWith('.md') ? [`docs/${name}`] : [])),
    ]
    const lines = files.flatMap((file) => [
      ...readFileSync(file, 'utf8').matchAll(/\bmake ([a-z-]+)((?: +[A-Z_]+=\S*)+)/g),
    ])
    expect(lines.length).toBeGreaterThan(5)
    for (const [, name = '', words = ''] of lines) {
      const given = [...words.matchAll(/([A-Z_]+)=/g)].flatMap(([, one = '']) => (isVariableName(one) ? [one] : []))
      verifyTaken(commandNamed(name), given)
    }
  })
})
