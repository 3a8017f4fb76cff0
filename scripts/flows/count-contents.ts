import type { TargetContext } from './context.js'

const deadlineMs = 10_000

/** What a stateful resource holds, in words (`12 objects`), within a bounded time; undefined where it cannot be told. */
export async function countContents(
  type: string,
  physicalId: string | undefined,
  { ports, signal }: TargetContext,
): Promise<string | undefined> {
  if (physicalId === undefined) return undefined
  const late = ports.clock.sleep(deadlineMs, signal).then(() => undefined)
  const counted = count(type, physicalId, ports).catch(() => undefined)
  return Promise.race([counted, late])
}

async function count(type: string, physicalId: string, ports: TargetContext['ports']): Promise<string | undefined> {
  if (type === 'AWS::S3::Bucket') return `${(await ports.buckets.keys(physicalId, '')).length} objects`
  return undefined
}
