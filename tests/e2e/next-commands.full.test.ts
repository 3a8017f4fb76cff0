import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import pMap from 'p-map'
import { type Command, variablesOf } from '../../scripts/commands/command.js'
import { commands } from '../../scripts/commands/index.js'
import { flawsOf } from '../support/flaws.js'
import { type Project, jsonLine, makeProject, shown } from './support/project.js'

/** They work without a stack, wait for a person, or are about the machine: what they refuse is tested elsewhere. */
const elsewhere = new Set([
  'rs-build',
  'rs-deploy',
  'rs-up',
  'rs-plan',
  'rs-watch',
  'start-backend',
  'start-frontend',
  'start-dev',
])
const onTarget = commands.filter(({ acts, name }) => acts !== 'machine' && acts !== 'cloud' && !elsewhere.has(name))
const needsTarget = onTarget.filter(({ acts }) => acts === 'target' || acts === 'files')
const password = { PASSWORD: 'Se$cure$$1!aBc' }

describe('whatever goes wrong', () => {
  let project: Project

  beforeAll(async () => {
    project = await makeProject('next')
    expect(shown(await project.make(['local-start']))).toContain('exit 0')
  }, 60_000)
  afterAll(async () => project.remove(), 60_000)

  /** What is to be typed next, of a run that fails; undefined for one that does not. */
  const nextOf = async (name: string, words: string[]): Promise<string | undefined> => {
    const result = await project.make([name, ...words, 'JSON=true'], password)
    if (result.exitCode === 0) return undefined
    const { next, code } = jsonLine(result, 'failure')
    expect([name, code]).not.toEqual([name, 'Bug'])
    expect([name, flawsOf(String(next))]).toEqual([name, []])
    return String(next)
  }

  it('is told with the value that is missing', async () => {
    const ask = async ({ name }: Command): Promise<void> =>
      expect(await nextOf(name, ['CLOUD=local'])).toBe(`make ${name} ENV=dev ORG=myorg CLOUD=local`)
    await pMap(needsTarget, ask, { concurrency: 4 })
    const next = await nextOf('rs-show-user', ['CLOUD=local', 'ENV=test', 'USER_NAME=Bob Smith'])
    expect(next).toBe("make rs-show-user ENV=test ORG=myorg CLOUD=local USER_NAME='Bob Smith'")
  }, 300_000)

  it('is told with the next command where there is no stack', async () => {
    const none = ['ENV=dev', 'ORG=org10', 'CLOUD=local']
    const ask = async (command: Command): Promise<readonly [string, string | undefined]> => {
      const user = variablesOf(command).includes('USER_NAME') ? ['USER_NAME=bob@org1.org'] : []
      return [command.name, await nextOf(command.name, [...none, ...user])]
    }
    const told = await pMap(onTarget, ask, { concurrency: 4 })
    const next = new Map(told.filter(([, command]) => command !== undefined))
    for (const [, command] of next) if (command?.includes(' ENV=') === true) expect(command).toContain(' CLOUD=local')
    expect(next.get('show-rs-endpoint')).toBe('make rs-deploy ENV=dev ORG=org10 CLOUD=local')
    expect(next.size).toBeGreaterThan(30)
  }, 300_000)
})
