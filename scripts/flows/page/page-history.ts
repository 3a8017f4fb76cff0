import { ledgerKeys } from '../../core/names.js'
import { type PageHistory, type PageRecord, livePage, pageRecordSchema } from '../../core/page-record.js'
import { DeployError } from '../../errors.js'
import type { TargetContext } from '../context.js'

/** How many records are read at once. */
const batch = 20

/**
 * The versions of a target's page, newest first, as far back as is asked for: unless said otherwise to the one that is
 * live. One that cannot be read counts as none.
 */
export async function readPageHistory(
  { ports, names }: TargetContext,
  isEnough: (found: PageHistory) => boolean = (found) => livePage(found) !== undefined,
): Promise<PageHistory> {
  const keys = (await ports.buckets.keys(names.deploymentsBucket, ledgerKeys.pages(names.stack))).sort().reverse()
  const next = ledgerKeys.numberOf(keys[0] ?? '') + 1
  const records: PageRecord[] = []
  for (let from = 0; from < keys.length && !isEnough({ records, next }); from += batch) {
    const stored = await Promise.all(
      keys.slice(from, from + batch).map((key) => ports.buckets.read(names.deploymentsBucket, key)),
    )
    records.push(...stored.flatMap((object) => parse(object?.text) ?? []))
  }
  return { records, next }
}

function parse(text: string | undefined): PageRecord | undefined {
  try {
    return pageRecordSchema.safeParse(JSON.parse(text ?? '')).data
  } catch {
    return undefined
  }
}

/** Before the first write: whatever becomes of this run, the next one knows which files are the page's. */
export async function beginPage(record: PageRecord, context: TargetContext): Promise<void> {
  const { ports, names, target } = context
  const key = ledgerKeys.page(names.stack, record.version)
  if ((await ports.buckets.putNew(names.deploymentsBucket, key, textOf(record))) !== undefined) return
  throw new DeployError('Refused', `another run has taken version ${record.version} of the page of ${target.org}`, {
    hint: 'the same command again',
  })
}

export async function finishPage(record: PageRecord, { ports, names }: TargetContext): Promise<void> {
  await ports.buckets.put(names.deploymentsBucket, ledgerKeys.page(names.stack, record.version), textOf(record))
}

function textOf(record: PageRecord): string {
  return `${JSON.stringify(record, null, 2)}\n`
}
