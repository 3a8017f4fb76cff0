import { APIGatewayClient, GetAccountCommand, UpdateAccountCommand } from '@aws-sdk/client-api-gateway'
import { AttachRolePolicyCommand, CreateRoleCommand, GetRoleCommand, IAMClient } from '@aws-sdk/client-iam'
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts'
import type { Account, Clock } from '../../ports.js'
import { type ClientConfig, isNamed } from './clients.js'

const logPolicy = 'arn:aws:iam::aws:policy/service-role/AmazonAPIGatewayPushToCloudWatchLogs'
const attempts = 10
const firstWaitMs = 1_000

export function makeAccount(config: ClientConfig, clock: Clock): Account {
  const gateway = new APIGatewayClient(config)
  return {
    async caller() {
      const { Account, Arn } = await new STSClient(config).send(new GetCallerIdentityCommand({}))
      return { account: Account ?? '', arn: Arn ?? '' }
    },
    async apiGatewayLogRole() {
      const { cloudwatchRoleArn } = await gateway.send(new GetAccountCommand({}))
      return cloudwatchRoleArn
    },
    async quotas(kinds) {
      const { readQuotas } = await import('./quotas.js')
      return readQuotas(config, kinds)
    },
    async setApiGatewayLogRole(roleName) {
      const arn = await ensureLogRole(new IAMClient(config), roleName)
      const patchOperations = [{ op: 'replace' as const, path: '/cloudwatchRoleArn', value: arn }]
      for (let attempt = 1; ; attempt++) {
        try {
          await gateway.send(new UpdateAccountCommand({ patchOperations }))
          return
        } catch (error) {
          // A role that was just made is not known everywhere at once (IAM, "Changes … are not always immediately visible").
          if (!isNamed(error, 'BadRequestException') || attempt === attempts) throw error
          await clock.sleep(firstWaitMs * attempt)
        }
      }
    },
  }
}

async function ensureLogRole(client: IAMClient, roleName: string): Promise<string> {
  const trust = {
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Principal: { Service: 'apigateway.amazonaws.com' }, Action: 'sts:AssumeRole' }],
  }
  const existing = await client.send(new GetRoleCommand({ RoleName: roleName })).catch((error: unknown) => {
    if (isNamed(error, 'NoSuchEntityException')) return undefined
    throw error
  })
  const role =
    existing ??
    (await client
      .send(new CreateRoleCommand({ RoleName: roleName, AssumeRolePolicyDocument: JSON.stringify(trust) }))
      // Another first deployment made it in between.
      .catch((error: unknown) => {
        if (!isNamed(error, 'EntityAlreadyExistsException')) throw error
        return client.send(new GetRoleCommand({ RoleName: roleName }))
      }))
  await client.send(new AttachRolePolicyCommand({ RoleName: roleName, PolicyArn: logPolicy }))
  return role.Role?.Arn ?? ''
}
