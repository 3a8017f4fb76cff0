import pMap from 'p-map'
import { type MeasuredReceipt, type Metrics, measure } from '../../core/metrics.js'
import { ledgerKeys, namesOf, stackName, targetOfStack } from '../../core/names.js'
import type { Environment, Target } from '../../core/target.js'
import { environments } from '../../core/target.js'
import type { CloudContext } from '../context.js'
import { readEntry } from './ledger.js'

export interface TargetMetrics {
  target: Target
  metrics: Metrics
  /** Receipts that cannot be read; they count nowhere. */
  unreadable: string[]
}

export interface AllMetrics {
  targets: TargetMetrics[]
  total: Metrics
}

/** Receipts that are read at the same time, over all targets: S3 takes 5500 reads a second for a prefix. */
const readAtOnce = 32

/** Measures the releases of one target, of an environment, or of all; also of targets that were taken down since. */
export async function readMetrics(
  which: { env: Environment | undefined; org: string | undefined },
  context: CloudContext,
): Promise<AllMetrics> {
  return context.report.step('Ledger', async (step) => {
    const places = await receiptPlaces(which, context)
    let read = 0
    const entries = await pMap(
      places,
      async ({ target, key }) => {
        const names = namesOf(target, context.cloud.account, context.project)
        const entry = await readEntry(key, { ...context, target, names })
        read += 1
        step.progress(`${read}/${places.length} receipts`)
        return { target, entry }
      },
      { concurrency: readAtOnce },
    )
    const commits = entries.flatMap(({ entry }) => (entry?.kind === 'receipt' ? (entry.receipt.commit ?? []) : []))
    const committed = await commitTimes([...new Set(commits)], context)
    const byTarget = new Map<string, { target: Target; receipts: MeasuredReceipt[]; unreadable: string[] }>()
    for (const { target, entry } of entries) {
      const name = stackName(target, context.project)
      const found = byTarget.get(name) ?? { target, receipts: [], unreadable: [] }
      byTarget.set(name, found)
      if (entry?.kind === 'unreadable') found.unreadable.push(entry.where)
      if (entry?.kind !== 'receipt') continue
      const { receipt } = entry
      found.receipts.push({ receipt, committedAt: committed.get(receipt.commit ?? '') })
    }
    const all = [...byTarget.values()]
    step.say(`${places.length} receipts of ${all.length} targets`)
    return {
      targets: all.map(({ target, receipts, unreadable }) => ({ target, metrics: measure([receipts]), unreadable })),
      total: measure(all.map(({ receipts }) => receipts)),
    }
  })
}

/** The ledger itself says which targets there are: their stacks may be gone. */
async function receiptPlaces(
  { env, org }: { env: Environment | undefined; org: string | undefined },
  { ports, project, cloud }: CloudContext,
): Promise<{ target: Target; key: string }[]> {
  const wanted = env === undefined ? environments : [env]
  const keys = await pMap(wanted, (one) => {
    const { deploymentsBucket } = namesOf({ env: one, org: org ?? '' }, cloud.account, project)
    const prefix = stackName({ env: one, org: org ?? '' }, project)
    return ports.buckets.keys(deploymentsBucket, org === undefined ? prefix : ledgerKeys.releases(prefix))
  })
  return keys.flat().flatMap((key) => {
    const [stack = ''] = key.split('/')
    const target = targetOfStack(stack, project)
    return target !== undefined && key.startsWith(ledgerKeys.releases(stack)) ? [{ target, key }] : []
  })
}

const commitsAtOnce = 500

/** When each commit was made, as far as this checkout knows them. */
async function commitTimes(
  commits: readonly string[],
  { ports, projectFolder, childEnv }: CloudContext,
): Promise<Map<string, Date>> {
  const found = new Map<string, Date>()
  const hashes = commits.filter((commit) => /^[0-9a-f]{7,64}$/.test(commit))
  for (let from = 0; from < hashes.length; from += commitsAtOnce) {
    const args = [
      'log',
      '--no-walk=unsorted',
      '--ignore-missing',
      '--format=%H %ct',
      ...hashes.slice(from, from + commitsAtOnce),
    ]
    const answer = await ports.shell
      .run({ program: 'git', args, cwd: projectFolder, env: childEnv })
      .catch(() => undefined)
    for (const line of answer?.output.split('\n') ?? []) {
      const [, commit, seconds] = /^([0-9a-f]{40,64}) (\d+)$/.exec(line) ?? []
      if (commit !== undefined) found.set(commit, new Date(Number(seconds) * 1000))
    }
  }
  return found
}
