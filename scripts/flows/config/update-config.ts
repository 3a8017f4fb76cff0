import { addressesOf } from '../../core/addresses.js'
import { counted } from '../../core/contents.js'
import { configChanges } from '../../core/config-diff.js'
import type { JsonObject } from '../../core/config-merge.js'
import { type EntryChange, describeChange } from '../../core/input-changes.js'
import { isSet } from '../../core/inputs.js'
import type { Stack } from '../../ports.js'
import { confirmDeployment } from '../confirm.js'
import type { TargetContext } from '../context.js'
import { deployedStack } from '../stack/deployed-stack.js'
import { prepareAccount } from '../stack/prepare-account.js'
import {
  configBucket,
  putConfig,
  readStoredConfig,
  readTargetConfig,
  readableConfig,
  verifyNoSecrets,
  verifySameConfig,
} from './target-config.js'
import { withTargetLock } from '../lock/target-lock.js'
import { waitUntil } from '../wait.js'

/** The backend looks at its configuration at most every 30 s; a cold start comes on top. */
const takenWithinMs = 60_000

/** Uploads the merged configuration without a deployment. Returns what changed; WAIT=true waits until the API has it. */
export async function updateConfig(context: TargetContext): Promise<EntryChange[]> {
  const { report, inputs } = context
  const { stack, config, current, changes } = await report.step('Check', async (step) => {
    configBucket(context)
    const stack = await deployedStack(context)
    const config = await readTargetConfig(context)
    verifyNoSecrets(config, context)
    const current = await readStoredConfig(context)
    const changes = configChanges(readableConfig(current?.text), JSON.parse(config.text) as JsonObject)
    for (const entry of changes) step.line(entry.change, describeChange(entry))
    step.say(changes.length === 0 ? 'no value changed' : counted(changes.length, 'changed value'))
    return { stack, config, current, changes }
  })
  if (current?.text === config.text) {
    await report.step('Config', async (step) => step.skip('the uploaded configuration is this one already'))
    if (isSet(inputs, 'WAIT')) await waitForConfig(stack, current.etag, context)
    return []
  }
  await confirmDeployment(context)
  await report.step('Account', (step) => prepareAccount(step, context))
  const etag = await withTargetLock(context, (locked) =>
    report.step('Config', async (step) => {
      await verifySameConfig(current, 'uploaded', locked)
      const { etag } = await putConfig(config.text, locked)
      step.say('uploaded; the backend takes it within half a minute')
      return etag
    }),
  )
  if (isSet(inputs, 'WAIT')) await waitForConfig(stack, etag, context)
  return changes
}

async function waitForConfig(stack: Stack, etag: string, context: TargetContext): Promise<void> {
  const { ports, names, cloud, project, report, target } = context
  const { api } = addressesOf(stack.outputs, names.apiStage, cloud)
  const where = `ENV=${target.env} ORG=${target.org}`
  await report.step('Wait', async (step) => {
    const wait = {
      what: 'the API to answer with the new configuration',
      firstMs: 1000,
      limitMs: 5000,
      deadlineMs: takenWithinMs,
      hint: `make rs-ping-health ${where}, then the same command again`,
    }
    await waitUntil(wait, context, async () => {
      const answer = api === undefined ? undefined : await ports.http.get(`${api}${project.api.healthPath}`)
      return answer !== undefined && configEtagOf(answer.body) === bareEtag(etag) ? true : undefined
    })
    step.say('the API answers with it')
  })
}

/** The ETag of the configuration that /health says is in force. */
function configEtagOf(body: string): string | undefined {
  try {
    const health = JSON.parse(body) as { checks?: { config?: { etag?: unknown } } }
    const etag = health.checks?.config?.etag
    return typeof etag === 'string' ? bareEtag(etag) : undefined
  } catch {
    return undefined
  }
}

function bareEtag(etag: string): string {
  return etag.replaceAll('"', '')
}
