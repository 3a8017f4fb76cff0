import { describe, expect, it } from '@jest/globals'
import { readFileSync } from 'node:fs'
import type { ResourceChange } from '../../../scripts/core/changes.js'
import { DeployError } from '../../../scripts/errors.js'
import { adoptBuckets } from '../../../scripts/flows/buckets/adopt-buckets.js'
import type { Buckets, ImportRequest, Shell, Stack, StackResource, Stacks } from '../../../scripts/ports.js'
import type { Inputs } from '../../../scripts/core/inputs.js'
import type { Target } from '../../../scripts/core/target.js'
import { type FakeContext, fakeContext, fakeStack } from '../../support/fake-context.js'
import { fakePort, memoryBuckets, memoryFiles } from '../../support/fake-ports.js'
import { eventOf, resourceOf, writesOf } from '../../support/scripted-stacks.js'

const forms = 'rawscribe-forms-dev-myorg-123456789012'
const templateText = readFileSync('template.yaml', 'utf8')
const importing = (logicalId: string, action: ResourceChange['action'] = 'Import'): ResourceChange => ({
  action,
  logicalId,
  physicalId: undefined,
  type: 'AWS::S3::Bucket',
  replacement: undefined,
  properties: [],
  recreating: [],
  policyAction: undefined,
})

interface World {
  stack?: Partial<Stack>
  changes?: ResourceChange[]
  /** What the import ends in, and how many versions the bucket has then. */
  ends?: Stack['status']
  left?: number
  inputs?: Inputs
  target?: Target
  events?: Parameters<typeof eventOf>[]
  /** The template that is deployed. */
  deployed?: string
  /** What CloudFormation makes of the import's template, where that is something else. */
  processed?: string
  /** What the second look finds gone. */
  goesMeanwhile?: boolean
}

/** dev/myorg whose forms bucket exists outside its stack, with three versions in it; the other buckets do not exist. */
function world(options: World): FakeContext & { requests: ImportRequest[]; objects: Record<string, string> } {
  const { changes = [importing('FormsBucket')], ends = 'IMPORT_COMPLETE', left = 3, events = [] } = options
  const { env = 'dev' } = options.target ?? {}
  const bucket = forms.replace('-dev-', `-${env}-`)
  let stack =
    options.stack === undefined
      ? undefined
      : fakeStack({
          parameters: { Environment: 'dev', Organization: 'myorg', CreateBuckets: 'false' },
          ...options.stack,
        })
  const requests: ImportRequest[] = []
  const objects: Record<string, string> = {}
  let done = false
  const held: StackResource[] = []
  const stacks: Partial<Stacks> = {
    describe: async () => stack,
    resources: async () => held,
    template: async (_stack, set) => {
      if (set === undefined) return options.deployed ?? templateText
      const stored = Object.entries(objects).find(([place]) => requests.at(-1)?.templateUrl.endsWith(place))
      return options.processed ?? stored?.[1] ?? ''
    },
    changeSetArns: async () => [],
    createImportSet: async (request) => {
      requests.push(request)
      return 'arn:set'
    },
    changeSet: async (arn) => ({
      arn,
      stackArn: fakeStack().arn,
      status: 'CREATE_COMPLETE',
      statusReason: undefined,
      changes,
    }),
    lastEventId: async () => 'e0',
    executeImport: async () => {
      done = true
      stack = fakeStack({ ...options.stack, status: ends })
      held.push(resourceOf('FormsBucket', 'AWS::S3::Bucket', 'UPDATE_COMPLETE', { physicalId: bucket }))
    },
    eventsSince: async () => [
      ...events.map((args) => eventOf(...args)),
      eventOf('s', ends, undefined, { physicalId: fakeStack().arn, type: 'AWS::CloudFormation::Stack' }),
    ],
  }
  const versions: Buckets['versions'] = async () => ({
    versions: Array.from({ length: done ? left : 3 }, (_one, i) => {
      return { key: `k${i}`, versionId: '1', bytes: 1, latest: true, deleteMarker: false }
    }),
    next: undefined,
  })
  const lock: Partial<Buckets> = { readDated: async () => undefined, versions }
  const removeIf: Buckets['removeIf'] = async (name, key) => Reflect.deleteProperty(objects, `${name}/${key}`)
  let looks = 0
  const presence: Buckets['presence'] = async (name) => {
    if (name.includes('deployments')) return 'ours'
    if (name !== bucket) return 'absent'
    looks += 1
    return options.goesMeanwhile === true && looks > 1 ? 'absent' : 'ours'
  }
  const context = fakeContext({
    command: 'rs-adopt-buckets',
    target: { env: 'dev', org: 'myorg', ...options.target },
    inputs: options.inputs ?? { YES: 'true' },
    ports: (calls) => ({
      stacks: fakePort<Stacks>('stacks', stacks, calls),
      buckets: { ...memoryBuckets(objects, [], presence), ...lock, removeIf },
      shell: fakePort<Shell>('shell', { run: async () => ({ exitCode: 128, output: '' }) }),
      files: memoryFiles({ 'template.yaml': templateText }),
      prompts: { interactive: false, ask: async () => '', askHidden: async () => '' },
    }),
  })
  return { ...context, requests, objects }
}
const failed = async (context: FakeContext): Promise<DeployError> => {
  const error: unknown = await adoptBuckets(context).catch((caught: unknown) => caught)
  expect(error).toBeInstanceOf(DeployError)
  return error as DeployError
}
const receiptsOf = ({ objects }: { objects: Record<string, string> }): unknown[] =>
  Object.entries(objects).flatMap(([place, text]) => (place.includes('/releases/') ? [JSON.parse(text)] : []))
const writes = (context: FakeContext): string[] => writesOf(context).filter((call) => call.startsWith('stacks.'))

describe('taking buckets over', () => {
  it('makes the stack where there is none, holds exactly them, and tells what is missing', async () => {
    const context = world({})
    const outcome = await adoptBuckets(context)
    expect(outcome).toMatchObject({ kind: 'adopted', buckets: [{ name: forms, contents: { objects: 3 } }] })
    expect(outcome.missing).toHaveLength(4)
    expect(context.requests).toMatchObject([{ parameters: [], buckets: [{ logicalId: 'FormsBucket', name: forms }] }])
    expect(writes(context)).toEqual(['stacks.createImportSet(object)', 'stacks.executeImport(object)'])
  })

  it('leaves a receipt of what was taken over, and of what was meant to be', async () => {
    const done = world({})
    await adoptBuckets(done)
    expect(receiptsOf(done)).toMatchObject([{ outcome: 'adopted', adopted: `${forms} (3 objects, 3 bytes)` }])
    const not = world({ ends: 'IMPORT_ROLLBACK_COMPLETE', events: [['FormsBucket', 'IMPORT_FAILED', 'no']] })
    await failed(not)
    expect(receiptsOf(not)).toMatchObject([
      { outcome: 'not-adopted', cause: { logicalId: 'FormsBucket', reason: 'no' } },
    ])
    const declined = world({ inputs: {} })
    await failed(declined)
    expect(receiptsOf(declined)).toEqual([])
  })

  it('leaves every parameter of a stack that stands as it is', async () => {
    const context = world({ stack: {} })
    expect(await adoptBuckets(context)).toMatchObject({ kind: 'adopted' })
    expect(context.requests).toMatchObject([{ parameters: ['Environment', 'Organization', 'CreateBuckets'] }])
  })

  it('changes nothing where nobody confirms it, and in prod nothing but typing does', async () => {
    for (const over of [{ inputs: {} }, { target: { env: 'prod', org: 'myorg' } as const }]) {
      const context = world(over)
      expect((await failed(context)).code).toBe('Declined')
      expect(writes(context)).toEqual([])
    }
  })

  it('executes no set that would do anything else', async () => {
    const context = world({ changes: [importing('FormsBucket'), importing('ApiGateway', 'Modify')], stack: {} })
    const { code, message } = await failed(context)
    expect([code, message]).toEqual(['Refused', expect.stringContaining('Modify ApiGateway')])
    expect(writes(context)).toEqual(['stacks.createImportSet(object)'])
  })

  const foreign = { Type: 'AWS::S3::Bucket', Properties: { BucketName: forms.replace('myorg', 'other') } }
  it('executes no set that takes over something of another target', async () => {
    const processed = JSON.stringify({ Resources: { FormsBucket: foreign } })
    const context = world({ stack: {}, processed })
    const { code, facts } = await failed(context)
    expect([code, facts.map(({ label }) => label)]).toEqual(['Refused', ['FormsBucket', 'FormsBucket']])
    expect(writes(context)).toEqual(['stacks.createImportSet(object)'])
  })

  it('is not in the way where what is deployed is refused by now: a deployment that mends it asks for this first', async () => {
    const context = world({ stack: {}, deployed: JSON.stringify({ Resources: { Foreign: foreign } }) })
    expect((await adoptBuckets(context)).kind).toBe('adopted')
  })

  it('looks again once the lock is held: what it saw before may have gone', async () => {
    const context = world({ goesMeanwhile: true })
    expect((await adoptBuckets(context)).kind).toBe('nothing')
    expect(writes(context)).toEqual([])
  })

  it('tells why CloudFormation could not take one', async () => {
    const context = world({
      ends: 'IMPORT_ROLLBACK_COMPLETE',
      events: [['FormsBucket', 'IMPORT_FAILED', 'it is in another stack']],
    })
    const { code, facts } = await failed(context)
    expect([code, JSON.stringify(facts)]).toEqual(['StackFailed', expect.stringContaining('it is in another stack')])
  })

  it('notices that a bucket holds less than before', async () => {
    const { code, message } = await failed(world({ left: 2 }))
    expect([code, message]).toEqual(['AwsFailed', expect.stringContaining('holds 2 objects')])
  })

  it.each([
    ['UPDATE_IN_PROGRESS', 'rs-attach'],
    ['ROLLBACK_COMPLETE', 'rs-teardown'],
  ] as const)('leaves a stack in %s alone', async (status, command) => {
    const context = world({ stack: { status } })
    const { code, hint } = await failed(context)
    expect([code, hint]).toEqual(['StackState', expect.stringContaining(`make ${command}`)])
    expect(writes(context)).toEqual([])
  })
})
