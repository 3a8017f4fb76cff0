import { CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation'
import { CloudWatchLogsClient, DescribeLogGroupsCommand } from '@aws-sdk/client-cloudwatch-logs'
import {
  CognitoIdentityProviderClient,
  DescribeUserPoolCommand,
  ListUserPoolsCommand,
  ListUsersCommand,
} from '@aws-sdk/client-cognito-identity-provider'
import { ListBucketsCommand, ListObjectVersionsCommand, S3Client } from '@aws-sdk/client-s3'

export interface LocalClients {
  s3: S3Client
  cognito: CognitoIdentityProviderClient
  stacks: CloudFormationClient
  logs: CloudWatchLogsClient
}

export function localClients(endpoint: string): LocalClients {
  const config = { region: 'us-east-1', endpoint, credentials: { accessKeyId: 'test', secretAccessKey: 'test' } }
  return {
    s3: new S3Client({ ...config, forcePathStyle: true }),
    cognito: new CognitoIdentityProviderClient(config),
    stacks: new CloudFormationClient(config),
    logs: new CloudWatchLogsClient(config),
  }
}

/** Everything that a command could take down, one line each: stacks, buckets, every version in them, pools, users, logs. */
export async function snapshot({ s3, cognito, stacks, logs }: LocalClients): Promise<string[]> {
  const { Buckets = [] } = await s3.send(new ListBucketsCommand({}))
  const objects = await Promise.all(
    Buckets.map(async ({ Name = '' }) => {
      const { Versions = [], DeleteMarkers = [] } = await s3.send(new ListObjectVersionsCommand({ Bucket: Name }))
      const versions = Versions.map((one) => `object ${Name}/${one.Key} ${one.VersionId} ${one.ETag}`)
      const markers = DeleteMarkers.map((one) => `marker ${Name}/${one.Key} ${one.VersionId}`)
      return [`bucket ${Name}`, ...versions, ...markers]
    }),
  )
  const { UserPools = [] } = await cognito.send(new ListUserPoolsCommand({ MaxResults: 60 }))
  const pools = await Promise.all(
    UserPools.map(async ({ Id = '', Name = '' }) => {
      const { UserPool } = await cognito.send(new DescribeUserPoolCommand({ UserPoolId: Id }))
      const { Users = [] } = await cognito.send(new ListUsersCommand({ UserPoolId: Id }))
      return [
        `pool ${Name} ${Id} ${UserPool?.DeletionProtection}`,
        ...Users.map((user) => `user ${Name} ${user.Username}`),
      ]
    }),
  )
  const { Stacks = [] } = await stacks.send(new DescribeStacksCommand({}))
  const { logGroups = [] } = await logs.send(new DescribeLogGroupsCommand({}))
  return [
    ...objects.flat(),
    ...pools.flat(),
    ...Stacks.filter(({ StackStatus }) => StackStatus !== 'DELETE_COMPLETE').map(
      ({ StackId, StackStatus }) => `stack ${StackId} ${StackStatus}`,
    ),
    ...logGroups.map(({ logGroupName }) => `logs ${logGroupName}`),
  ].sort()
}

/** The lines that are about one organization: `org1` is not part of `org10`. */
export function linesOf(org: string, lines: readonly string[]): string[] {
  return lines.filter((line) => new RegExp(`-${org}(?![a-z0-9])`).test(line))
}

/** What an organization's users have: buckets with every version, pool and users; the config is a deployment's to write. */
export function dataLines(org: string, lines: readonly string[]): string[] {
  return linesOf(org, lines).filter(
    (line) => /^(bucket|object|marker|pool|user) /.test(line) && !/config\.json|sam-deployments/.test(line),
  )
}
