import { describe, expect, it } from '@jest/globals'
import { listCommands } from '../../../scripts/commands/list.js'
import type { Inputs } from '../../../scripts/core/inputs.js'
import { DeployError } from '../../../scripts/errors.js'
import type { CloudContext } from '../../../scripts/flows/context.js'
import type { Stacks } from '../../../scripts/ports.js'
import { type FakeContext, fakeContext, fakeStack } from '../../support/fake-context.js'
import { fakePort, memoryBuckets, memoryFiles } from '../../support/fake-ports.js'

const accounts = JSON.stringify({ stage: { account: '222222222222' }, prod: { profile: 'production' } })
const files = { 'infra/.config/lambda/prod-big.json': '{}', 'infra/.config/lambda/dev-demo.json': '{}' }

/** An account with these stacks, and a lock on each. */
function inAccount(stacks: string[], inputs: Inputs = {}, entries = accounts): FakeContext {
  const bucket = 'rawscribe-sam-deployments-123456789012'
  return fakeContext({
    inputs,
    ports: (calls) => ({
      files: memoryFiles({ ...files, 'infra/environments.json': entries }, calls),
      stacks: fakePort<Stacks>('stacks', { list: async () => stacks.map((name) => fakeStack({ name })) }, calls),
      buckets: memoryBuckets(Object.fromEntries(stacks.map((name) => [`${bucket}/locks/${name}.json`, '{}'])), calls),
    }),
  })
}

async function list(
  context: FakeContext,
  connect: (env: string | undefined) => Promise<CloudContext>,
): Promise<{ rows: string[]; notes: string[]; connected: string[] }> {
  const connected: string[] = []
  const command = listCommands.find(({ name }) => name === 'list-envs')
  if (command?.acts !== 'cloud') throw new Error('list-envs acts on a cloud')
  await command.run({
    ...context,
    connect: async ({ env }) => {
      connected.push(env ?? 'here')
      return connect(env)
    },
  })
  const notes = context.events.flatMap((event) => (event.type === 'note' ? [event.text] : []))
  const rows = context.events.flatMap((event) => (event.type === 'result' ? event.text.split('\n') : []))
  return { rows, notes, connected }
}

describe('the environments', () => {
  it('are each looked at where they live, and one that cannot be says so instead of nothing', async () => {
    const production = inAccount(['rawscribe-prod-big', 'rawscribe-prod-small', 'rawscribe-dev-strange'])
    const here = inAccount(['rawscribe-dev-demo'])
    const { rows, notes, connected } = await list(here, async (env) => {
      if (env === 'prod') return production
      throw new DeployError('Refused', 'stage lives in account 222222222222', { hint: 'sign in' })
    })
    expect(rows).toEqual([
      'env    configured  deployed  locked',
      'dev    1           1         1',
      'test   0           0         0',
      'stage  0           ?         ?',
      'prod   1           2         2',
    ])
    expect(notes).toEqual(['stage cannot be looked at: stage lives in account 222222222222; sign in'])
    expect(connected).toEqual(['stage', 'prod'])
    expect(here.calls.filter((call) => call.startsWith('stacks.list'))).toHaveLength(1)
    expect(here.events.at(-1)).toMatchObject({
      data: expect.arrayContaining([{ env: 'stage', configured: 0, deployed: null, locked: null }]),
    })
  })

  it('are no matter of the local AWS because nobody is signed in', async () => {
    const local = inAccount([])
    Object.assign(local.cloud, { kind: 'local' })
    const { rows, notes } = await list(inAccount([]), async () => local)
    expect(rows[3]).toBe('stage  0           ?         ?')
    expect(notes).toEqual([expect.stringContaining('no AWS credentials for its account, 222222222222')])
  })

  it.each([
    [{ CLOUD: 'local' }, []],
    [{ ENV: 'prod' }, ['dev', 'test', 'stage', 'prod']],
  ])('with %j connect to %j', async (inputs, expected) => {
    const context = inAccount([], inputs as Inputs)
    expect((await list(context, async () => context)).connected).toEqual(expected)
  })
})

describe('the organizations of an environment', () => {
  it('that has none are an empty list, with a note beside it', async () => {
    const context = inAccount([])
    const command = listCommands.find(({ name }) => name === 'list-orgs')
    if (command?.acts !== 'environment') throw new Error('list-orgs acts on an environment')
    await command.run({ ...context, env: 'test', org: undefined })
    expect(context.events).toMatchObject([
      { type: 'note', text: 'nothing of any organization in test: make rs-deploy ENV=test ORG=myorg' },
      { type: 'result', text: '', data: [] },
    ])
  })
})
