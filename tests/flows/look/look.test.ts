import { describe, expect, it } from '@jest/globals'
import { lookCommands } from '../../../scripts/commands/look.js'
import { describeMatrix, describeTarget } from '../../../scripts/commands/look-text.js'
import { describeAge } from '../../../scripts/core/age.js'
import { configState } from '../../../scripts/flows/config/config-state.js'
import { glanceAtEnvironment } from '../../../scripts/flows/look/look-at-environment.js'
import { lookAtTarget } from '../../../scripts/flows/look/look-at-target.js'
import { untilInterrupted } from '../../../scripts/flows/until-interrupted.js'
import type { Functions, Stacks } from '../../../scripts/ports.js'
import { fakeClock } from '../../support/fake-clock.js'
import { fakeContext, fakeStack } from '../../support/fake-context.js'
import { ledgerWorld as world, stored } from '../../support/fake-ledger.js'
import { rejectedBy } from '../../support/failures.js'
import { fakePort, memoryBuckets } from '../../support/fake-ports.js'

const uploaded = 'rawscribe-lambda-dev-myorg-123456789012/config.json'
const base = { 'infra/.config/lambda/dev.json': '{ "ui": { "title": "Ours" } }\n' }
const merged = '{\n  "ui": {\n    "title": "Ours"\n  }\n}\n'
const pool = fakeStack({ outputs: { CognitoUserPoolId: 'p', CognitoClientId: 'c' } })
const kinds = async (objects: Record<string, string>, files: Record<string, string>, stack = fakeStack()) => {
  const found = await configState(stack, world({ stack, objects, files }))
  return found?.map(({ kind, text }) => `${kind}: ${text}`)
}

describe('whether the configuration is in sync', () => {
  it('holds the bucket against the files, and the files against the stack', async () => {
    expect(await kinds({ [uploaded]: merged }, base)).toEqual([])
    expect(await kinds({}, base)).toEqual(['not-uploaded: nothing is uploaded'])
    expect(await kinds({ [uploaded]: '{ "ui": { "title": "Theirs" } }' }, base)).toEqual([
      'not-uploaded: 1 value not as in the files',
    ])
    expect(await kinds({ [uploaded]: merged }, base, pool)).toEqual([
      "not-synced: the files lack 6 values of the stack's",
    ])
  })

  it('tells a broken file instead of failing on it, and nothing where nothing is deployed', async () => {
    expect((await kinds({ [uploaded]: merged }, { 'infra/.config/lambda/dev.json': '{,' }))?.[0]).toMatch(
      /^unreadable: /,
    )
    expect(await configState(undefined, world({}))).toBeUndefined()
  })
})

describe('looking at a target', () => {
  it('tells a version that no release made live, who holds it, and known drift', async () => {
    const objects = {
      ...stored(1, { function: { name: 'rawscribe-dev-myorg-backend', version: '1', codeSha256: 's' } }),
      'rawscribe-sam-deployments-123456789012/locks/rawscribe-dev-myorg.json': 'broken',
    }
    const stack = fakeStack({ drift: { status: 'DRIFTED', at: undefined } })
    const context = world({ stack, objects })
    const functions = fakePort<Functions>('functions', {
      alias: async () => ({ version: '2', revisionId: 'r', weights: {} }),
    })
    const view = await lookAtTarget(context.target, { ...context, ports: { ...context.ports, functions } })
    expect(view.liveVersion).toBe('2')
    expect(view.codeProblem).toContain('release 1 made version 1 of rawscribe-dev-myorg-backend live')
    expect(view.lock).toContain('cannot be read')
    expect(describeTarget(view, new Date(0))).toContain('Drift: DRIFTED: make rs-drift ENV=dev ORG=myorg tells whether')
  })
})

describe('the API of a target', () => {
  const outputs = { ApiEndpoint: 'https://abc123.execute-api.eu-west-1.amazonaws.com' }
  const context = world({ stack: fakeStack({ outputs }) })

  it.each([
    [true, 'rawscribe-dev-myorg-api'],
    [false, 'abc123'],
  ])('named by its template: %s, is shown as %s', async (namesApi, api) => {
    const project = { ...context.project, namesApi }
    expect((await lookAtTarget(context.target, { ...context, project })).api).toBe(api)
  })

  it('that is not there is not shown by a name', async () => {
    const bare = world({ stack: fakeStack() })
    expect((await lookAtTarget(bare.target, bare)).api).toBeUndefined()
  })
})

describe('the matrix of an environment', () => {
  it('shows every organization by name, also one that cannot be looked at', async () => {
    const names = ['rawscribe-dev-two', 'rawscribe-dev-one', 'rawscribe-test-three']
    const context = fakeContext({
      ports: (calls) => ({
        stacks: fakePort<Stacks>('stacks', { list: async () => names.map((name) => fakeStack({ name })) }, calls),
        functions: fakePort<Functions>('functions', { alias: async (name) => refuse(name.includes('two')) }, calls),
        buckets: memoryBuckets({}, calls),
      }),
    })
    const found = await glanceAtEnvironment('dev', context)
    expect(describeMatrix(found, new Date(0)).split('\n')).toEqual([
      'org  status           release  version  age  config      drift  lock  last',
      'one  UPDATE_COMPLETE  -        -        -    unreadable  -      -     -',
      'two  (!)',
      'two: cannot be looked at: throttled (make check-rs ENV=dev ORG=two)',
    ])
  })

  it('shows drift, and marks what needs words, which stand below with the command', async () => {
    const stack = fakeStack({ status: 'UPDATE_ROLLBACK_FAILED', drift: { status: 'DRIFTED', at: undefined } })
    const found = await lookAtTarget({ env: 'dev', org: 'myorg' }, world({ stack }))
    const [, row, ...below] = describeMatrix([{ ...found, warning: 'guard', shift: 'half' }], new Date(0)).split('\n')
    expect(row).toMatch(/^myorg  UPDATE_ROLLBACK_FAILED \(!\) .* DRIFTED\? /)
    expect(below).toEqual([
      'myorg: WARNING: guard',
      'myorg: shift: half',
      'myorg: next: make rs-continue-rollback ENV=dev ORG=myorg',
    ])
  })

  it('ends with PartlyDone where one could not be looked at, once the others are shown', async () => {
    const context = fakeContext({
      ports: (calls) => ({
        stacks: fakePort<Stacks>('stacks', { list: async () => [fakeStack({ name: 'rawscribe-dev-two' })] }, calls),
        functions: fakePort<Functions>('functions', { alias: async () => refuse(true) }, calls),
        buckets: memoryBuckets({}, calls),
      }),
    })
    const check = lookCommands.find(({ name }) => name === 'check-rs')
    if (check?.acts !== 'environment') throw new Error('check-rs acts on an environment')
    const failure = await rejectedBy(check.run({ ...context, env: 'dev', org: undefined }))
    expect(failure).toMatchObject({ code: 'PartlyDone', exitCode: 6, hint: 'make check-rs ENV=dev ORG=two' })
  })
})

async function refuse(refused: boolean): Promise<undefined> {
  if (refused) throw new Error('throttled')
  return undefined
}

describe('watching', () => {
  it('goes on with a pause between, and ends well when it is interrupted', async () => {
    const clock = fakeClock()
    const controller = new AbortController()
    const context = fakeContext({ clock, signal: controller.signal })
    let rounds = 0
    await untilInterrupted(5000, context, async () => {
      if (++rounds === 3) controller.abort(new Error('stopped'))
    })
    expect([rounds, clock.slept]).toEqual([3, [5000, 5000]])
    const failing = fakeContext()
    await expect(untilInterrupted(1, failing, async () => Promise.reject(new Error('broken')))).rejects.toThrow(
      'broken',
    )
  })

  it.each([
    [30, '30 s'],
    [3_599, '59 min'],
    [3_600, '1 h'],
    [900_000, '10 d'],
  ])('says an age of %d s as %s', (seconds, text) => {
    expect(describeAge(new Date(0).toISOString(), new Date(seconds * 1000))).toBe(text)
  })
})
