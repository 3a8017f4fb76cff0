import { type ParameterValue, parameterRecord } from '../../core/parameters.js'
import { type QuotaKind, demandOf, describeQuota, judgeQuotas, knownQuotas, raiseCommand } from '../../core/quotas.js'
import type { Template } from '../../core/template.js'
import { DeployError } from '../../errors.js'
import type { TargetContext } from '../context.js'

/**
 * Before a first deployment: throws Refused where the new stack would pass a service quota, and warns near one. What
 * cannot be read is named in one line and stops nothing. The local AWS has no quotas.
 */
export async function verifyQuotas(
  template: Template,
  parameters: readonly ParameterValue[],
  context: TargetContext,
): Promise<void> {
  const { cloud, names, ports, report } = context
  if (cloud.kind === 'local') return
  const { account, region } = cloud
  const surroundings = { template, parameters: parameterRecord(parameters), account, region, stackName: names.stack }
  const demand = demandOf(surroundings)
  const { quotas, unread } = await ports.account.quotas(Object.keys(demand) as QuotaKind[])
  const { passed, near } = judgeQuotas(demand, quotas)
  const title = (kind: QuotaKind): string => knownQuotas[kind].title
  if (unread.length > 0) report.emit({ type: 'note', text: `quotas unread: ${unread.map(title).join(', ')}` })
  for (const quota of near) {
    const text = `${title(quota.kind)}: ${describeQuota(quota)} before this first deployment`
    report.emit({ type: 'warning', text, hint: raiseCommand(quota, region) })
  }
  const [first] = passed
  if (first === undefined) return
  throw new DeployError('Refused', 'the new stack would pass a service quota: nothing was changed', {
    facts: passed.map((quota) => ({
      label: title(quota.kind),
      text: `${describeQuota(quota)}, ${adds(quota.kind, demand)} (${knownQuotas[quota.kind].code})`,
    })),
    hint: `${raiseCommand(first, region)}; or remove what is unused`,
  })
}

function adds(kind: QuotaKind, demand: Partial<Record<QuotaKind, number>>): string {
  return kind === 'codeStorage' ? 'this stack adds its packages' : `this stack adds ${demand[kind] ?? 0}`
}
