import { describe, expect, it } from '@jest/globals'
import { countContents } from '../../../scripts/flows/buckets/count-contents.js'
import type { Buckets, Clock, Tables, UserPools } from '../../../scripts/ports.js'
import { type FakeContext, fakeContext } from '../../support/fake-context.js'
import { fakePort } from '../../support/fake-ports.js'

interface World {
  versions?: Buckets['versions']
  countUsers?: UserPools['countUsers']
  countItems?: Tables['countItems']
  signal?: AbortSignal
}

/** A clock whose sleepers only wake when they are told to. */
const sleeper = (): { clock: Clock; wake: () => void } => {
  const wakers: (() => void)[] = []
  const sleep: Clock['sleep'] = (_ms, signal) =>
    new Promise((resolve, reject) => {
      wakers.push(resolve)
      signal?.addEventListener('abort', () => reject(signal.reason as Error))
    })
  return { clock: { now: () => new Date(0), sleep }, wake: () => wakers.forEach((waker) => waker()) }
}

const context = ({ versions, countUsers, countItems, signal }: World, clock = sleeper().clock): FakeContext =>
  fakeContext({
    ...(signal === undefined ? {} : { signal }),
    ports: (calls) => ({
      clock,
      buckets: fakePort<Buckets>('buckets', versions === undefined ? {} : { versions }, calls),
      userPools: fakePort<UserPools>('userPools', countUsers === undefined ? {} : { countUsers }, calls),
      tables: fakePort<Tables>('tables', countItems === undefined ? {} : { countItems }, calls),
    }),
  })
const version = { key: 'a', versionId: '1', bytes: 2000, latest: true, deleteMarker: false }

describe('counting what a resource holds', () => {
  it('counts objects, older versions, delete markers and bytes of a bucket to the last page', async () => {
    const versions: Buckets['versions'] = async (_bucket, _prefix, after) =>
      after === undefined
        ? { versions: [version, { ...version, versionId: '0', latest: false }], next: { key: 'a', versionId: '0' } }
        : { versions: [{ ...version, key: 'b', deleteMarker: true, bytes: 0 }], next: undefined }
    const holding = await countContents('AWS::S3::Bucket', 'it', context({ versions }))
    expect(holding).toEqual({ kind: 'holds', text: '1 object, 1 older version, 1 delete marker, 4.0 kB' })
  })

  it('counts users and items page by page', async () => {
    const countUsers: UserPools['countUsers'] = async (_pool, after) =>
      after === undefined ? { users: 60, next: 'p2' } : { users: 1, next: undefined }
    const countItems: Tables['countItems'] = async (_table, after) =>
      after === undefined ? { items: 0, next: { id: 1 } } : { items: 1, next: undefined }
    const all = context({ countUsers, countItems })
    expect(await countContents('AWS::Cognito::UserPool', 'p', all)).toEqual({ kind: 'holds', text: '61 users' })
    expect(await countContents('AWS::DynamoDB::Table', 't', all)).toEqual({ kind: 'holds', text: '1 item' })
    expect(all.calls).toHaveLength(4)
  })

  it('says what is empty', async () => {
    const world = context({ versions: async () => ({ versions: [], next: undefined }) })
    expect(await countContents('AWS::S3::Bucket', 'it', world)).toEqual({ kind: 'empty' })
  })

  it('tells what it has counted when the time is up', async () => {
    const { clock, wake } = sleeper()
    let pages = 0
    const countUsers: UserPools['countUsers'] = async () => {
      pages++
      if (pages === 3) wake()
      return pages < 3 ? { users: 60, next: 'more' } : new Promise(() => undefined)
    }
    const holding = await countContents('AWS::Cognito::UserPool', 'p', context({ countUsers }, clock))
    expect(holding).toEqual({ kind: 'holds', text: 'more than 120 users' })
  })

  it('takes for data what it found nothing of in time', async () => {
    const { clock, wake } = sleeper()
    const countItems: Tables['countItems'] = () => {
      wake()
      return new Promise(() => undefined)
    }
    const holding = await countContents('AWS::DynamoDB::Table', 't', context({ countItems }, clock))
    expect(holding).toEqual({ kind: 'uncounted', text: 'items, which could not be counted in time' })
  })

  it.each([
    ['AWS::RDS::DBInstance', 'a database, which cannot be counted'],
    ['AWS::EFS::FileSystem', 'files, which cannot be counted'],
    ['AWS::Cognito::UserPoolGroup', 'memberships, which cannot be counted'],
  ])('takes a %s for data, and says that it cannot be counted', async (type, text) => {
    expect(await countContents(type, 'it', context({}))).toEqual({ kind: 'uncounted', text })
  })

  it('takes for data what cannot be read, and what has no name', async () => {
    const versions: Buckets['versions'] = async () => Promise.reject(new Error('access denied'))
    const uncounted = { kind: 'uncounted', text: 'objects, which could not be counted' }
    expect(await countContents('AWS::S3::Bucket', 'it', context({ versions }))).toEqual(uncounted)
    const unnamed = await countContents('AWS::S3::Bucket', undefined, context({}))
    expect(unnamed).toEqual({ kind: 'uncounted', text: 'objects, which cannot be counted' })
  })

  it('stops on Ctrl-C', async () => {
    const stop = new AbortController()
    const versions: Buckets['versions'] = async () => {
      stop.abort(new Error('stopped'))
      return { versions: [version], next: { key: 'a', versionId: '1' } }
    }
    const counting = countContents('AWS::S3::Bucket', 'it', context({ versions, signal: stop.signal }))
    await expect(counting).rejects.toThrow('stopped')
  })
})
