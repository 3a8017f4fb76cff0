import { ledgerKeys } from '../../core/names.js'
import { type Receipt, isRelease, receiptSchema } from '../../core/receipt.js'
import { DeployError } from '../../errors.js'
import type { TargetContext } from '../context.js'

const mostAttempts = 50
/** Receipts that are read at the same time. */
const readAtOnce = 16

/** A receipt of the history; one that cannot be read is told with its address, and hides no other. */
export type LedgerEntry = { kind: 'receipt'; receipt: Receipt } | { kind: 'unreadable'; where: string }

/** The newest receipt of a release, also one that cannot be read; what take-downs and adoptions left is passed over. */
export async function readLastDeployment(context: TargetContext): Promise<LedgerEntry | undefined> {
  for (const key of await receiptKeys(context)) {
    const entry = await readEntry(key, context)
    if (entry?.kind === 'unreadable' || (entry !== undefined && isRelease(entry.receipt))) return entry
  }
  return undefined
}

/** The newest receipt of a deployment; undefined when there is none. Throws StackState when it cannot be read. */
export async function readLastReceipt(context: TargetContext): Promise<Receipt | undefined> {
  const entry = await readLastDeployment(context)
  if (entry?.kind === 'unreadable') throw unreadable(entry.where, context)
  return entry?.receipt
}

/** The number of the newest receipt (0 where there is none) and the last good release. Throws StackState as above. */
export async function readReceipts(context: TargetContext): Promise<{ newest: number; live: Receipt | undefined }> {
  let newest = 0
  for (const key of await receiptKeys(context)) {
    const entry = await readEntry(key, context)
    if (entry?.kind === 'unreadable') throw unreadable(entry.where, context)
    if (entry === undefined) continue
    newest ||= entry.receipt.release
    if (entry.receipt.outcome === 'live') return { newest, live: entry.receipt }
  }
  return { newest, live: undefined }
}

/** What the history says of now: the newest entry, and the newest release that went live. */
export async function readHead(
  context: TargetContext,
): Promise<{ newest: LedgerEntry | undefined; live: Receipt | undefined }> {
  let newest: LedgerEntry | undefined
  for (const key of await receiptKeys(context)) {
    const entry = await readEntry(key, context)
    newest ??= entry
    if (entry?.kind === 'receipt' && entry.receipt.outcome === 'live') return { newest, live: entry.receipt }
  }
  return { newest, live: undefined }
}

/** The newest release that went live; undefined where a newer receipt cannot be read: that may be the one. */
export async function readLive(context: TargetContext): Promise<Receipt | undefined> {
  for (const key of await receiptKeys(context)) {
    const entry = await readEntry(key, context)
    if (entry?.kind === 'unreadable') return undefined
    if (entry?.receipt.outcome === 'live') return entry.receipt
  }
  return undefined
}

/** The newest `most` releases that went live, newest first. Throws StackState where a receipt on the way cannot be read. */
export async function readLiveReleases(most: number, context: TargetContext): Promise<Receipt[]> {
  const live: Receipt[] = []
  for (const key of await receiptKeys(context)) {
    if (live.length === most) break
    const entry = await readEntry(key, context)
    if (entry?.kind === 'unreadable') throw unreadable(entry.where, context)
    if (entry?.receipt.outcome === 'live') live.push(entry.receipt)
  }
  return live
}

/** Every receipt of the target, newest first. */
export async function readHistory(context: TargetContext): Promise<LedgerEntry[]> {
  const keys = await receiptKeys(context)
  const entries: LedgerEntry[] = []
  for (let from = 0; from < keys.length; from += readAtOnce) {
    const batch = await Promise.all(keys.slice(from, from + readAtOnce).map((key) => readEntry(key, context)))
    entries.push(...batch.flatMap((entry) => entry ?? []))
  }
  return entries
}

/** The newest `most` receipts of deployments, newest first; what cannot be read, and what take-downs left, is passed over. */
export async function readRecent(most: number, context: TargetContext): Promise<Receipt[]> {
  const keys = (await receiptKeys(context)).slice(0, most)
  const entries = await Promise.all(keys.map((key) => readEntry(key, context)))
  const found = entries.flatMap((entry) => (entry?.kind === 'receipt' ? [entry.receipt] : []))
  return found.filter(isRelease)
}

/** The newest receipt that is `wanted`; what cannot be read is passed over. */
export async function findReceipt(
  wanted: (receipt: Receipt) => boolean,
  context: TargetContext,
): Promise<Receipt | undefined> {
  for (const key of await receiptKeys(context)) {
    const entry = await readEntry(key, context)
    if (entry?.kind === 'receipt' && wanted(entry.receipt)) return entry.receipt
  }
  return undefined
}

/** The receipt of one release. Throws Usage where there is no such release, StackState where it cannot be read. */
export async function readRelease(release: number, context: TargetContext): Promise<Receipt> {
  const { ports, names, target } = context
  const key = ledgerKeys.release(names.stack, release)
  const stored = await ports.buckets.read(names.deploymentsBucket, key)
  if (stored !== undefined) {
    const receipt = parseReceipt(stored.text)
    if (receipt !== undefined) return receipt
    throw unreadable(`s3://${names.deploymentsBucket}/${key}`, context)
  }
  throw new DeployError('Usage', `${target.env}/${target.org} has no release ${release}`, {
    hint: `make rs-history ENV=${target.env} ORG=${target.org} lists them`,
  })
}

/** The number of the newest receipt, whatever it says; 0 where there is none. */
export async function newestRelease(context: TargetContext): Promise<number> {
  const [newest] = await receiptKeys(context)
  return newest === undefined ? 0 : ledgerKeys.numberOf(newest)
}

async function receiptKeys({ ports, names }: TargetContext): Promise<string[]> {
  const keys = await ports.buckets.keys(names.deploymentsBucket, ledgerKeys.releases(names.stack))
  return keys.sort().reverse()
}

/** Undefined where it was removed meanwhile. */
export async function readEntry(key: string, { ports, names }: TargetContext): Promise<LedgerEntry | undefined> {
  const where = `s3://${names.deploymentsBucket}/${key}`
  const stored = await ports.buckets.read(names.deploymentsBucket, key)
  if (stored === undefined) return undefined
  const receipt = parseReceipt(stored.text)
  return receipt === undefined ? { kind: 'unreadable', where } : { kind: 'receipt', receipt }
}

function parseReceipt(text: string): Receipt | undefined {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    value = undefined
  }
  return receiptSchema.safeParse(value).data
}

function unreadable(where: string, { target }: TargetContext): DeployError {
  return new DeployError('StackState', `the receipt ${where} cannot be read`, {
    hint: `restore its earlier version (the bucket is versioned), or make rs-deploy ENV=${target.env} ORG=${target.org}, which goes on without it`,
  })
}

/**
 * Writes the receipt under the next free number, which no other machine can take at the same time: past `after` and past
 * whatever lies there, also what cannot be read.
 */
export async function writeReceipt(
  receipt: Omit<Receipt, 'release'>,
  after: number,
  context: TargetContext,
): Promise<Receipt> {
  const highest = Math.max(after, await newestRelease(context))
  return writeReceiptAfter(receipt, highest, context)
}

/**
 * For the receipt of what failed: a run that lost its lock tells it too. The number is its own, and it claims nothing that
 * another run may have changed since.
 */
export function pastGuard(context: TargetContext): TargetContext {
  return { ...context, ports: context.unguarded ?? context.ports }
}

/** The same where `newest` was read under the lock: its own listing is spared. */
export async function writeReceiptAfter(
  receipt: Omit<Receipt, 'release'>,
  newest: number,
  { ports, names }: TargetContext,
): Promise<Receipt> {
  for (let release = newest + 1; release <= newest + mostAttempts; release++) {
    const numbered: Receipt = { ...receipt, release }
    const key = ledgerKeys.release(names.stack, release)
    const text = `${JSON.stringify(numbered, null, 2)}\n`
    const etag = await ports.buckets.putNew(names.deploymentsBucket, key, text)
    if (etag !== undefined) return numbered
    // After a lost answer the number may have been taken by this very write.
    const present = await ports.buckets.read(names.deploymentsBucket, key)
    if (present?.text === text) return numbered
  }
  throw new DeployError('AwsFailed', `no free release number after ${newest}`, { hint: 'the same command again' })
}
