import { apiGatewayLogRole } from '../../core/names.js'
import { DeployError } from '../../errors.js'
import type { Step } from '../../report/report.js'
import type { TargetContext } from '../context.js'

/** What every account needs once, before anything can be locked, uploaded or planned: the deployments bucket. */
export async function prepareAccount(step: Step, context: TargetContext): Promise<void> {
  const { ports, names } = context
  const made = await ensureDeploymentsBucket(context)
  // A bucket that was versioned before we came; one that was just made has it.
  if (made.length === 0 && !(await ports.buckets.expiresLocks(names.deploymentsBucket))) {
    await ports.buckets.expireLocks(names.deploymentsBucket)
    made.push('old versions of locks expire in the deployments bucket')
  }
  if (made.length === 0) step.skip('the account is prepared')
  else step.say(made.join(', '))
}

/** The role that API Gateway writes its logs with, once per account and region: for stacks, and so never before a plan is confirmed. */
export async function ensureLogRole({ ports, project, report }: TargetContext): Promise<void> {
  const role = await ports.account.apiGatewayLogRole()
  if (role !== undefined && role !== '') return
  await report.step('Account', async (step) => {
    await ports.account.setApiGatewayLogRole(apiGatewayLogRole(project))
    step.say('API Gateway may write logs, in the whole account and region')
  })
}

/** Returns what was made, in words. Throws Refused where the bucket is somebody else's, or in another region. */
export async function ensureDeploymentsBucket({ ports, names, cloud }: TargetContext): Promise<string[]> {
  const presence = await ports.buckets.presence(names.deploymentsBucket)
  if (presence === 'foreign' || presence === 'other-region') {
    const where = presence === 'foreign' ? 'belongs to another account' : 'lies in another region'
    throw new DeployError('Refused', `the deployments bucket ${names.deploymentsBucket} ${where}`, {
      hint: `one region per account: use the bucket's region instead of ${cloud.region}, or another account`,
    })
  }
  if (presence !== 'absent' && (await ports.buckets.isPrivate(names.deploymentsBucket))) return []
  await ports.buckets.createPrivate(names.deploymentsBucket)
  return [presence === 'absent' ? 'deployments bucket created' : 'deployments bucket finished']
}
