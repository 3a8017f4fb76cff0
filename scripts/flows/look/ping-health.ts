import { addressesOf } from '../../core/addresses.js'
import { type HealthReport, readHealth } from '../../core/api-paths.js'
import { DeployError } from '../../errors.js'
import type { TargetContext } from '../context.js'
import { deployedStack } from '../stack/deployed-stack.js'
import { healthPathOf } from '../release/health-gate.js'

/** Asks the API for its health, once. Throws NotDeployed without an API, Unhealthy with what it answered. */
export async function pingHealth(context: TargetContext): Promise<HealthReport & { url: string; durationMs: number }> {
  const { ports, names, cloud, project, target } = context
  const where = `ENV=${target.env} ORG=${target.org}`
  const stack = await deployedStack(context)
  const { api } = addressesOf(stack.outputs, names.apiStage, cloud)
  if (api === undefined) {
    throw new DeployError('NotDeployed', `${stack.name} is ${stack.status} and has no API`, {
      hint: `make rs-deploy ${where}`,
    })
  }
  const healthPath = healthPathOf(context)
  const url = `${api}${healthPath}`
  const started = ports.clock.now().getTime()
  const answer = await ports.http.get(url)
  const durationMs = ports.clock.now().getTime() - started
  const health = answer === undefined ? undefined : readHealth(answer.status, answer.body, project.api.health)
  if (health?.healthy === true) return { ...health, url, durationMs }
  throw new DeployError('Unhealthy', `${healthPath} ${health?.problem ?? 'gave no answer'}`, {
    facts: [{ label: 'Address', text: url }],
    hint: `make check-rs ${where} shows what is live, make rs-deploy ${where} FORCE=true releases it anew`,
  })
}
