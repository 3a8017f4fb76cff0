import { counted, describeContents, isEmpty, noContents, withVersions } from '../../core/contents.js'
import { isStateful, statefulTypes } from '../../core/stateful.js'
import type { ItemPage, Ports, VersionPlace } from '../../ports.js'
import type { TargetContext } from '../context.js'

const deadlineMs = 10_000

/** What a resource that holds data has in it. What cannot be counted counts as holding data. */
export type Holding =
  | { kind: 'empty' }
  /** `12 objects, 3.4 MB`, `more than 1200 users`. */
  | { kind: 'holds'; text: string }
  /** `files, which cannot be counted`. */
  | { kind: 'uncounted'; text: string }

/**
 * Counts, in about ten seconds at most, what a resource of a stack holds; one that is gone is empty. A group is counted
 * in these pools, of which it may be in any.
 */
export async function countContents(
  type: string,
  physicalId: string | undefined,
  { ports, signal }: TargetContext,
  pools: readonly string[] = [],
): Promise<Holding> {
  const what = isStateful(type) ? statefulTypes[type] : 'what it holds'
  const tally = physicalId === undefined ? undefined : tallyOf(type, physicalId, pools, ports)
  if (tally === undefined) return { kind: 'uncounted', text: `${what}, which cannot be counted` }
  const ended = new AbortController()
  const late = ports.clock.sleep(deadlineMs, ended.signal).catch(() => undefined)
  try {
    await Promise.race([late, readAll(tally, AbortSignal.any([ended.signal, signal]))])
  } catch {
    return { kind: 'uncounted', text: `${what}, which could not be counted` }
  } finally {
    ended.abort()
  }
  signal.throwIfAborted()
  const found = tally.describe()
  if (found !== undefined) return { kind: 'holds', text: `${tally.complete ? '' : 'more than '}${found}` }
  return tally.complete ? { kind: 'empty' } : { kind: 'uncounted', text: `${what}, which could not be counted in time` }
}

/** A count that grows page by page, so that what is known by the deadline can be told. */
interface Tally {
  complete: boolean
  /** Counts the next page. */
  more: () => Promise<void>
  /** Undefined while nothing was found. */
  describe: () => string | undefined
}

async function readAll(tally: Tally, ended: AbortSignal): Promise<void> {
  while (!tally.complete && !ended.aborted) await tally.more()
}

/** How a type is counted; undefined where there is no way. */
function tallyOf(
  type: string,
  physicalId: string,
  pools: readonly string[],
  { buckets, userPools, tables }: Ports,
): Tally | undefined {
  switch (type) {
    case 'AWS::Cognito::UserPoolGroup': {
      if (pools.length === 0) return undefined
      let members = 0
      return pageByPage(
        wordsFor('member', () => members),
        async (at: number = 0) => {
          const pool = pools[at] ?? ''
          if (await userPools.group(pool, physicalId)) members += (await userPools.members(pool, physicalId)).length
          return at + 1 < pools.length ? at + 1 : undefined
        },
      )
    }
    case 'AWS::S3::Bucket': {
      let contents = noContents
      const describe = (): string | undefined => (isEmpty(contents) ? undefined : describeContents(contents))
      return pageByPage(describe, async (after: VersionPlace | undefined) => {
        const { versions, next } = await buckets.versions(physicalId, '', after)
        contents = withVersions(contents, versions)
        return next
      })
    }
    case 'AWS::Cognito::UserPool': {
      let users = 0
      return pageByPage(
        wordsFor('user', () => users),
        async (after: string | undefined) => {
          const page = await userPools.countUsers(physicalId, after)
          users += page.users
          return page.next
        },
      )
    }
    case 'AWS::DynamoDB::Table':
    case 'AWS::DynamoDB::GlobalTable': {
      let items = 0
      return pageByPage(
        wordsFor('item', () => items),
        async (after: ItemPage['next']) => {
          const page = await tables.countItems(physicalId, after)
          items += page.items
          return page.next
        },
      )
    }
    default:
      return undefined
  }
}

function wordsFor(what: string, count: () => number): Tally['describe'] {
  return () => (count() === 0 ? undefined : counted(count(), what))
}

/** `page` counts the page that begins at a place, and returns where the next one begins. */
function pageByPage<Place>(
  describe: Tally['describe'],
  page: (after: Place | undefined) => Promise<Place | undefined>,
): Tally {
  let after: Place | undefined
  const tally: Tally = {
    complete: false,
    describe,
    async more() {
      after = await page(after)
      tally.complete = after === undefined
    },
  }
  return tally
}
