import { ledgerKeys } from '../core/names.js'
import { type Receipt, receiptSchema } from '../core/receipt.js'
import { DeployError } from '../errors.js'
import type { TargetContext } from './context.js'

const mostAttempts = 50
/** Receipts that are read at the same time. */
const readAtOnce = 16

/** The newest receipt of the target; undefined when it has none. Throws Refused when it cannot be read. */
export async function readLastReceipt({ ports, names }: TargetContext): Promise<Receipt | undefined> {
  const keys = await ports.buckets.keys(names.deploymentsBucket, ledgerKeys.releases(names.stack))
  const newest = keys.sort().at(-1)
  if (newest === undefined) return undefined
  const stored = await ports.buckets.read(names.deploymentsBucket, newest)
  return stored === undefined ? undefined : parseReceipt(stored.text, `s3://${names.deploymentsBucket}/${newest}`)
}

/** The number of the newest receipt (0 where there is none) and the last good release. Throws Refused as above. */
export async function readReceipts(context: TargetContext): Promise<{ newest: number; live: Receipt | undefined }> {
  const keys = await receiptKeys(context)
  let newest = 0
  for (const key of keys) {
    const stored = await context.ports.buckets.read(context.names.deploymentsBucket, key)
    if (stored === undefined) continue
    const receipt = parseReceipt(stored.text, `s3://${context.names.deploymentsBucket}/${key}`)
    newest ||= receipt.release
    if (receipt.outcome === 'live') return { newest, live: receipt }
  }
  return { newest, live: undefined }
}

/** A receipt of the history; one that cannot be read is told with its address, and hides no other. */
export type LedgerEntry = { kind: 'receipt'; receipt: Receipt } | { kind: 'unreadable'; where: string }

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

/** The receipt of one release. Throws Usage where there is no such release, Refused where it cannot be read. */
export async function readRelease(release: number, context: TargetContext): Promise<Receipt> {
  const { ports, names, target } = context
  const key = ledgerKeys.release(names.stack, release)
  const stored = await ports.buckets.read(names.deploymentsBucket, key)
  if (stored !== undefined) return parseReceipt(stored.text, `s3://${names.deploymentsBucket}/${key}`)
  throw new DeployError('Usage', `${target.env}/${target.org} has no release ${release}`, {
    hint: `make rs-history ENV=${target.env} ORG=${target.org} lists them`,
  })
}

async function receiptKeys({ ports, names }: TargetContext): Promise<string[]> {
  const keys = await ports.buckets.keys(names.deploymentsBucket, ledgerKeys.releases(names.stack))
  return keys.sort().reverse()
}

/** Undefined where it was removed meanwhile. */
async function readEntry(key: string, { ports, names }: TargetContext): Promise<LedgerEntry | undefined> {
  const where = `s3://${names.deploymentsBucket}/${key}`
  const stored = await ports.buckets.read(names.deploymentsBucket, key)
  if (stored === undefined) return undefined
  try {
    return { kind: 'receipt', receipt: parseReceipt(stored.text, where) }
  } catch {
    return { kind: 'unreadable', where }
  }
}

function parseReceipt(text: string, where: string): Receipt {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    value = undefined
  }
  const parsed = receiptSchema.safeParse(value)
  if (parsed.success) return parsed.data
  throw new DeployError('Refused', `the receipt ${where} cannot be read`, {
    hint: 'restore its earlier version in the bucket (it is versioned), or delete it; then the same command again',
    cause: parsed.error,
  })
}

/** Writes the receipt under the next free number, which no other machine can take at the same time. */
export async function writeReceipt(
  receipt: Omit<Receipt, 'release'>,
  after: number,
  { ports, names }: TargetContext,
): Promise<Receipt> {
  for (let release = after + 1; release <= after + mostAttempts; release++) {
    const numbered: Receipt = { ...receipt, release }
    const key = ledgerKeys.release(names.stack, release)
    const text = `${JSON.stringify(numbered, null, 2)}\n`
    const etag = await ports.buckets.putNew(names.deploymentsBucket, key, text)
    if (etag !== undefined) return numbered
    // After a lost answer the number may have been taken by this very write.
    const present = await ports.buckets.read(names.deploymentsBucket, key)
    if (present?.text === text) return numbered
  }
  throw new DeployError('AwsFailed', `no free release number after ${after}`, { hint: 'the same command again' })
}
