import { APIGatewayClient, GetAccountCommand, UpdateAccountCommand } from '@aws-sdk/client-api-gateway'
import { AttachRolePolicyCommand, CreateRoleCommand, GetRoleCommand, IAMClient } from '@aws-sdk/client-iam'
import { CloudFormationClient, DescribeAccountLimitsCommand } from '@aws-sdk/client-cloudformation'
import { GetAccountSettingsCommand, LambdaClient } from '@aws-sdk/client-lambda'
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts'
import type { Account, Clock, Quota } from '../../ports.js'
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
    async quotas() {
      const read = await Promise.allSettled([lambdaQuotas(config), stackQuota(config)])
      return read.flatMap((one) => (one.status === 'fulfilled' ? one.value : []))
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

async function lambdaQuotas(config: ClientConfig): Promise<Quota[]> {
  const { AccountLimit, AccountUsage } = await new LambdaClient(config).send(new GetAccountSettingsCommand({}))
  const gib = 1024 ** 3
  return [
    {
      name: 'Lambda code storage (GiB)',
      used: Math.round(((AccountUsage?.TotalCodeSize ?? 0) / gib) * 10) / 10,
      limit: Math.round((AccountLimit?.TotalCodeSize ?? 0) / gib),
    },
  ].filter(({ limit }) => limit > 0)
}

async function stackQuota(config: ClientConfig): Promise<Quota[]> {
  const client = new CloudFormationClient(config)
  const { AccountLimits } = await client.send(new DescribeAccountLimitsCommand({}))
  const limit = AccountLimits?.find(({ Name }) => Name === 'StackLimit')?.Value
  return limit === undefined ? [] : [{ name: 'CloudFormation stacks', used: Number.NaN, limit }]
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
