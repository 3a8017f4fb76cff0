import {
  CloudFormationClient,
  DescribeStacksCommand,
  GetTemplateCommand,
  ListChangeSetsCommand,
  ListStackResourcesCommand,
  type Stack,
} from '@aws-sdk/client-cloudformation'
import {
  AdminListGroupsForUserCommand,
  CognitoIdentityProviderClient,
  DescribeUserPoolCommand,
  ListGroupsCommand,
  ListUserPoolsCommand,
  ListUsersCommand,
} from '@aws-sdk/client-cognito-identity-provider'
import { GetAliasCommand, LambdaClient, ListVersionsByFunctionCommand } from '@aws-sdk/client-lambda'
import { GetObjectCommand, ListBucketsCommand, ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3'

export interface Clients {
  stacks: CloudFormationClient
  functions: LambdaClient
  pools: CognitoIdentityProviderClient
  s3: S3Client
}

export function clientsOf(endpoint: string): Clients {
  const config = { region: 'us-east-1', endpoint, credentials: { accessKeyId: 'test', secretAccessKey: 'test' } }
  return {
    stacks: new CloudFormationClient(config),
    functions: new LambdaClient(config),
    pools: new CognitoIdentityProviderClient(config),
    s3: new S3Client({ ...config, forcePathStyle: true }),
  }
}

interface Receipt {
  release: number
  outcome: string
  inputs: Record<string, unknown>
  function?: { codeSha256: string; version: string }
}

/**
 * Everything that a deployment leaves, one line each, without what differs from run to run by its nature (drawn ids,
 * times). Failed attempts may stand in the ledger; its numbers must be without gaps and the last one live.
 */
export async function endState(target: { stack: string; function: string }, clients: Clients): Promise<string[]> {
  const { Stacks = [] } = await clients.stacks.send(new DescribeStacksCommand({}))
  const [stack, ...others] = Stacks.filter((one) => one.StackStatus !== 'DELETE_COMPLETE')
  if (stack === undefined) return ['no stack']
  const parts = await Promise.all([
    stackLines(stack, clients),
    functionLines(target.function, clients),
    poolLines(clients),
    bucketLines(clients),
    ledgerLines(target.stack, clients),
  ])
  return [...others.map(({ StackName }) => `another stack ${StackName}`), ...parts.flat()].sort()
}

async function stackLines(stack: Stack, { stacks }: Clients): Promise<string[]> {
  const StackName = stack.StackId
  const { StackResourceSummaries = [] } = await stacks.send(new ListStackResourcesCommand({ StackName }))
  const { TemplateBody } = await stacks.send(new GetTemplateCommand({ StackName, TemplateStage: 'Processed' }))
  const { Summaries = [] } = await stacks.send(new ListChangeSetsCommand({ StackName }))
  const pending = Summaries.filter((one) => !['EXECUTE_COMPLETE', 'OBSOLETE'].includes(one.ExecutionStatus ?? ''))
  return [
    `stack ${stack.StackName} ${stack.StackStatus}`,
    ...(stack.Parameters ?? []).map((one) => `parameter ${one.ParameterKey}=${one.ParameterValue}`),
    ...(stack.Outputs ?? []).map((one) => `output ${one.OutputKey}`),
    ...StackResourceSummaries.map((one) => `resource ${one.LogicalResourceId} ${one.ResourceType}`),
    ...pending.map((one) => `change set left behind ${one.ExecutionStatus} ${one.StatusReason ?? ''}`),
    `template ${TemplateBody ?? ''}`,
  ]
}

async function functionLines(FunctionName: string, { functions }: Clients): Promise<string[]> {
  const alias = await functions.send(new GetAliasCommand({ FunctionName, Name: 'live' }))
  const { Versions = [] } = await functions.send(new ListVersionsByFunctionCommand({ FunctionName }))
  return [
    `live ${alias.FunctionVersion}`,
    ...Versions.map((one) => `version ${one.Version} ${one.CodeSha256} ${one.State ?? ''}`),
  ]
}

async function poolLines({ pools }: Clients): Promise<string[]> {
  const { UserPools = [] } = await pools.send(new ListUserPoolsCommand({ MaxResults: 60 }))
  const lines = await Promise.all(
    UserPools.map(async ({ Id: UserPoolId, Name }) => {
      const { UserPool } = await pools.send(new DescribeUserPoolCommand({ UserPoolId }))
      const { Users = [] } = await pools.send(new ListUsersCommand({ UserPoolId }))
      const { Groups = [] } = await pools.send(new ListGroupsCommand({ UserPoolId }))
      const users = Users.map(async ({ Username, UserStatus, Enabled, Attributes = [] }) => {
        const member = await pools.send(new AdminListGroupsForUserCommand({ UserPoolId, Username }))
        const email = Attributes.find((one) => one.Name === 'email')?.Value
        const groups = (member.Groups ?? []).map((one) => one.GroupName).join(',')
        return `user ${Name} ${email} ${UserStatus} ${Enabled} in ${groups}`
      })
      const groups = Groups.map(({ GroupName }) => `group ${Name} ${GroupName}`)
      return [`pool ${Name} ${UserPool?.DeletionProtection}`, ...groups, ...(await Promise.all(users))]
    }),
  )
  return lines.flat()
}

async function bucketLines(clients: Clients): Promise<string[]> {
  const { Buckets = [] } = await clients.s3.send(new ListBucketsCommand({}))
  const lines = await Promise.all(
    Buckets.map(async ({ Name = '' }) => {
      const keys = (await keysOf(Name, clients)).filter((key) => !key.includes('/releases/'))
      const held = keys.map(async (key) =>
        key === 'config.json' ? `object ${Name}/${key} ${await textOf(Name, key, clients)}` : `object ${Name}/${key}`,
      )
      return [`bucket ${Name}`, ...(await Promise.all(held))]
    }),
  )
  return lines.flat()
}

async function ledgerLines(stack: string, clients: Clients): Promise<string[]> {
  const { Buckets = [] } = await clients.s3.send(new ListBucketsCommand({}))
  const bucket = Buckets.find(({ Name }) => Name?.startsWith('rawscribe-sam-deployments-'))?.Name ?? ''
  const keys = (await keysOf(bucket, clients)).filter((key) => key.startsWith(`${stack}/releases/`)).sort()
  const texts = await Promise.all(keys.map((key) => textOf(bucket, key, clients)))
  const receipts = texts.map((text) => JSON.parse(text) as Receipt)
  const consecutive = receipts.every(({ release }, i) => release === i + 1)
  const live = receipts.filter(({ outcome }) => outcome === 'live')
  return [
    `receipts ${consecutive ? 'consecutive' : keys.join(' ')}, the last is ${receipts.at(-1)?.outcome}`,
    ...live.map(({ inputs, function: released }, i) => {
      return `live release ${i + 1} ${JSON.stringify(inputs)} ${released?.codeSha256} version ${released?.version}`
    }),
  ]
}

async function keysOf(Bucket: string, { s3 }: Clients): Promise<string[]> {
  const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket }))
  return Contents.map(({ Key = '' }) => Key)
}

async function textOf(Bucket: string, Key: string, { s3 }: Clients): Promise<string> {
  return (await (await s3.send(new GetObjectCommand({ Bucket, Key }))).Body?.transformToString()) ?? ''
}
