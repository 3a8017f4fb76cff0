import {
  CloudFormationClient,
  CreateStackCommand,
  DeleteStackCommand,
  DescribeStacksCommand,
  ListChangeSetsCommand,
  UpdateStackCommand,
  waitUntilStackCreateComplete,
} from '@aws-sdk/client-cloudformation'
import { AdminCreateUserCommand, CognitoIdentityProviderClient } from '@aws-sdk/client-cognito-identity-provider'
import { AttachRolePolicyCommand, CreateUserCommand, IAMClient, PutRolePolicyCommand } from '@aws-sdk/client-iam'
import { InvokeCommand, LambdaClient, UpdateFunctionCodeCommand } from '@aws-sdk/client-lambda'
import {
  CreateBucketCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  PutBucketPolicyCommand,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3'
import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts'
import { readFile } from 'node:fs/promises'

export const account = '000000000000'
export const root = { accessKeyId: 'test', secretAccessKey: 'test' }

const clientOf = (endpoint: string, credentials: typeof root) => ({
  region: 'us-east-1',
  endpoint,
  credentials,
  maxAttempts: 1,
})

/** Makes the roles of one environment as docs/accounts.md says, and returns the outputs. */
export async function makeRoles(endpoint: string, environment: string): Promise<Record<string, string>> {
  const client = new CloudFormationClient(clientOf(endpoint, root))
  const StackName = `deployer-${environment}`
  await client.send(
    new CreateStackCommand({
      StackName,
      TemplateBody: await readFile('infra/policies/deployer.yaml', 'utf8'),
      Capabilities: ['CAPABILITY_NAMED_IAM'],
      Parameters: [
        { ParameterKey: 'Environment', ParameterValue: environment },
        { ParameterKey: 'TrustedArn', ParameterValue: `arn:aws:iam::${account}:root` },
      ],
    }),
  )
  await waitUntilStackCreateComplete({ client, maxWaitTime: 60, minDelay: 1, maxDelay: 1 }, { StackName })
  const { Stacks } = await client.send(new DescribeStacksCommand({ StackName }))
  return Object.fromEntries((Stacks?.[0]?.Outputs ?? []).map((one) => [one.OutputKey ?? '', one.OutputValue ?? '']))
}

/** Names to try something on. */
export interface NamesTried {
  stack: string
  bucket: string
  function: string
  role: string
  pool: string
}

export async function makeBucket(endpoint: string, Bucket: string): Promise<void> {
  await new S3Client({ ...clientOf(endpoint, root), forcePathStyle: true }).send(new CreateBucketCommand({ Bucket }))
}

/** A session of the deployer's role. */
export async function sessionOf(endpoint: string, role: string): Promise<typeof root> {
  const assume = new AssumeRoleCommand({ RoleArn: role, RoleSessionName: 'test' })
  const { Credentials: given } = await new STSClient(clientOf(endpoint, root)).send(assume)
  const {
    AccessKeyId: accessKeyId = '',
    SecretAccessKey: secretAccessKey = '',
    SessionToken: sessionToken,
  } = given ?? {}
  return { accessKeyId, secretAccessKey, ...{ sessionToken } }
}

/** What a deployer does with what is its own, one call each. */
export function attempts(
  endpoint: string,
  credentials: typeof root,
): Record<string, (on: NamesTried) => Promise<unknown>> {
  const config = clientOf(endpoint, credentials)
  const s3 = new S3Client({ ...config, forcePathStyle: true })
  const lambda = new LambdaClient(config)
  const stacks = new CloudFormationClient(config)
  const pools = new CognitoIdentityProviderClient(config)
  return {
    'reads an object': ({ bucket: Bucket }) => s3.send(new GetObjectCommand({ Bucket, Key: 'config.json' })),
    'writes an object': ({ bucket: Bucket }) => s3.send(new PutObjectCommand({ Bucket, Key: 'x', Body: 'x' })),
    'deletes an object': ({ bucket: Bucket }) => s3.send(new DeleteObjectCommand({ Bucket, Key: 'x' })),
    'lists a bucket': ({ bucket: Bucket }) => s3.send(new ListObjectsV2Command({ Bucket })),
    'lists change sets': ({ stack: StackName }) => stacks.send(new ListChangeSetsCommand({ StackName })),
    'updates a stack': ({ stack: StackName }) =>
      stacks.send(new UpdateStackCommand({ StackName, UsePreviousTemplate: true })),
    'deletes a stack': ({ stack: StackName }) => stacks.send(new DeleteStackCommand({ StackName })),
    'invokes a function': ({ function: FunctionName }) => lambda.send(new InvokeCommand({ FunctionName })),
    'updates a function': ({ function: FunctionName }) =>
      lambda.send(new UpdateFunctionCodeCommand({ FunctionName, ZipFile: new Uint8Array([1]) })),
    'makes a user': ({ pool: UserPoolId }) =>
      pools.send(new AdminCreateUserCommand({ UserPoolId, Username: 'somebody@acme.org' })),
  }
}

/** What nobody who deploys may do, to whatever. */
export function escalations(
  endpoint: string,
  credentials: typeof root,
): Record<string, (on: NamesTried) => Promise<unknown>> {
  const config = clientOf(endpoint, credentials)
  const iam = new IAMClient(config)
  const s3 = new S3Client({ ...config, forcePathStyle: true })
  const everything = { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }] }
  return {
    'makes an IAM user': () => iam.send(new CreateUserCommand({ UserName: 'somebody' })),
    'writes a policy of the function’s role': ({ role: RoleName }) =>
      iam.send(new PutRolePolicyCommand({ RoleName, PolicyName: 'x', PolicyDocument: JSON.stringify(everything) })),
    'gives API Gateway’s log role more': () =>
      iam.send(
        new AttachRolePolicyCommand({
          RoleName: 'rawscribe-apigateway-logs',
          PolicyArn: 'arn:aws:iam::aws:policy/AdministratorAccess',
        }),
      ),
    'gives its own role more': () =>
      iam.send(
        new AttachRolePolicyCommand({
          RoleName: 'rawscribe-deployer-dev',
          PolicyArn: 'arn:aws:iam::aws:policy/AdministratorAccess',
        }),
      ),
    'acts as CloudFormation itself': () =>
      new STSClient(config).send(
        new AssumeRoleCommand({
          RoleArn: `arn:aws:iam::${account}:role/rawscribe-cloudformation-dev`,
          RoleSessionName: 'test',
        }),
      ),
    'opens a data bucket': ({ bucket: Bucket }) =>
      s3.send(new PutBucketPolicyCommand({ Bucket, Policy: JSON.stringify(everything) })),
  }
}

/** `done`, or the name of the error. */
export async function answerTo(attempt: Promise<unknown>): Promise<string> {
  return attempt.then(
    () => 'done',
    (error: unknown) => (error as Error).name,
  )
}
