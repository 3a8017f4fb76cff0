import { ledgerKeys } from '../core/names.js'
import { type Receipt, receiptSchema } from '../core/receipt.js'
import { DeployError } from '../errors.js'
import type { TargetContext } from './context.js'

const mostAttempts = 50

/** The newest receipt of the target; undefined when it has none. Throws Refused when it cannot be read. */
export async function readLastReceipt({ ports, names }: TargetContext): Promise<Receipt | undefined> {
  const keys = await ports.buckets.keys(names.deploymentsBucket, ledgerKeys.releases(names.stack))
  const newest = keys.sort().at(-1)
  if (newest === undefined) return undefined
  const stored = await ports.buckets.read(names.deploymentsBucket, newest)
  return stored === undefined ? undefined : parseReceipt(stored.text, `s3://${names.deploymentsBucket}/${newest}`)
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
