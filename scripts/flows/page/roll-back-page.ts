import { type PageFile, pageConfigKey } from '../../core/page-files.js'
import { planPage } from '../../core/page-plan.js'
import { type PageRecord, livePage, pageBefore } from '../../core/page-record.js'
import { DeployError } from '../../errors.js'
import type { Stack } from '../../ports.js'
import type { Step } from '../../report/report.js'
import { confirmDeployment } from '../confirm.js'
import type { TargetContext } from '../context.js'
import { lookAtPlace, placeNow } from './deploy-frontend.js'
import { readPageHistory } from './page-history.js'
import { type PageChange, placePage, tellPlan } from './place-page.js'
import { withTargetLock } from '../lock/target-lock.js'

/**
 * Puts the version of the page back that was before, from the bucket's own versions; once more goes further back. Its
 * config.json stays as it is: it says where the target's parts are now, not what the page is.
 */
export async function rollBackPage(context: TargetContext): Promise<{ stack: Stack; record: PageRecord; to: number }> {
  const { report } = context
  const stack = await report.step('Check', (step) => lookAtPlace(step, context))
  const { goal, change } = await report.step('Compare', (step) => plan(step, context))
  // Before the lock: nobody is to wait for what somebody else has to type.
  await confirmDeployment(context)
  return withTargetLock(context, async (locked, waited) => {
    const now = await placeNow(stack, waited, locked)
    if ((await readPageHistory(locked)).next !== change.history.next) {
      throw new DeployError('Refused', 'another run changed the page meanwhile: nothing was taken back', {
        hint: 'the same command again shows what would change now',
      })
    }
    const put: PageChange['put'] = async ({ key }) =>
      locked.ports.buckets.restoreFile(locked.names.buckets.frontend, key, goal.files[key]?.versionId ?? '')
    const distributionId = now.outputs['CloudFrontDistributionId']
    return { stack: now, to: goal.version, record: await placePage({ ...change, put, distributionId }, locked) }
  })
}

async function plan(
  step: Step,
  context: TargetContext,
): Promise<{ goal: PageRecord; change: Omit<PageChange, 'put' | 'distributionId'> }> {
  const { ports, names, target } = context
  const history = await readPageHistory(context, (found) => pageBefore(found) !== undefined)
  const [live, goal] = [livePage(history), pageBefore(history)]
  if (live === undefined || goal === undefined) {
    throw new DeployError('StackState', `there is no earlier page of ${target.env}/${target.org}`, {
      hint: `make deploy-frontend ENV=${target.env} ORG=${target.org}`,
    })
  }
  const config = live.files[pageConfigKey]
  const wanted = { ...goal.files, ...(config === undefined ? {} : { [pageConfigKey]: config }) }
  const files = Object.entries(wanted).map(([key, file]): PageFile => ({ key, ...file }))
  const found = planPage(files, await ports.buckets.etags(names.buckets.frontend), history)
  // Whoever changed the configuration by hand keeps that.
  const uploads = found.uploads.filter(({ file }) => file.key !== pageConfigKey)
  await verifyVersions(
    uploads.map(({ file }) => file.key),
    goal,
    context,
  )
  const page = { ...found, uploads }
  tellPlan(page, step)
  return { goal, change: { files, plan: page, history, restores: goal.version } }
}

/** All or nothing: versions that a lifecycle rule or a person removed are found before anything is changed. */
async function verifyVersions(
  keys: readonly string[],
  goal: PageRecord,
  { ports, names, target }: TargetContext,
): Promise<void> {
  const bucket = names.buckets.frontend
  const gone = await Promise.all(
    keys.map(async (key) => {
      const versionId = goal.files[key]?.versionId
      return versionId !== undefined && (await ports.buckets.hasVersion(bucket, key, versionId)) ? [] : [key]
    }),
  )
  const [first] = gone.flat()
  if (first === undefined) return
  throw new DeployError(
    'StackState',
    `version ${goal.version} of the page is not whole any more: ${first} is gone from ${bucket}`,
    {
      hint: `check that version out and make deploy-frontend ENV=${target.env} ORG=${target.org}`,
    },
  )
}
