import { CreateStackCommand, DeleteStackCommand, DescribeStacksCommand } from '@aws-sdk/client-cloudformation'
import { CreateLogGroupCommand } from '@aws-sdk/client-cloudwatch-logs'
import {
  AdminCreateUserCommand,
  CreateUserPoolCommand,
  type CognitoIdentityProviderClient,
  InitiateAuthCommand,
} from '@aws-sdk/client-cognito-identity-provider'
import { CreateBucketCommand, PutBucketVersioningCommand, PutObjectCommand } from '@aws-sdk/client-s3'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { account, bucketNames, bucketsInStack, fillBuckets, isGuarded } from './support/organization-buckets.js'
import { type Project, type RunResult, jsonLine, makeProject, shown } from './support/project.js'
import { type LocalClients, dataLines, linesOf, localClients, snapshot } from './support/snapshot.js'

const deployments = `rawscribe-sam-deployments-${account}`
const admin = { ADMIN_USERNAME: 'admin@org1.org', ADMIN_PASSWORD: 'Se$cure$$1!aB' }
const empty = { Resources: { Nothing: { Type: 'AWS::CloudFormation::WaitConditionHandle' } } }

/** One organization is taken down and comes back, step by step; a second one, whose name begins the same, stands by. */
describe('taking an organization down', () => {
  let project: Project
  let clients: LocalClients
  let summary: Record<string, unknown>
  let standing: string[]

  const make = (name: string, ...words: string[]): Promise<RunResult> =>
    project.make([name, 'ENV=dev', 'ORG=org1', 'CLOUD=local', 'JSON=true', ...words])
  const state = async (): Promise<string[]> => snapshot(clients)
  const dataOf = (lines: readonly string[]): string[] => dataLines('org1', lines)

  beforeAll(async () => {
    project = await makeProject('down')
    const deployed = await project.make(['rs-deploy', 'ENV=dev', 'ORG=org1', 'CLOUD=local', 'JSON=true'], admin)
    expect(shown(deployed)).toContain('exit 0')
    summary = jsonLine(deployed, 'summary')
    clients = localClients(new URL(String(summary['api'])).origin)
    await fillBuckets('org1', clients.s3)
    await makeSecondTarget(clients)
    standing = await state()
    expect(dataOf(standing).length).toBe(27)
  }, 120_000)
  afterAll(async () => project.remove(), 60_000)

  it.each(['rs-teardown', 'rs-nuke-buckets', 'rs-nuke-users', 'rs-nuke-data', 'rs-nuke-all'])(
    '%s changes nothing where nobody confirms it',
    async (name) => {
      const result = await make(name)
      expect(jsonLine(result, 'failure')).toMatchObject({ code: 'Declined', exitCode: 3 })
      expect(await withoutLocks(state)).toEqual(standing.filter(isNoLock))
    },
    20_000,
  )

  it('removes no data in prod, whatever is answered, and no stack that was not typed', async () => {
    const inProd = async (name: string): Promise<Record<string, unknown>> => {
      const words = [name, 'ENV=prod', 'ORG=org1', 'CLOUD=local', 'JSON=true', 'YES=true', 'FORCE_YES=true']
      return jsonLine(await project.make(words), 'failure')
    }
    expect(await inProd('rs-nuke-all')).toMatchObject({ code: 'Refused', exitCode: 3 })
    expect(await inProd('rs-nuke-users')).toMatchObject({ code: 'Refused', exitCode: 3 })
    expect(await inProd('rs-teardown')).toMatchObject({ code: 'Declined', exitCode: 3 })
    expect(await withoutLocks(state)).toEqual(standing.filter(isNoLock))
  }, 20_000)

  it('does not pull the user pool from under a stack', async () => {
    const failure = jsonLine(await make('rs-nuke-user-pool', 'YES=true'), 'failure')
    expect(failure).toMatchObject({ code: 'StackState', exitCode: 4 })
    expect(failure['hint']).toContain('make rs-teardown ENV=dev ORG=org1')
  }, 20_000)

  it('deletes the stack and keeps every object, the pool, its protection and its users', async () => {
    const result = await make('rs-teardown', 'FORCE_YES=true')
    expect(shown(result)).toContain('exit 0')
    const after = await state()
    expect(after.filter((line) => line.includes('stack/rawscribe-dev-org1/'))).toEqual([])
    expect(dataOf(after)).toEqual(dataOf(standing))
    expect(after.filter((line) => line.startsWith(`pool rawscribe-dev-org1-`))[0]).toContain(' ACTIVE')
    const again = await make('rs-teardown', 'YES=true')
    expect(jsonLine(again, 'summary')).toMatchObject({ outcome: 'nothing-there' })
  }, 40_000)

  it('gives what it kept to a new stack, object by object, once somebody confirms it', async () => {
    expect(jsonLine(await make('rs-adopt-buckets'), 'failure')).toMatchObject({ code: 'Declined', exitCode: 3 })
    const result = await make('rs-adopt-buckets', 'YES=true')
    expect(shown(result)).toContain('exit 0')
    const adopted = jsonLine(result, 'summary')
    expect(adopted).toMatchObject({ outcome: 'adopted', missing: [] })
    expect(await bucketsInStack('org1', clients)).toEqual(bucketNames('org1').sort())
    expect(dataOf(await state())).toEqual(dataOf(standing))
    expect(jsonLine(await make('rs-adopt-buckets', 'YES=true'), 'summary')).toMatchObject({ outcome: 'nothing' })
  }, 40_000)

  it('comes back to its data: the same pool and client, every object, and the administrator signs in', async () => {
    const result = await make('rs-deploy')
    expect(shown(result)).toContain('exit 0')
    const back = jsonLine(result, 'summary')
    expect([back['userPoolId'], back['clientId']]).toEqual([summary['userPoolId'], summary['clientId']])
    expect(dataOf(await state())).toEqual(dataOf(standing))
    expect(await bucketsInStack('org1', clients)).toEqual(bucketNames('org1').sort())
    expect(await isGuarded('org1', clients.s3)).toBe(true)
    const token = await signIn(String(back['clientId']), clients.cognito)
    const sops = await fetch(`${String(back['api'])}/api/v1/sops/list`, {
      headers: { Authorization: `Bearer ${token}` },
    })
    expect(sops.status).toBe(200)
    expect((await fetch(`${String(back['api'])}/api/v1/sops/list`)).status).toBe(401)
  }, 60_000)

  it('names what blocks a deletion that failed, and the command that resolves it', async () => {
    const stuck = ['ENV=dev', 'ORG=org3', 'CLOUD=local', 'JSON=true', 'YES=true']
    await makeStuckStack(clients)
    const failure = jsonLine(await project.make(['rs-teardown', ...stuck]), 'failure')
    expect(failure).toMatchObject({ code: 'Refused', exitCode: 3 })
    expect(JSON.stringify(failure['facts'])).toContain('holds 1100 objects')
    expect(failure['hint']).toContain('make rs-nuke-buckets ENV=dev ORG=org3')
    expect(shown(await project.make(['rs-nuke-buckets', ...stuck]))).toContain('exit 0')
    expect(shown(await project.make(['rs-teardown', ...stuck]))).toContain('exit 0')
    // What is left is the history: one receipt of the buckets, one of the stack.
    const left = linesOf('org3', await state()).filter(isNoLock)
    expect(left.map((line) => /releases\/(\d+)\.json/.exec(line)?.[1])).toEqual(['000001', '000002'])
  }, 60_000)

  it('empties the buckets and the pool of a stack that stands, and leaves both to it', async () => {
    const result = await make('rs-nuke-data', 'YES=true')
    expect(shown(result)).toContain('exit 0')
    const left = dataOf(await state())
    expect(left.filter((line) => /^(object|marker|user) /.test(line))).toEqual([])
    expect(left.filter((line) => line.startsWith('bucket '))).toHaveLength(5)
    expect(left.filter((line) => line.startsWith('pool '))).toHaveLength(1)
  }, 30_000)

  it('removes everything of the organization, and nothing of the other one', async () => {
    const result = await make('rs-nuke-all', 'YES=true')
    expect(shown(result)).toContain('exit 0')
    const after = await state()
    expect(linesOf('org1', after).filter((line) => !line.includes('-prod-'))).toEqual([])
    expect(after.filter((line) => line.startsWith('logs API-Gateway-Execution-Logs'))).toEqual([])
    expect(linesOf('org10', after)).toEqual(linesOf('org10', standing))
    const again = await make('rs-nuke-all', 'YES=true')
    expect(jsonLine(again, 'summary')).toMatchObject({ outcome: 'nothing-there' })
  }, 60_000)
})

const isNoLock = (line: string): boolean => !line.includes('/locks/')
const withoutLocks = async (state: () => Promise<string[]>): Promise<string[]> => (await state()).filter(isNoLock)

/** What a deployment of org10 leaves, and a stack of org1 in prod. */
async function makeSecondTarget({ s3, cognito, stacks, logs }: LocalClients): Promise<void> {
  const TemplateBody = JSON.stringify(empty)
  for (const StackName of ['rawscribe-dev-org10', 'rawscribe-prod-org1']) {
    await stacks.send(new CreateStackCommand({ StackName, TemplateBody }))
  }
  for (const Bucket of bucketNames('org10')) {
    await s3.send(new CreateBucketCommand({ Bucket }))
    await s3.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status: 'Enabled' } }))
  }
  await fillBuckets('org10', s3)
  for (const Key of [
    'rawscribe-dev-org10/releases/000001.json',
    'rawscribe-dev-org10/artifacts/x',
    'locks/rawscribe-dev-org10.json',
  ])
    await s3.send(new PutObjectCommand({ Bucket: deployments, Key, Body: 'x' }))
  const pool = await cognito.send(new CreateUserPoolCommand({ PoolName: 'rawscribe-dev-org10-userpool' }))
  await cognito.send(new AdminCreateUserCommand({ UserPoolId: pool.UserPool?.Id, Username: 'somebody' }))
  for (const logGroupName of ['/aws/lambda/rawscribe-dev-org10-backend', '/aws/apigateway/rawscribe-dev-org10-api'])
    await logs.send(new CreateLogGroupCommand({ logGroupName }))
}

/** A stack that keeps nothing, whose deletion a bucket of more than one page has blocked. */
async function makeStuckStack({ s3, stacks }: LocalClients): Promise<void> {
  const StackName = 'rawscribe-dev-org3'
  const Bucket = bucketNames('org3')[1]!
  const Properties = { BucketName: Bucket, VersioningConfiguration: { Status: 'Enabled' } }
  const TemplateBody = JSON.stringify({ Resources: { FormsBucket: { Type: 'AWS::S3::Bucket', Properties } } })
  const ends = async (status: string): Promise<void> => {
    for (;;) {
      const { Stacks } = await stacks.send(new DescribeStacksCommand({ StackName }))
      if (Stacks?.[0]?.StackStatus === status) return
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
  }
  await stacks.send(new CreateStackCommand({ StackName, TemplateBody }))
  await ends('CREATE_COMPLETE')
  for (let i = 0; i < 1100; i += 50) {
    const keys = Array.from({ length: 50 }, (_none, j) => `${i + j}`)
    await Promise.all(keys.map((Key) => s3.send(new PutObjectCommand({ Bucket, Key, Body: 'x' }))))
  }
  await stacks.send(new DeleteStackCommand({ StackName }))
  await ends('DELETE_FAILED')
}

async function signIn(ClientId: string, cognito: CognitoIdentityProviderClient): Promise<string> {
  const AuthParameters = { USERNAME: admin.ADMIN_USERNAME, PASSWORD: admin.ADMIN_PASSWORD }
  const { AuthenticationResult } = await cognito.send(
    new InitiateAuthCommand({ ClientId, AuthFlow: 'USER_PASSWORD_AUTH', AuthParameters }),
  )
  return AuthenticationResult?.IdToken ?? ''
}
