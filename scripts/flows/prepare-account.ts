import { apiGatewayLogRole } from '../core/names.js'
import { DeployError } from '../errors.js'
import type { Step } from '../report/report.js'
import type { TargetContext } from './context.js'

/** What every account needs once: the deployments bucket, and the role that API Gateway writes its logs with. */
export async function prepareAccount(step: Step, { ports, names, cloud, project }: TargetContext): Promise<void> {
  const [presence, logRole] = await Promise.all([
    ports.buckets.presence(names.deploymentsBucket),
    ports.account.apiGatewayLogRole(),
  ])
  if (presence === 'foreign' || presence === 'other-region') {
    const where = presence === 'foreign' ? 'belongs to another account' : 'lies in another region'
    throw new DeployError('Refused', `the deployments bucket ${names.deploymentsBucket} ${where}`, {
      hint: `one region per account: use the bucket's region instead of ${cloud.region}, or another account`,
    })
  }
  const made: string[] = []
  if (presence === 'absent' || !(await ports.buckets.isPrivate(names.deploymentsBucket))) {
    await ports.buckets.createPrivate(names.deploymentsBucket)
    made.push(presence === 'absent' ? 'deployments bucket created' : 'deployments bucket finished')
  }
  if (logRole === undefined || logRole === '') {
    await ports.account.setApiGatewayLogRole(apiGatewayLogRole(project))
    made.push('API Gateway may write logs')
  }
  if (made.length === 0) step.skip('the account is prepared')
  else step.say(made.join(', '))
}
