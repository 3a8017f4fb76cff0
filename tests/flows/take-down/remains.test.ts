import { describe, expect, it } from '@jest/globals'
import type { Inputs } from '../../../scripts/core/inputs.js'
import { DeployError } from '../../../scripts/errors.js'
import { emptyBucket, measureContents } from '../../../scripts/flows/take-down/empty-bucket.js'
import { findKeptPool, keptPoolFor } from '../../../scripts/flows/take-down/kept-pool.js'
import { countRemains } from '../../../scripts/flows/take-down/remains.js'
import { forgetLock } from '../../../scripts/flows/take-down/remove-parts.js'
import type { Buckets, Stack, StackResource } from '../../../scripts/ports.js'
import { account, fakeContext, fakeStack } from '../../support/fake-context.js'
import { fakePort } from '../../support/fake-ports.js'
import { type World, own, resource, worldOf } from '../../support/fake-remains.js'
import { rejectedBy } from '../../support/failures.js'

const deployments = `rawscribe-sam-deployments-${account}`
const forms = `rawscribe-forms-dev-myorg-${account}`

describe('emptying a bucket', () => {
  it('goes on to the end, and only below its prefix', async () => {
    const context = worldOf({ buckets: { [deployments]: ['a/1', 'a/2', 'a/3', 'ab/1'] } })
    const told: number[] = []
    expect(await emptyBucket(deployments, 'a/', (removed) => told.push(removed), context)).toBe(3)
    expect([told, context.world.buckets[deployments]]).toEqual([[2, 3], ['ab/1']])
  })

  it('does not turn in circles when what is removed is still listed', async () => {
    const stuck: Partial<Buckets> = {
      versions: async () => ({
        versions: [{ key: 'a', versionId: '1', bytes: 0, latest: true, deleteMarker: false }],
        next: undefined,
      }),
      removeVersions: async () => undefined,
    }
    const context = fakeContext({ ports: (calls) => ({ buckets: fakePort<Buckets>('buckets', stuck, calls) }) })
    expect((await rejectedBy(emptyBucket('b', '', () => undefined, context))).code).toBe('AwsFailed')
  })

  it('stops between two pages when the run is stopped', async () => {
    const stop = new AbortController()
    const context = { ...worldOf({ buckets: { [forms]: ['a', 'b', 'c'] } }), signal: stop.signal }
    const work = emptyBucket(forms, '', () => stop.abort(new DeployError('Interrupted', 'stopped')), context)
    expect((await rejectedBy(work)).code).toBe('Interrupted')
    expect(context.world.buckets[forms]).toEqual(['c'])
  })

  it('counts page after page, and not for ever', async () => {
    const page = Array.from({ length: 1000 }, () => ({
      key: 'a',
      versionId: '1',
      bytes: 1,
      latest: true,
      deleteMarker: false,
    }))
    let asked = 0
    const endless: Partial<Buckets> = {
      versions: async () => ({ versions: page, next: { key: 'a', versionId: `${++asked}` } }),
    }
    const context = fakeContext({ ports: (calls) => ({ buckets: fakePort<Buckets>('buckets', endless, calls) }) })
    const contents = await measureContents('b', '', context)
    expect([asked, contents.objects, contents.complete]).toEqual([100, 100_000, false])
  })
})

describe('what locks leave behind', () => {
  const key = 'locks/rawscribe-dev-myorg.json'
  const version = (versionId: string, latest: boolean, deleteMarker: boolean, of = key) => ({
    key: of,
    versionId,
    bytes: 0,
    latest,
    deleteMarker,
  })
  const forget = async (...versions: ReturnType<typeof version>[]): Promise<string[][]> => {
    const removed: string[][] = []
    const buckets: Partial<Buckets> = {
      versions: async () => ({ versions, next: undefined }),
      removeVersions: async (_bucket, some) => void removed.push(some.map(({ versionId }) => versionId)),
    }
    await forgetLock(fakeContext({ ports: (calls) => ({ buckets: fakePort<Buckets>('buckets', buckets, calls) }) }))
    return removed
  }

  it('goes with its markers last, or an old lock would hold again', async () => {
    expect(await forget(version('m', true, true), version('2', false, false), version('1', false, false))).toEqual([
      ['2', '1'],
      ['m'],
    ])
  })

  it('is left where somebody holds the target by now, and where it is another target’s', async () => {
    expect(await forget(version('held', true, false), version('other', false, false, `${key}x`))).toEqual([])
  })
})

describe('a user pool that was kept', () => {
  const find = (pools: World['pools'], clients = ['c1']) => findKeptPool(worldOf({ pools: pools ?? {}, clients }))

  it('is found with its client by their exact names', async () => {
    expect(await find({ p1: own, p2: { ...own, name: `${own.name}2` } })).toEqual({ poolId: 'p1', clientId: 'c1' })
    expect(await find({})).toBeUndefined()
  })

  it.each([
    [{ p1: own, p2: own }, ['c1'], 'p1, p2'],
    [{ p1: own }, [], 'has no client'],
    [{ p1: own }, ['c1', 'c2'], 'c1, c2'],
  ])('is refused where it cannot be told which: %j %j', async (pools, clients, words) => {
    const error = await rejectedBy(find(pools, clients))
    expect(error.code).toBe('Refused')
    expect(error.message).toContain(words)
    expect(error.hint).toContain('COGNITO_USER_POOL_ID')
  })

  it.each<[string, Partial<Stack> | undefined, StackResource[], Inputs]>([
    ['has one of its own', {}, [resource('P', 'AWS::Cognito::UserPool', 'p1')], {}],
    ['has one from outside', { parameters: { CognitoUserPoolId: 'x' } }, [], {}],
    ['is without auth', { parameters: { EnableAuth: 'false' } }, [], {}],
    ['is given one', undefined, [], { COGNITO_USER_POOL_ID: 'x' }],
  ])('is not looked for when the stack %s', async (_why, stack, resources, inputs) => {
    const context = worldOf({ pools: { p1: own }, inputs })
    const found = await keptPoolFor(
      stack === undefined ? undefined : fakeStack(stack),
      { resources, remains: [] },
      context,
    )
    expect([found, context.calls]).toEqual([undefined, []])
  })

  it('is looked for by a fresh stack, and by one that lost it', async () => {
    for (const stack of [undefined, fakeStack({ parameters: { EnableAuth: 'true' } })]) {
      const found = await keptPoolFor(stack, { resources: [], remains: [] }, worldOf({ pools: { p1: own } }))
      expect(found).toEqual({ poolId: 'p1', clientId: 'client' })
    }
  })
})

describe('what remains of a target', () => {
  it('is counted also where its last receipt cannot be read: that goes too', async () => {
    const context = worldOf({
      receipts: { 'rawscribe-dev-myorg/releases/000001.json': '{' },
      logGroups: ['/aws/lambda/rawscribe-dev-myorg-backend'],
    })
    const remains = await context.report.step('Count', (step) => countRemains(['logs'], step, context))
    expect(remains.logGroups).toEqual(['/aws/lambda/rawscribe-dev-myorg-backend'])
  })
})
