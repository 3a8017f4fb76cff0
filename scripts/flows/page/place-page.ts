import pMap from 'p-map'
import { counted } from '../../core/contents.js'
import { isSet } from '../../core/inputs.js'
import { type PageFile, isDocument } from '../../core/page-files.js'
import type { PagePlan } from '../../core/page-plan.js'
import {
  type Invalidation,
  type PageHistory,
  type PageRecord,
  type PlacedFile,
  livePage,
} from '../../core/page-record.js'
import type { StoredFile } from '../../ports.js'
import type { Step } from '../../report/report.js'
import type { TargetContext } from '../context.js'
import { beginPage, finishPage } from './page-history.js'
import { waitUntil } from '../wait.js'

const filesAtOnce = 8
const mostLines = 20
/** CloudFront promises nothing; an invalidation takes some minutes at most. */
const forgottenWithinMs = 15 * 60_000

/** A page on its way into the bucket. */
export interface PageChange {
  files: readonly PageFile[]
  plan: PagePlan
  history: PageHistory
  distributionId: string | undefined
  /** The version that is put back; undefined for a new one. */
  restores: number | undefined
  put: (file: PageFile) => Promise<StoredFile>
}

/** Uploads what documents name, then the documents, removes what is left over, and has CloudFront forget it. */
export async function placePage(change: PageChange, context: TargetContext): Promise<PageRecord> {
  const { report } = context
  const begun = recordOf(change, context)
  await beginPage(begun, context)
  const placed = await report.step('Upload', (step) => upload(change, step, context))
  await report.step('Remove', (step) => remove(change.plan.removals, step, context))
  const invalidation = await report.step('CloudFront', (step) => forget(change, begun, step, context))
  const files = { ...begun.files, ...placed }
  const live: PageRecord = { ...begun, outcome: 'live', files, invalidation: invalidation ?? begun.invalidation }
  await finishPage(live, context)
  await awaitEdges(live.invalidation, context)
  return live
}

/** What would be done, a line for each file. */
export function tellPlan({ uploads, removals, unchanged }: PagePlan, step: Step): void {
  const lines = [
    ...uploads.map(({ file, change }) => ({ mark: change, key: file.key })),
    ...removals.map((key) => ({ mark: 'removed' as const, key })),
  ]
  for (const { mark, key } of lines.slice(0, mostLines)) step.line(mark, key)
  if (lines.length > mostLines) step.line('plain', `… and ${lines.length - mostLines} more`)
  const changes = lines.length === 0 ? 'nothing to upload' : `${uploads.length} to upload, ${removals.length} to remove`
  step.say(`${changes}, ${unchanged} unchanged`)
}

function recordOf({ files, plan, history, distributionId, restores }: PageChange, context: TargetContext): PageRecord {
  const { files: known = {}, invalidation } = livePage(history) ?? {}
  const uploaded = new Set(plan.uploads.map(({ file }) => file.key))
  const entries = files.map(({ key, ...file }): [string, PlacedFile] => {
    const { etag, versionId } = (uploaded.has(key) ? undefined : known[key]) ?? {}
    return [key, { ...file, etag, versionId }]
  })
  return {
    format: 1,
    version: history.next,
    outcome: 'begun',
    command: context.command,
    at: context.ports.clock.now().toISOString(),
    who: context.who,
    restores,
    files: Object.fromEntries(entries),
    removals: plan.removals,
    paths: plan.paths,
    // Of a distribution that was replaced nothing is to be waited for.
    invalidation: invalidation?.distributionId === distributionId ? invalidation : undefined,
  }
}

async function upload(
  { plan, put }: PageChange,
  step: Step,
  { signal }: TargetContext,
): Promise<Record<string, PlacedFile>> {
  const files = plan.uploads.map(({ file }) => file)
  if (files.length === 0) step.skip('the bucket holds every file already')
  const place = async ({ key, ...file }: PageFile): Promise<[string, PlacedFile]> => {
    const stored = await put({ key, ...file })
    step.detail(`${key}  ${file.contentType}  ${file.cacheControl}`)
    return [key, { ...file, ...stored }]
  }
  const named = files.filter(({ key }) => !isDocument(key))
  const placed = await pMap(named, place, { concurrency: filesAtOnce, signal })
  for (const document of files.filter(({ key }) => isDocument(key))) {
    signal.throwIfAborted()
    placed.push(await place(document))
  }
  if (files.length > 0) {
    const kilobytes = Math.ceil(files.reduce((sum, { bytes }) => sum + bytes, 0) / 1000)
    step.say(`${counted(files.length, 'file')}, ${kilobytes} kB`)
  }
  return Object.fromEntries(placed)
}

async function remove(keys: readonly string[], step: Step, { ports, names }: TargetContext): Promise<void> {
  if (keys.length === 0) return step.skip('nothing is left over')
  await ports.buckets.removeFiles(names.buckets.frontend, keys)
  step.say(`${counted(keys.length, 'file')}; the bucket keeps their versions`)
}

async function forget(
  { plan, distributionId }: PageChange,
  { version, at }: PageRecord,
  step: Step,
  { ports, names }: TargetContext,
): Promise<Invalidation | undefined> {
  if (distributionId === undefined) step.skip('the stack has no distribution')
  else if (plan.paths.length === 0) step.skip('it has seen none of this yet')
  else {
    const id = await ports.cdn.invalidate(distributionId, plan.paths, `${names.stack} ${version} ${at}`)
    step.say(plan.paths.join('  '))
    return { distributionId, id }
  }
  return undefined
}

/** WAIT=true waits until CloudFront has forgotten what was before. */
export async function awaitEdges(invalidation: Invalidation | undefined, context: TargetContext): Promise<void> {
  if (invalidation === undefined || !isSet(context.inputs, 'WAIT')) return
  const { distributionId, id } = invalidation
  const wait = {
    what: `invalidation ${id} of ${distributionId}`,
    firstMs: context.cloud.kind === 'aws' ? 5_000 : 200,
    limitMs: 20_000,
    deadlineMs: forgottenWithinMs,
    hint: 'the page is uploaded; CloudFront will forget the earlier one some time later',
  }
  await context.report.step('Wait', async (step) => {
    await waitUntil(wait, context, async () =>
      (await context.ports.cdn.isInvalidated(distributionId, id)) ? true : undefined,
    )
    step.say('every edge has forgotten what was before')
  })
}
