import { ownProject } from '../../../scripts/core/project.js'
import { describe, expect, it } from '@jest/globals'
import { authDrift } from '../../../scripts/core/auth-drift.js'
import { type Receipt, receiptSchema } from '../../../scripts/core/receipt.js'
import { DeployError } from '../../../scripts/errors.js'
import { warnOfAuth, warnOfReceipt } from '../../../scripts/flows/ledger/heed-ledger.js'
import { readHead, readLastReceipt } from '../../../scripts/flows/ledger/ledger.js'
import { guardWrites } from '../../../scripts/flows/lock/guard-writes.js'
import { lookAtTarget } from '../../../scripts/flows/look/look-at-target.js'
import { recordFailure } from '../../../scripts/flows/ledger/record-release.js'
import { recordDeed, recordFailedDeed } from '../../../scripts/flows/ledger/record-beside.js'
import { recordCodeFailure } from '../../../scripts/flows/release/record-code.js'
import { fakeStack } from '../../support/fake-context.js'
import { ledgerWorld as world, place, receipt, released, stored } from '../../support/fake-ledger.js'
import type { Buckets, Shell } from '../../../scripts/ports.js'

type World = ReturnType<typeof world>
const guarded = { ...receipt.inputs, parameters: { EnableAuth: 'true' } }
const open = fakeStack({ parameters: { EnableAuth: 'false' } })
const warnings = (context: World): string[] =>
  context.events.flatMap((event) => (event.type === 'warning' ? [`${event.text} | ${event.hint ?? ''}`] : []))
const facts = { inputs: receipt.inputs, sources: { templateHash: 't', codeHash: 'c' }, config: {} } as never
const build = { template: 't', code: 'c', place: 'p', files: {} } as never
/** With a deployments bucket that is there, and no git. */
function withBucket(context: World): World {
  const shell: Partial<Shell> = { run: async () => ({ exitCode: 128, output: '' }) }
  const presence: Buckets['presence'] = async () => 'ours'
  const buckets = new Proxy(context.ports.buckets, {
    get: (port, key) => (key === 'presence' ? presence : (Reflect.get(port, key) as unknown)),
  })
  return { ...context, ports: { ...context.ports, buckets, shell: shell as Shell } }
}

describe('the history of a target', () => {
  it('knows what happened last, and what went live last', async () => {
    const objects = { ...stored(1), ...stored(2, { outcome: 'failed', failure: 'no' }) }
    const { newest, live } = await readHead(world({ objects }))
    expect([newest, live?.release]).toMatchObject([{ receipt: { release: 2 } }, 1])
    expect(await readHead(world({}))).toEqual({ newest: undefined, live: undefined })
  })

  it.each([
    ['a failed attempt', stored(2, { outcome: 'failed', failure: 'no' }), { receipt: { outcome: 'failed' } }],
    ['a removal', stored(2, { outcome: 'removed', removed: '3 users' }), { receipt: { removed: '3 users' } }],
    ['a broken receipt', { [place(2)]: '{' }, { kind: 'unreadable', where: `s3://${place(2)}` }],
  ])('is shown by check-rs beside the live release: %s', async (_what, after, newest) => {
    const context = world({ stack: fakeStack(), objects: { ...stored(1), ...after } })
    const view = await lookAtTarget(context.target, context)
    expect([view.receipt?.release, view.newest]).toMatchObject([1, newest])
    const gone = world({ objects: { ...stored(1), ...after } })
    expect((await lookAtTarget(gone.target, gone)).receipt).toBeUndefined()
  })

  it('has no newer entry where the newest is live', async () => {
    const context = world({ stack: fakeStack(), objects: stored(1) })
    expect(await lookAtTarget(context.target, context)).toMatchObject({ newest: undefined, warning: undefined })
  })
})

describe('an API that is guarded otherwise than the last good release left it', () => {
  const objects = { ...stored(1, { inputs: guarded }), ...stored(2, { outcome: 'failed', inputs: receipt.inputs }) }

  it('is shouted in the next run and by check-rs, with what puts it back', async () => {
    const context = world({ stack: open, objects })
    await warnOfAuth(open, { ...receipt, release: 2, outcome: 'failed' }, context)
    expect(warnings(context)).toEqual([
      'ENABLE_AUTH is false now, the last good release (1) had true: the API may be open to everybody | ' +
        'make rs-deploy ENV=dev ORG=myorg ENABLE_AUTH=true puts it back; without, it stays',
    ])
    expect((await lookAtTarget(context.target, context)).warning).toContain('ENABLE_AUTH is false now')
  })

  it('is not where it is as it was, where there is no stack, and where nothing is known', async () => {
    const context = world({ objects })
    await warnOfAuth(fakeStack({ parameters: { EnableAuth: 'true' } }), undefined, context)
    await warnOfAuth(undefined, undefined, context)
    await warnOfAuth(open, undefined, world({}))
    expect(warnings(context)).toEqual([])
    expect(authDrift({ ...receipt, inputs: guarded }, {}, ownProject)).toBeUndefined()
  })
})

describe('a receipt', () => {
  it('that is broken is named, with what to look at', () => {
    const context = world({})
    warnOfReceipt('s3://b/k.json', context)
    expect(warnings(context)[0]).toMatch(/s3:\/\/b\/k\.json .* goes on .* \| make rs-history ENV=dev ORG=myorg/)
  })

  it('of a removal tells what went, keeps the parameters, and takes the next number', async () => {
    const objects = stored(4, { inputs: guarded })
    const context = withBucket(world({ objects }))
    await recordDeed({ removed: '12 resources' }, fakeStack({ changedAt: 'now' }), {
      ...context,
      command: 'rs-teardown',
    })
    const written = receiptSchema.parse(JSON.parse(objects[place(5)]!))
    expect(written).toMatchObject({
      outcome: 'removed',
      removed: '12 resources',
      command: 'rs-teardown',
      release: 5,
      inputs: { parameters: { EnableAuth: 'true' } },
      stack: { changedAt: 'now' },
    })
  })

  it('of a removal says what the stack had; of what never lived it does not', async () => {
    const objects = stored(4, { outcome: 'failed', inputs: receipt.inputs })
    const context = withBucket(world({ objects }))
    await recordDeed({ removed: 'x' }, fakeStack({ parameters: { EnableAuth: 'true' } }), context)
    await recordDeed({ removed: 'x' }, fakeStack({ status: 'ROLLBACK_COMPLETE' }), context)
    const [lived, never] = [5, 6].map((number) => receiptSchema.parse(JSON.parse(objects[place(number)]!)))
    expect([lived?.parameters, never?.parameters]).toEqual([{ EnableAuth: 'true' }, undefined])
  })

  it('of a removal is also left where nothing was released before, and never stops it', async () => {
    const objects: Record<string, string> = {}
    const context = withBucket(world({ objects }))
    await recordDeed({ removed: 'x' }, open, context)
    expect(JSON.parse(objects[place(1)]!)).toMatchObject({ inputs: { parameters: { EnableAuth: 'false' } } })
    const failing = world({ objects })
    const buckets = { ...failing.ports.buckets, presence: async () => Promise.reject(new Error('denied')) }
    await recordDeed({ removed: 'x' }, open, { ...failing, ports: { ...failing.ports, buckets } })
    expect(warnings(failing)).toEqual(['what was done could not be recorded: denied | '])
  })

  it('of an adoption tells what was taken over, and is no release', async () => {
    const objects = stored(4)
    const context = withBucket(world({ objects }))
    await recordDeed({ adopted: 'forms (3 objects)' }, fakeStack(), context)
    expect(JSON.parse(objects[place(5)]!)).toMatchObject({ outcome: 'adopted', adopted: 'forms (3 objects)' })
    expect(await readLastReceipt(context)).toMatchObject({ release: 4 })
  })

  it('of a take-down or an adoption that failed tells what was meant and its cause', async () => {
    const objects: Record<string, string> = {}
    const context = withBucket(world({ objects }))
    const cause = { logicalId: 'Forms', type: 'AWS::S3::Bucket', reason: 'not empty' }
    const failed = new DeployError('StackFailed', 'not deleted whole', { cause })
    await recordFailedDeed({ removed: 'the stack' }, failed, fakeStack(), context)
    await recordFailedDeed({ adopted: 'forms' }, new Error('reset'), undefined, context)
    const written = Object.values(objects).map((text) => receiptSchema.parse(JSON.parse(text)))
    expect(written).toMatchObject([
      { release: 1, outcome: 'not-removed', removed: 'the stack', failure: 'not deleted whole', cause },
      { release: 2, outcome: 'not-adopted', adopted: 'forms', failure: 'reset' },
    ])
    expect(await readLastReceipt(context)).toBeUndefined()
  })

  it('tells what failed of a run that lost its lock on the way, and nothing else of it', async () => {
    const objects: Record<string, string> = {}
    const context = withBucket(world({ objects, stack: fakeStack() }))
    const lost = new DeployError('Refused', 'this run lost its lock to another one')
    const refuse = async (): Promise<never> => Promise.reject(lost)
    const locked = { ...context, ports: guardWrites(context.ports, refuse), unguarded: context.ports }
    await recordDeed({ removed: 'the stack' }, fakeStack(), locked)
    expect(objects).toEqual({})
    await recordFailedDeed({ removed: '4000 versions' }, lost, fakeStack(), locked)
    const failed = { error: lost, proof: undefined, configRestored: undefined }
    await recordFailure(build, facts, failed, locked)
    await recordCodeFailure({ live: receipt, newest: 2 }, lost, undefined, locked)
    const written = Object.values(objects).map((text) => receiptSchema.parse(JSON.parse(text)))
    expect(written).toMatchObject([
      { outcome: 'not-removed', removed: '4000 versions', failure: lost.message },
      { outcome: 'failed', failure: lost.message },
      { outcome: 'failed', failure: lost.message },
    ])
  })

  it('of a release of code that failed of something unforeseen tells that', async () => {
    const objects: Record<string, string> = {}
    const context = withBucket(world({ objects }))
    await recordCodeFailure({ live: receipt, newest: 1 }, new Error('AccessDenied'), undefined, context)
    expect(JSON.parse(objects[place(2)]!)).toMatchObject({ outcome: 'failed', failure: 'AccessDenied' })
  })

  it('of a release that failed after its proof holds what it proved', async () => {
    const objects: Record<string, string> = {}
    const context = withBucket(world({ objects, stack: fakeStack() }))
    const proof = { kind: 'healthy' as const, released: [released], health: { attempts: 2, durationMs: 5 } }
    const error = new Error('no administrator')
    await recordFailure(build, facts, { error, proof, configRestored: undefined }, context)
    await recordCodeFailure({ live: receipt, newest: 1 }, error, proof, context)
    const written = Object.values(objects).map((text) => receiptSchema.parse(JSON.parse(text)))
    const proved = { outcome: 'failed', functions: { F: { name: 'f', version: '8' } }, health: proof.health }
    expect(written).toMatchObject([proved, proved])
  })

  it('of a failed release holds the resource that it failed on', async () => {
    const objects: Record<string, string> = {}
    const context = withBucket(world({ objects, stack: fakeStack() }))
    const cause = { logicalId: 'Forms', type: 'AWS::S3::Bucket', reason: 'it already exists' }
    const record = (error: unknown): Promise<void> =>
      recordFailure(build, facts, { error, proof: undefined, configRestored: undefined }, context)
    await record(new DeployError('StackFailed', 'failed', { cause }))
    await record(new DeployError('Unhealthy', 'no answer', { cause: new Error('x') }))
    expect((JSON.parse(objects[place(1)]!) as Receipt).cause).toEqual(cause)
    expect((JSON.parse(objects[place(2)]!) as Receipt).cause).toBeUndefined()
  })
})
