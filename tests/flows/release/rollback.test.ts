import { describe, expect, it } from '@jest/globals'
import { releasedSince } from '../../../scripts/flows/build/release-build.js'
import { pruneVersions } from '../../../scripts/flows/release/prune-versions.js'
import { rollBack } from '../../../scripts/flows/release/roll-back.js'
import type { BuildRecord } from '../../../scripts/flows/build/build-record.js'
import type { Functions, Http, Logs } from '../../../scripts/ports.js'
import { type FakeContext, fakeContext, fakeStep } from '../../support/fake-context.js'
import { place, receipt, released } from '../../support/fake-ledger.js'
import { etagOf, fakePort, memoryBuckets } from '../../support/fake-ports.js'

const configPlace = 'rawscribe-lambda-dev-myorg-123456789012/config.json'
const text = '{"new":1}'
const uploaded = { stored: { etag: etagOf(text), text }, replaced: '{"old":1}' }

function world(
  serving: string,
  status: number,
  objects: Record<string, string> = {},
): FakeContext & { now: () => string } {
  let version = serving
  const functions: Partial<Functions> = {
    alias: async () => ({ version, revisionId: 'r', weights: {} }),
    moveAlias: async (_name, _alias, to) => {
      version = to
      return { version, revisionId: 's', weights: {} }
    },
    versions: async () => ({ versions: ['$LATEST', '1', '2', '3', '4', '5'], aliased: ['5'] }),
    deleteVersion: async () => undefined,
  }
  const body = (): string => JSON.stringify({ status: status === 200 ? 'healthy' : 'ill', version })
  const context = fakeContext({
    inputs: { KEEP_VERSIONS: '2' },
    ports: (calls) => ({
      functions: fakePort<Functions>('functions', functions, calls),
      http: fakePort<Http>('http', { get: async () => ({ status, headers: {}, body: body() }) }, calls),
      logs: fakePort<Logs>('logs', { lastLines: async () => [] }, calls),
      buckets: memoryBuckets(objects, calls),
    }),
  })
  return Object.assign(context, { now: () => version })
}

describe('going back after a release that is not healthy', () => {
  const undo = { released: [released], config: undefined }

  it('moves the alias to what served before and proves that', async () => {
    const context = world('8', 200)
    const done = await rollBack(undo, 'http://api', fakeStep(), context)
    expect(done).toEqual({ outcome: 'healthy', versions: { F: '7' }, attempts: 1 })
    expect(context.now()).toBe('7')
  })

  it('asks the old version five times at most, and says that it is ill too', async () => {
    const context = world('8', 503)
    expect(await rollBack(undo, 'http://api', fakeStep(), context)).toMatchObject({ outcome: 'unhealthy', attempts: 5 })
    expect(context.now()).toBe('7')
  })

  it('has nothing to go back to after a first release, and touches nothing', async () => {
    const context = world('8', 503)
    const first = { released: [{ ...released, before: undefined }], config: uploaded }
    expect(await rollBack(first, 'http://api', fakeStep(), context)).toMatchObject({ outcome: 'nothing' })
    expect(context.calls).toEqual([])
  })

  it('leaves an alias alone that somebody else moved meanwhile', async () => {
    const context = world('9', 200)
    const step = fakeStep()
    const done = await rollBack(undo, 'http://api', step, context)
    expect(context.now()).toBe('9')
    expect(done).toEqual({ outcome: 'nothing', versions: {}, attempts: 0, left: ['F'] })
    expect(step.closing).toBe('nothing was taken back')
  })

  it.each([
    ['healthy', 200, 1],
    ['unhealthy', 503, 5],
  ])('asks the API again, whichever version answers, where no function of it was released: %s', async (...given) => {
    const [outcome, status, attempts] = given
    const behind = { released: [{ ...released, answersHealth: undefined }], config: undefined }
    const context = world('8', status)
    expect(await rollBack(behind, 'http://api', fakeStep(), context)).toMatchObject({ outcome, attempts })
    expect(context.calls).toContain('http.get(http://api/health)')
  })

  it('does not call healthy what nobody could ask', async () => {
    const step = fakeStep()
    const done = await rollBack(undo, undefined, step, world('8', 200))
    expect(done).toEqual({ outcome: 'unasked', versions: { F: '7' }, attempts: 0 })
    expect(step.closing).toContain('nobody was asked')
  })

  it('counts an alias as back that somebody took back already', async () => {
    const context = world('7', 200)
    expect(await rollBack(undo, 'http://api', fakeStep(), context)).toMatchObject({
      outcome: 'healthy',
      versions: { F: '7' },
    })
    expect(context.calls.filter((call) => call.includes('moveAlias'))).toEqual([])
  })

  it.each([
    ['puts the configuration back that was replaced', text, '{"old":1}'],
    ['leaves a configuration that somebody changed since', '{"theirs":1}', '{"theirs":1}'],
  ])('%s', async (_case, lying, after) => {
    const objects = { [configPlace]: lying }
    await rollBack({ ...undo, config: uploaded }, undefined, fakeStep(), world('8', 200, objects))
    expect(objects[configPlace]).toBe(after)
  })
})

describe('removing old versions', () => {
  it('spares those that an alias or a kept good release needs', async () => {
    const functions = (version: string) => ({ F: { name: 'f', alias: 'live', version, codeSha256: 's' } })
    const objects = {
      [place(1)]: JSON.stringify({ ...receipt, release: 1, functions: functions('1') }),
      [place(2)]: JSON.stringify({ ...receipt, release: 2, functions: functions('2') }),
      [place(3)]: JSON.stringify({ ...receipt, release: 3, functions: functions('5') }),
    }
    const context = world('5', 200, objects)
    await pruneVersions([{ ...released, version: '5' }], context)
    const removed = context.calls.filter((call) => call.includes('deleteVersion'))
    expect(removed).toEqual(['functions.deleteVersion(f, 1)', 'functions.deleteVersion(f, 3)'])
  })

  it('is looked after at each fifth version only', async () => {
    const context = world('8', 200)
    await pruneVersions([released], context)
    expect(context.calls).toEqual([])
  })
})

describe('code that was released after a build', () => {
  const build: BuildRecord = {
    inputs: 'i',
    place: 'p',
    builtAt: '2025-01-01T00:00:00.000Z',
    template: 't',
    code: 'c',
    packages: [
      { logicalId: 'F', kind: 'function', property: 'CodeUri', zip: 'z', bytes: 1, codeSha256: 'built' },
      { logicalId: 'G', kind: 'function', property: 'CodeUri', zip: 'z', bytes: 1, codeSha256: 'same' },
    ],
  }
  const newer = { name: 'f', version: '9', codeSha256: 'newer' }
  const functions = { F: newer, G: { name: 'g', version: '2', codeSha256: 'same' } }
  const later = { ...receipt, command: 'rs-deploy-function', at: '2025-01-02T00:00:00.000Z', functions }

  it('is named where it differs', () => expect([...releasedSince(build, later)]).toEqual([['F', newer]]))

  it.each([
    ['came through CloudFormation', { ...later, command: 'rs-deploy' }],
    ['is older than the build', { ...later, at: '2024-12-31T00:00:00.000Z' }],
    ['is of an older tool', { ...later, functions: undefined }],
    ['is of none that was proved', undefined],
  ])('is none where the last good release %s', (_case, last) => expect(releasedSince(build, last).size).toBe(0))
})
