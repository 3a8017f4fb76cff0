import { type Contents, counted, describeContents, isEmpty, sumContents } from '../../core/contents.js'
import type { Mark } from '../../report/events.js'
import { type Part, type Remains, isStanding } from './remains.js'

/** Under a stack that stands buckets are emptied and stay: it could not be updated without them. */
export function leavesBuckets(parts: readonly Part[], { stack }: Remains): boolean {
  return isStanding(stack) && !parts.includes('stack')
}

/** Every thing that goes with what it holds, and what stays of the stack. */
export function linesOfRemains(parts: readonly Part[], remains: Remains): { mark: Mark; text: string }[] {
  const { stack, buckets, foreign, pool, logGroups, releases } = remains
  const removed = (text: string): { mark: Mark; text: string } => ({ mark: 'removed', text })
  const plain = (text: string): { mark: Mark; text: string } => ({ mark: 'plain', text })
  const fate = leavesBuckets(parts, remains) ? ' (emptied; it stays, the stack needs it)' : ''
  return [
    ...(stack === undefined || !parts.includes('stack') ? [] : linesOfStack(stack).map(removed)),
    ...(stack === undefined || !parts.includes('stack') || stack.stays.length === 0
      ? []
      : [plain(`the stack lets go of ${typesOf(stack.stays)}`)]),
    ...buckets.map(({ name, contents }) => removed(`${name}  ${describeContents(contents)}${fate}`)),
    ...foreign.map((name) => plain(`${name} is not this account's, or in another region: left alone`)),
    ...(pool === undefined
      ? []
      : [
          parts.includes('pool')
            ? removed(`user pool ${pool.id}  ${counted(pool.users.length, 'user')}`)
            : removed(`${counted(pool.users.length, 'user')} of the user pool ${pool.id}`),
        ]),
    ...logGroups.map((name) => removed(name)),
    ...(isEmpty(releases) ? [] : [removed(`releases and artifacts  ${describeContents(releases)}`)]),
  ]
}

function linesOfStack({ stack, goes, losing }: NonNullable<Remains['stack']>): string[] {
  const lost = losing.map(({ logicalId, type, holds }) => {
    const what = holds.kind === 'empty' ? 'empty' : holds.kind === 'holds' ? `with ${holds.text}` : holds.text
    return `${logicalId}  ${type}, which nothing keeps: ${what}`
  })
  return [`stack ${stack.name}  ${counted(goes.length, 'resource')}`, ...lost]
}

/** `Bucket ×5, UserPool, UserPoolGroup ×4`. */
function typesOf(resources: readonly { type: string }[]): string {
  const counts = new Map<string, number>()
  for (const { type } of resources) {
    const name = type.split('::').at(-1) ?? type
    counts.set(name, (counts.get(name) ?? 0) + 1)
  }
  return [...counts].map(([name, count]) => (count === 1 ? name : `${name} ×${count}`)).join(', ')
}

/** `the stack (27 resources), 5 buckets (12 objects, 3.4 kB), 3 users and their pool`. */
export function sentenceOfRemains(parts: readonly Part[], remains: Remains): string {
  const { stack, buckets, pool, logGroups, releases } = remains
  const users = pool === undefined ? '' : counted(pool.users.length, 'user')
  const clauses: Record<Part, string | undefined> = {
    stack: stack === undefined ? undefined : `the stack (${counted(stack.goes.length, 'resource')})`,
    buckets: buckets.length === 0 ? undefined : bucketsClause(buckets, leavesBuckets(parts, remains)),
    users: pool === undefined || parts.includes('pool') ? undefined : users,
    pool: pool === undefined ? undefined : `the user pool with ${users}`,
    logs: logGroups.length === 0 ? undefined : counted(logGroups.length, 'log group'),
    releases: isEmpty(releases) ? undefined : 'its releases and artifacts',
  }
  return parts.flatMap((part) => clauses[part] ?? []).join(', ')
}

function bucketsClause(buckets: readonly { contents: Contents }[], emptied: boolean): string {
  const what = describeContents(sumContents(buckets.map(({ contents }) => contents)))
  return emptied
    ? `everything in ${counted(buckets.length, 'bucket')} (${what})`
    : `${counted(buckets.length, 'bucket')} (${what})`
}
