import { keysNamedIn } from '../../core/artifacts.js'
import type { StoredVersion } from '../../core/contents.js'
import { ledgerKeys } from '../../core/names.js'
import type { Receipt } from '../../core/receipt.js'
import type { VersionPlace } from '../../ports.js'
import type { TargetContext } from '../context.js'
import { readKeepVersions } from '../release/prune-versions.js'
import { readEntry, readLiveReleases } from './ledger.js'
import { messageOf } from '../../errors.js'

/** Looking each time would cost every release its listings. */
const everyReleases = 5
/** The commands that prune: those that upload artifacts. */
const deployments = new Set(['rs-deploy', 'rs-deploy-only'])
/** What is younger may belong to a change set that somebody is about to execute. */
const youngMs = 24 * 60 * 60_000
/** S3 lists and removes a thousand at a time ("ListObjectVersions", "DeleteObjects"). */
const pageSize = 1000
const mostPages = 20

/**
 * Removes for good what plans, failed and old deployments uploaded: nothing that one of the KEEP_VERSIONS newest live
 * releases was made of, nested templates included, and nothing of the last day. A failure is only told. Wants the target's
 * lock: sam uploads nothing that lies there already.
 */
export async function pruneArtifacts(release: number, context: TargetContext): Promise<void> {
  const { ports, names, report } = context
  try {
    if (!(await isDue(release, context))) return
    const kept = await readLiveReleases(readKeepVersions(context.inputs.KEEP_VERSIONS), context)
    const needed = await neededKeys(kept, context)
    const unneeded = (await oldArtifacts(context)).filter(({ key }) => !needed.has(key))
    for (let from = 0; from < unneeded.length; from += pageSize) {
      await ports.buckets.removeVersions(names.deploymentsBucket, unneeded.slice(from, from + pageSize))
    }
  } catch (error) {
    const text = messageOf(error)
    report.emit({ type: 'warning', text: `old artifacts were not removed: ${text}` })
  }
}

/** At each fifth number; where another command took that, at the next deployment: the first one since does it. */
async function isDue(release: number, context: TargetContext): Promise<boolean> {
  if (release < everyReleases) return false
  for (let number = release - (release % everyReleases); number < release; number++) {
    const entry = await readEntry(ledgerKeys.release(context.names.stack, number), context)
    if (entry?.kind !== 'receipt') continue
    const { outcome, command } = entry.receipt
    if (outcome === 'live' && deployments.has(command)) return false
  }
  return true
}

/** What the receipts name, and what the templates among it name. */
async function neededKeys(kept: readonly Receipt[], { ports, names }: TargetContext): Promise<Set<string>> {
  const prefix = prefixOf(names.stack)
  const addresses = kept.flatMap(({ artifacts, packaged }) => [...Object.values(artifacts ?? {}), packaged ?? ''])
  const needed = new Set(keysNamedIn(addresses.join('\n'), prefix))
  // What is added on the way is visited as well.
  for (const key of needed) {
    if (!key.endsWith('.template')) continue
    const stored = await ports.buckets.read(names.deploymentsBucket, key)
    for (const inside of keysNamedIn(stored?.text ?? '', prefix)) needed.add(inside)
  }
  return needed
}

async function oldArtifacts({ ports, names }: TargetContext): Promise<StoredVersion[]> {
  const found: StoredVersion[] = []
  const before = ports.clock.now().getTime() - youngMs
  let after: VersionPlace | undefined
  for (let page = 0; page < mostPages; page++) {
    const { versions, next } = await ports.buckets.versions(names.deploymentsBucket, prefixOf(names.stack), after)
    found.push(...versions.filter(({ modifiedAt }) => modifiedAt !== undefined && modifiedAt.getTime() < before))
    if (next === undefined) break
    after = next
  }
  return found
}

function prefixOf(stack: string): string {
  return `${ledgerKeys.artifacts(stack)}/`
}
