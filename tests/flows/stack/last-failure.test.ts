import { describe, expect, it } from '@jest/globals'
import { sha256, shortHash } from '../../../scripts/core/hash.js'
import { attach } from '../../../scripts/flows/stack/attach.js'
import { explainFailure } from '../../../scripts/flows/stack/explain-failure.js'
import type { Stack, StackEvent } from '../../../scripts/ports.js'
import { type FakeContext, fakeStack } from '../../support/fake-context.js'
import { rejectedBy } from '../../support/failures.js'
import { ledgerWorld as world, receipt, stored } from '../../support/fake-ledger.js'

const { arn } = fakeStack()
const writing = /\.(put|putNew|create\w*|execute\w*|delete\w*|update\w*|write|remove\w*|publish|moveAlias|run)\(/
let count = 0
const event = (at: number, logicalId: string, status: string, reason?: string, physicalId = arn): StackEvent => ({
  id: `e${++count}`,
  at: new Date(at * 1000),
  stackName: 's',
  logicalId,
  physicalId: logicalId === 'stack' ? physicalId : undefined,
  type: 'AWS::X',
  status,
  reason,
})
const failedUpdate = [
  event(50, 'stack', 'UPDATE_IN_PROGRESS'),
  event(51, 'Bad', 'UPDATE_FAILED', 'no'),
  event(52, 'stack', 'UPDATE_ROLLBACK_COMPLETE'),
]

describe('why the last one failed', () => {
  const failed = stored(2, { outcome: 'failed', failure: 'version 3 failed its check' })

  it('is the cause of the stack’s last failed operation, with its release', async () => {
    const stack = fakeStack({ status: 'UPDATE_ROLLBACK_COMPLETE' })
    const context = world({ stack, events: { [arn]: failedUpdate }, objects: failed })
    expect(await explainFailure(context)).toMatchObject({
      kind: 'operation',
      operation: { kind: 'update', status: 'UPDATE_ROLLBACK_COMPLETE' },
      cause: { event: { logicalId: 'Bad', reason: 'no' } },
      release: { release: 2 },
      since: undefined,
      running: false,
    })
    expect(context.calls.filter((call) => writing.test(call))).toEqual([])
  })

  it('is told also when it went well or goes on since', async () => {
    const later = [...failedUpdate, event(60, 'stack', 'UPDATE_IN_PROGRESS')]
    const stack = fakeStack({ status: 'UPDATE_IN_PROGRESS' })
    expect(await explainFailure(world({ stack, events: { [arn]: later } }))).toMatchObject({
      kind: 'operation',
      cause: { event: { logicalId: 'Bad' } },
      since: 'UPDATE_IN_PROGRESS',
      running: true,
    })
  })

  it('is found by the ARN in the last receipt when the stack is gone', async () => {
    const gone = 'arn:gone'
    const events = [
      event(50, 'stack', 'CREATE_IN_PROGRESS', undefined, gone),
      event(51, 'Bad', 'CREATE_FAILED', 'no'),
      event(52, 'stack', 'ROLLBACK_COMPLETE', undefined, gone),
      event(55, 'stack', 'DELETE_IN_PROGRESS', undefined, gone),
      event(56, 'stack', 'DELETE_COMPLETE', undefined, gone),
    ]
    const objects = stored(1, { outcome: 'failed', failure: 'x', stack: { arn: gone, changedAt: '' } })
    expect(await explainFailure(world({ events: { [gone]: events }, objects }))).toMatchObject({
      kind: 'operation',
      operation: { kind: 'creation' },
      cause: { event: { logicalId: 'Bad' } },
      since: 'DELETE_COMPLETE',
    })
  })

  it('is the release that failed past its stack, when that came later', async () => {
    const later = stored(3, {
      outcome: 'failed',
      failure: 'version 3 failed its check',
      at: '1970-01-01T01:00:00.000Z',
    })
    for (const events of [{}, { [arn]: failedUpdate }]) {
      const found = await explainFailure(world({ stack: fakeStack(), events, objects: later }))
      expect(found).toMatchObject({ kind: 'release', receipt: { failure: 'version 3 failed its check' } })
    }
  })

  it('is nothing where nothing failed', async () => {
    expect(await explainFailure(world({}))).toEqual({ kind: 'none', stack: undefined, receipt: undefined })
    const events = { [arn]: [event(1, 'stack', 'CREATE_IN_PROGRESS'), event(2, 'stack', 'CREATE_COMPLETE')] }
    expect(await explainFailure(world({ stack: fakeStack(), events, objects: stored(1) }))).toMatchObject({
      kind: 'none',
    })
  })

  it('has a line only of the template that was deployed', async () => {
    const text = 'Resources:\n  Bad:\n    Type: AWS::X\n'
    const files = { 'template.yaml': text }
    const lineWith = async (template: string, recorded?: Record<string, string>): Promise<unknown> => {
      const inputs = { ...receipt.inputs, template }
      const objects = stored(2, { outcome: 'failed', inputs, files: recorded })
      const found = await explainFailure(world({ stack: fakeStack(), events: { [arn]: failedUpdate }, objects, files }))
      return found.kind === 'operation' ? found.cause?.line : found.kind
    }
    expect(await lineWith(sha256(text))).toBe(2)
    expect(await lineWith('another')).toBeUndefined()
    // The hash of a template that nests others is that of all texts; its own stands among the files.
    expect(await lineWith('of all texts', { 'template.yaml': shortHash(sha256(text)), 'inner.yaml': 'x' })).toBe(2)
    expect(await lineWith('of all texts', { 'template.yaml': 'another' })).toBeUndefined()
  })

  it('asks for no stack where what failed was done without one', async () => {
    const objects = stored(1, { outcome: 'not-removed', failure: 'reset', stack: { arn: '', changedAt: '' } })
    const context = world({ objects })
    expect(await explainFailure(context)).toMatchObject({ kind: 'release', receipt: { failure: 'reset' } })
    expect(context.calls.filter((call) => call.includes('eventsBackTo'))).toEqual([])
  })
})

describe('attaching', () => {
  const running = fakeStack({ status: 'UPDATE_IN_PROGRESS' })
  const begun = [event(1, 'stack', 'UPDATE_IN_PROGRESS'), event(2, 'A', 'UPDATE_COMPLETE')]
  const attached = (rest: StackEvent[], status: Stack['status']): FakeContext => {
    const states = [running, running, fakeStack({ status })]
    const batches = [[], rest]
    return world({
      events: { [arn]: [event(0, 'stack', 'CREATE_COMPLETE'), ...begun] },
      over: { describe: async () => states.shift(), eventsSince: async () => batches.shift() ?? [] },
    })
  }
  const locked = (context: FakeContext): FakeContext => ({
    ...context,
    ports: { ...context.ports, buckets: { ...context.ports.buckets, readDated: async () => undefined } },
  })

  it('tells the events from the beginning and ends well, without a write', async () => {
    const context = locked(
      attached([event(3, 'B', 'UPDATE_COMPLETE'), event(4, 'stack', 'UPDATE_COMPLETE')], 'UPDATE_COMPLETE'),
    )
    expect(await attach(context)).toMatchObject({
      kind: 'ended',
      stack: { status: 'UPDATE_COMPLETE' },
      holder: undefined,
    })
    const told = context.events.flatMap((one) => (one.type === 'step-line' ? [one.text] : []))
    expect(told).toEqual(['the stack is being updated, since 1970-01-01T00:00:01.000Z', 'A  AWS::X', 'B  AWS::X'])
    expect(context.events.at(-1)).toMatchObject({ outcome: 'done', text: '2 resources, UPDATE_COMPLETE' })
    expect(context.calls.filter((call) => writing.test(call))).toEqual([])
  })

  it('ends as the deployment would where it fails', async () => {
    const rest = [event(3, 'B', 'UPDATE_FAILED', 'no'), event(4, 'stack', 'UPDATE_ROLLBACK_COMPLETE')]
    const error = await rejectedBy(attach(attached(rest, 'UPDATE_ROLLBACK_COMPLETE')))
    expect([error.code, error.exitCode, error.message]).toEqual([
      'StackFailed',
      5,
      'failed and rolled back: the stack is as it was',
    ])
    expect(error.facts[0]).toEqual({ label: 'Cause', text: 'B, AWS::X' })
  })

  it.each([undefined, 'UPDATE_COMPLETE', 'ROLLBACK_COMPLETE', 'REVIEW_IN_PROGRESS'] as const)(
    'has nothing to follow: %s',
    async (status) => {
      const stack = status === undefined ? undefined : fakeStack({ status })
      expect(await attach(world({ stack }))).toEqual({ kind: 'idle', stack })
    },
  )
})
