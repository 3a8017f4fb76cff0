import { describe, expect, it, jest } from '@jest/globals'
import type { Command, EnvironmentContext } from '../../scripts/commands/command.js'
import { commands } from '../../scripts/commands/index.js'
import { parseCommandLine } from '../../scripts/commands/parse.js'
import { runCommand } from '../../scripts/commands/run.js'
import type { Inputs } from '../../scripts/core/inputs.js'
import type { CloudContext, Context, TargetContext } from '../../scripts/flows/context.js'
import type { Emulator, Functions, Prompts, Stack, Stacks } from '../../scripts/ports.js'
import { fakeContext, fakeStack } from '../support/fake-context.js'
import { rejectedBy } from '../support/failures.js'
import { fakePort, memoryBuckets } from '../support/fake-ports.js'

const parse = (line: string) => parseCommandLine(line.split(' ').filter(Boolean), commands)
const commandNamed = (name: string): Command => commands.find((command) => command.name === name)!

describe('a command line', () => {
  it('as make writes it is the name alone', async () => {
    expect(await parse('rs-deploy')).toEqual({ command: commandNamed('rs-deploy'), flags: {} })
  })

  it('without a name is help', async () => expect((await parse(''))?.command.name).toBe('help'))

  it('takes every variable as a flag, and values literally', async () => {
    const parsed = await parse('rs-deploy --env stage --org=007 --enable-auth false --force --no-yes --domain-name 1e3')
    expect(parsed?.flags).toEqual({
      ENV: 'stage',
      ORG: '007',
      ENABLE_AUTH: 'false',
      FORCE: 'true',
      YES: 'false',
      DOMAIN_NAME: '1e3',
    })
  })

  it('takes a value with spaces, quotes and commands as it is', async () => {
    const odd = 'a; touch "x" $(y)'
    expect((await parseCommandLine(['rs-deploy', '--org', odd], commands))?.flags).toEqual({ ORG: odd })
  })

  it('leaves an unknown environment to the check that names the near one', async () => {
    expect((await parse('rs-deploy --env prdo --org x'))?.flags.ENV).toBe('prdo')
  })

  it.each([
    ['rs-deploy --nonsense x', /nonsense/],
    ['rs-deploy --enable-auth maybe', /enable-auth/],
    ['rs-deploy --env', /env/],
    ['rs-deploy --env dev --env test', /--env is given twice/],
    ['rs-deploy demo --env dev', /demo/],
    ['rs-validate --org x', /org/],
    ['rs-deplyo --env dev', /rs-deploy/],
  ])('is refused: %s', async (line, message) => {
    const error = await rejectedBy(parse(line))
    expect(error.code).toBe('Usage')
    expect(error.message).toMatch(message)
    expect(error.message).not.toContain('\n')
    expect(error.hint).toBeTruthy()
  })

  it('with an unknown command alone names the near one', async () => {
    const error = await rejectedBy(parse('rs-deplyo'))
    expect(`${error.code} ${error.hint}`).toBe('Usage did you mean rs-deploy?')
  })

  it('has no flag for a secret, and does not repeat it', async () => {
    const error = await rejectedBy(parse('rs-deploy --env dev --org x --admin-password geheim'))
    expect(error.code).toBe('Usage')
    expect(error.message).toContain('admin-password')
    expect(error.message + error.hint).not.toContain('geheim')
  })

  it.each(['--help', 'rs-deploy --help'])('%s is answered by itself', async (line) => {
    const said: string[] = []
    const spy = jest.spyOn(console, 'log').mockImplementation((text: string) => void said.push(text))
    try {
      expect(await parse(line)).toBeUndefined()
    } finally {
      spy.mockRestore()
    }
    expect(said.join('\n')).toContain(line === '--help' ? 'check-rs-stack-status' : '--enable-auth')
    expect(said.join('\n')).not.toContain('--admin-password ')
  })
})

interface Ran {
  connects: number
  given: (Context | CloudContext | TargetContext | EnvironmentContext)[]
}

async function run(acts: Command['acts'], inputs: Inputs, found = true): Promise<Ran> {
  const ran: Ran = { connects: 0, given: [] }
  const context = fakeContext({ inputs })
  const command = { ...commandNamed('help'), acts, run: async (one: Context) => void ran.given.push(one) } as Command
  const connect: Context['connect'] = async () => {
    ran.connects++
    return found ? context : undefined
  }
  await runCommand(command, { ...context, connect }).catch((error: unknown) => {
    throw Object.assign(error as object, { ran })
  })
  return ran
}

describe('running a command', () => {
  it.each([
    [{}, /ENV is missing/],
    [{ ENV: 'prdo', ORG: 'myorg' }, /ENV=prdo/],
    [{ ENV: 'dev' }, /ORG is missing/],
    [{ ENV: 'dev', ORG: 'MyOrg' }, /ORG=MyOrg/],
    [{ ENV: 'dev', ORG: 'all' }, /reserved/],
    [{ ENV: 'stage', ORG: 'o'.repeat(24) }, /too long/],
    [{ ENV: 'dev', ORG: '$(shell touch x)' }, /ORG=\$\(shell touch x\)/],
  ])('on a target refuses %j before anything is connected or started', async (inputs, message) => {
    const error = await rejectedBy(run('target', inputs))
    expect(error.code).toBe('Usage')
    expect(error.message).toMatch(message)
    expect(error).toMatchObject({ ran: { connects: 0, given: [] } })
  })

  it('on an environment refuses a wrong one, and takes a missing organization for all of them', async () => {
    expect(await rejectedBy(run('environment', { ORG: 'x' }))).toMatchObject({ ran: { connects: 0 } })
    expect(await rejectedBy(run('environment', { ENV: 'dev', ORG: 'X' }))).toMatchObject({ ran: { connects: 0 } })
    expect((await run('environment', { ENV: 'dev' })).given).toMatchObject([{ env: 'dev', org: undefined }])
  })

  it('on a target hands it over with its names and says where it acts', async () => {
    const { given, connects } = await run('target', { ENV: 'dev', ORG: 'other' })
    expect(connects).toBe(1)
    expect(given).toMatchObject([{ target: { env: 'dev', org: 'other' }, names: { stack: 'rawscribe-dev-other' } }])
    expect((given[0] as unknown as { events: unknown[] }).events).toEqual([
      { type: 'header', title: 'rawscribe dev/other', cloud: 'AWS', account: '123456789012', region: 'eu-west-1' },
    ])
  })

  it('on files knows the target and connects to nothing', async () => {
    const { given, connects } = await run('files', { ENV: 'dev', ORG: 'other' })
    expect([connects, given]).toMatchObject([0, [{ target: { env: 'dev', org: 'other' } }]])
    expect(await rejectedBy(run('files', { ENV: 'dev' }))).toMatchObject({ code: 'Usage' })
  })

  it('on the machine connects to nothing', async () => expect((await run('machine', {})).connects).toBe(0))
})

describe('check-rs-stack-status', () => {
  it.each([
    [fakeStack({ status: 'ROLLBACK_COMPLETE' }), 'ROLLBACK_COMPLETE'],
    [undefined, 'NO_STACK'],
  ])('answers with one bare word', async (stack: Stack | undefined, word) => {
    const context = fakeContext({
      inputs: { ENV: 'dev', ORG: 'myorg' },
      ports: (calls) => ({ stacks: fakePort<Stacks>('stacks', { describe: async () => stack }, calls) }),
    })
    await runCommand(commandNamed('check-rs-stack-status'), context)
    expect(context.events.find(({ type }) => type === 'result')).toMatchObject({ text: word, data: { status: word } })
    expect(context.calls).toEqual(['stacks.describe(rawscribe-dev-myorg)'])
  })
})

describe('check-rs', () => {
  const look = async (inputs: Inputs, stacks: Stack[]) => {
    const context = fakeContext({
      inputs,
      ports: (calls) => ({
        stacks: fakePort<Stacks>(
          'stacks',
          { describe: async (name) => stacks.find((one) => one.name === name), list: async () => stacks },
          calls,
        ),
        functions: fakePort<Functions>('functions', { alias: async () => undefined }, calls),
        buckets: memoryBuckets({}, calls, async (bucket) => (bucket.includes('myorg2') ? 'ours' : 'absent')),
      }),
    })
    await runCommand(commandNamed('check-rs'), context)
    const result = context.events.find((event) => event.type === 'result')
    return { text: result?.text ?? '', calls: context.calls }
  }

  it('of one organization shows nothing of another whose name begins alike', async () => {
    const { text, calls } = await look({ ENV: 'dev', ORG: 'myorg' }, [fakeStack({ name: 'rawscribe-dev-myorg2' })])
    expect(text).toContain('Stack Status: NO_STACK')
    expect(text).toContain('Next: make rs-deploy ENV=dev ORG=myorg')
    expect(text).not.toContain('myorg2')
    expect(calls.filter((call) => call.includes('myorg2'))).toEqual([])
  })

  it('of every organization shows those of this environment and of this tool', async () => {
    const names = ['rawscribe-dev-one', 'rawscribe-dev-two', 'rawscribe-devx-three', 'rawscribe-dev-All']
    const { text } = await look(
      { ENV: 'dev' },
      names.map((name) => fakeStack({ name })),
    )
    expect(text.split('\n').map((line) => line.split(/ {2,}/).slice(0, 3))).toEqual([
      ['org', 'status', 'release'],
      ['one', 'UPDATE_COMPLETE', '-'],
      ['two', 'UPDATE_COMPLETE', '-'],
    ])
  })

  it('says so where nothing is deployed', async () => {
    expect((await look({ ENV: 'dev' }, [])).text).toContain('no organization is deployed in dev')
  })
})

describe('local-reset', () => {
  const reset = async (inputs: Inputs, prompts: Prompts) => {
    const context = fakeContext({
      inputs,
      ports: (calls) => ({
        prompts,
        emulator: fakePort<Emulator>('emulator', { reset: async () => undefined }, calls),
      }),
    })
    const outcome = await runCommand(commandNamed('local-reset'), context).catch(
      (error: { code: string }) => error.code,
    )
    return [outcome, context.calls]
  }
  const answering = (answer: string): Prompts => ({
    interactive: true,
    askHidden: async () => '',
    ask: async () => answer,
  })
  const nobody: Prompts = {
    interactive: false,
    askHidden: async () => '',
    ask: async () => Promise.reject(new Error('asked')),
  }

  it.each([
    ['a yes', {}, answering('yes '), undefined],
    ['YES=true without asking', { YES: 'true' }, nobody, undefined],
    ['anything else', {}, answering('y'), 'Declined'],
    ['nobody there', {}, nobody, 'Declined'],
  ])('takes %s', async (_case, inputs, prompts, outcome) => {
    expect(await reset(inputs, prompts)).toEqual([outcome, outcome === undefined ? ['emulator.reset()'] : []])
  })
})
