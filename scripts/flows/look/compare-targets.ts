import { addressesOf } from '../../core/addresses.js'
import { readHealth } from '../../core/api-paths.js'
import { namesOf } from '../../core/names.js'
import { releasedFunctions } from '../../core/receipt.js'
import { type Difference, type TargetSide, differencesBetween } from '../../core/target-differences.js'
import type { Target } from '../../core/target.js'
import type { TargetContext } from '../context.js'
import { healthPathOf } from '../release/health-gate.js'
import { readHead } from '../ledger/ledger.js'
import { readStoredConfig, readableConfig } from '../config/target-config.js'

/** Holds two targets of one account side by side. Reads only. */
export async function compareTargets(other: Target, context: TargetContext): Promise<Difference[]> {
  const { cloud, project, report } = context
  const right = { ...context, target: other, names: namesOf(other, cloud.account, project) }
  const own = ['Environment', 'Organization'] as const
  return report.step('Compare', async (step) => {
    const sides = await Promise.all([readSide(context), readSide(right)])
    const found = differencesBetween(
      ...sides,
      own.map((name) => project.parameters[name] ?? name),
    )
    step.say(found.length === 0 ? 'no difference' : `${found.length} differences`)
    return found
  })
}

async function readSide(context: TargetContext): Promise<TargetSide> {
  const { ports, names, cloud } = context
  const [stack, head, config] = await Promise.all([
    ports.stacks.describe(names.stack),
    readHead(context),
    readStoredConfig(context),
  ])
  // What was released before a take-down says nothing of now.
  const live = head.live?.stack.arn === stack?.arn ? head.live : undefined
  const { api } = addressesOf(stack?.outputs ?? {}, names.apiStage, cloud)
  const known = live?.functions ?? {}
  const code = live?.functions === undefined && live !== undefined ? releasedFunctions(live) : []
  return {
    stack: stack?.status ?? 'NO_STACK',
    health: await healthOf(api, context),
    template: live?.inputs.template ?? 'no release',
    code: Object.fromEntries([
      ...Object.entries(known).map(([logicalId, { codeSha256 }]) => [logicalId, codeSha256] as const),
      ...code.map(({ codeSha256 }) => ['function', codeSha256] as const),
    ]),
    parameters: stack?.parameters ?? {},
    config: readableConfig(config?.text),
  }
}

async function healthOf(api: string | undefined, context: TargetContext): Promise<string> {
  const { ports, project } = context
  const answer = api === undefined ? undefined : await ports.http.get(`${api}${healthPathOf(context)}`)
  if (answer === undefined) return 'no answer'
  return readHealth(answer.status, answer.body, project.api.health).problem ?? 'healthy'
}
