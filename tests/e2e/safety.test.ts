import { CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation'
import { GetObjectCommand, ListObjectsV2Command, PutObjectCommand, S3Client } from '@aws-sdk/client-s3'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { appendFile, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { type Project, jsonLine, makeProject, shown } from './support/project.js'

const account = '000000000000'
const dev = ['ENV=dev', 'ORG=safe', 'CLOUD=local']
const prod = ['ENV=prod', 'ORG=safe', 'CLOUD=local']

describe('a deployment', () => {
  let project: Project
  let cloudFormation: CloudFormationClient
  let s3: S3Client

  beforeAll(async () => {
    project = await makeProject('safety')
    const endpoint = (await project.make(['local-start'])).stdout.trim()
    const client = { region: 'us-east-1', endpoint, credentials: { accessKeyId: 'test', secretAccessKey: 'test' } }
    cloudFormation = new CloudFormationClient(client)
    s3 = new S3Client({ ...client, forcePathStyle: true })
  }, 120_000)
  afterAll(async () => project.remove(), 60_000)

  const text = async (bucket: string, key: string): Promise<string> =>
    (await (await s3.send(new GetObjectCommand({ Bucket: bucket, Key: key }))).Body?.transformToString()) ?? ''
  const receipts = async (stack: string): Promise<string[]> => {
    const list = { Bucket: `rawscribe-sam-deployments-${account}`, Prefix: `${stack}/releases/` }
    return ((await s3.send(new ListObjectsV2Command(list))).Contents ?? []).map(({ Key }) => Key!)
  }

  it('of prod changes nothing before it is confirmed, and leaves no empty stack behind', async () => {
    const result = await project.make(['rs-deploy', ...prod])
    expect(result.stderr).toContain('Declined (exit 3)')
    expect(result.stderr).toContain('YES=true confirms it')
    const status = await project.make(['check-rs-stack-status', ...prod])
    expect(status.stdout).toBe('NO_STACK')
  }, 120_000)

  it('of prod runs when it is confirmed, and protects the stack', async () => {
    const result = await project.make(['rs-deploy', ...prod, 'YES=true', 'JSON=true'])
    expect(jsonLine(result, 'summary')).toMatchObject({ outcome: 'deployed', env: 'prod' })
    const { Stacks } = await cloudFormation.send(new DescribeStacksCommand({ StackName: 'rawscribe-prod-safe' }))
    expect(Stacks?.[0]?.EnableTerminationProtection).toBe(true)
  }, 120_000)

  it('of prod does not even upload a configuration unconfirmed', async () => {
    const bucket = `rawscribe-lambda-prod-safe-${account}`
    const before = await text(bucket, 'config.json')
    await writeFile(path.join(project.folder, 'infra/.config/lambda/prod-safe.json'), '{ "ui": { "title": "New" } }\n')
    const result = await project.make(['rs-deploy', ...prod])
    expect(result.stderr).toContain('Declined (exit 3)')
    expect(await text(bucket, 'config.json')).toBe(before)
  }, 120_000)

  it('of prod has opening the API typed, whatever YES says', async () => {
    const result = await project.make(['rs-deploy', ...prod, 'YES=true', 'ENABLE_AUTH=false'])
    expect(result.stderr).toContain('Declined (exit 3)')
    expect(result.stderr).toContain('opening the API of prod')
  }, 120_000)

  it('started twice at once ends with one release, and both say so', async () => {
    const [one, two] = await Promise.all([project.make(['rs-deploy', ...dev]), project.make(['rs-deploy', ...dev])])
    expect([one.exitCode, two.exitCode]).toEqual([0, 0])
    const unchanged = [one, two].filter(({ stderr }) => stderr.includes('nothing to do'))
    expect(unchanged).toHaveLength(1)
    expect(unchanged[0]!.stderr).toContain('waiting for it')
    expect(await receipts('rawscribe-dev-safe')).toEqual(['rawscribe-dev-safe/releases/000001.json'])
  }, 180_000)

  it('is refused while a person holds the target, and told why', async () => {
    await project.make(['rs-lock', ...dev, 'WHY=moving the data'])
    const result = await project.make(['rs-deploy', ...dev, 'FORCE=true'])
    expect(result.stderr).toContain('Refused (exit 3)')
    expect(result.stderr).toContain('moving the data')
    expect((await project.make(['rs-lock-status', ...dev])).stdout).toBe('locked')
    expect((await project.make(['rs-deploy', 'ENV=dev', 'ORG=other', 'CLOUD=local', 'LOCK_WAIT=x'])).stderr).toContain(
      'LOCK_WAIT=x',
    )
    expect(shown(await project.make(['rs-unlock', ...dev]))).toContain('exit 0')
    expect((await project.make(['rs-lock-status', ...dev])).stdout).toBe('free')
  }, 120_000)

  it('without a build records what it deployed, not what lies in the checkout', async () => {
    await appendFile(path.join(project.folder, 'backend/rawscribe/cors.py'), '\n# not built yet\n')
    const only = await project.make(['rs-deploy-only', ...dev, 'ENABLE_AUTH=false'])
    expect(shown(only)).toContain('exit 0')
    expect(only.stderr).toContain('the sources have changed since')
    const full = await project.make(['rs-deploy', ...dev, 'ENABLE_AUTH=true', 'JSON=true'])
    expect(jsonLine(full, 'summary')).toMatchObject({ outcome: 'deployed' })
    expect(full.stdout).toContain('code or requirements changed')
  }, 180_000)

  it('that would lose data is refused with what it holds, and the data is still there', async () => {
    const bucket = `rawscribe-forms-dev-safe-${account}`
    await s3.send(new PutObjectCommand({ Bucket: bucket, Key: 'sops/one.yaml', Body: 'title: One\n' }))
    const whole = await project.read('template.yaml')
    const policies = /( {2}FormsBucket:\n(?: {4}.*\n)*?) {4}DeletionPolicy: .*\n {4}UpdateReplacePolicy: .*\n/
    expect(whole).toMatch(policies)
    const careless = whole.replace(policies, '$1')
    const moved = careless.replace(
      /( {2}FormsBucket:\n(?: {4}.*\n)*? {6}BucketName: !Sub ).*\n/,
      '$1rawscribe-eln-${Environment}-${Organization}-${AWS::AccountId}\n',
    )
    await writeFile(path.join(project.folder, 'template.yaml'), moved)
    const result = await project.make(['rs-deploy', ...dev])
    expect(result.stderr).toContain('Refused (exit 3)')
    expect(result.stderr).toContain('FormsBucket')
    expect(await text(bucket, 'sops/one.yaml')).toBe('title: One\n')
    await writeFile(path.join(project.folder, 'template.yaml'), whole)
  }, 180_000)
})
