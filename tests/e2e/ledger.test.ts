import {
  CreateStackCommand,
  DescribeStackResourceCommand,
  DescribeStacksCommand,
  UpdateStackCommand,
} from '@aws-sdk/client-cloudformation'
import { CreateBucketCommand, GetObjectCommand, HeadObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3'
import { PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { appendFile, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { customResources, parentOf, signal, waiting } from './support/foreign-stacks.js'
import { type Project, type RunResult, jsonLine, makeProject, shown } from './support/project.js'
import { type LocalClients, localClients } from './support/snapshot.js'

const account = '000000000000'
const deployments = `rawscribe-sam-deployments-${account}`
const taken = '/taken/already'
const title = (text: string): string => `${JSON.stringify({ ui: { title: text } })}\n`

describe('what a target remembers', () => {
  let project: Project
  let clients: LocalClients
  let endpoint: string

  const make = (name: string, org: string, ...words: string[]): Promise<RunResult> =>
    project.make([name, 'ENV=dev', `ORG=${org}`, 'CLOUD=local', ...words])
  const dataOf = async <T>(name: string, org: string, ...words: string[]): Promise<T> =>
    jsonLine(await make(name, org, 'JSON=true', ...words), 'result')['data'] as T
  const change = async (file: string, text: string): Promise<void> => appendFile(path.join(project.folder, file), text)
  const configOf = (text: string): Promise<void> =>
    writeFile(path.join(project.folder, 'infra/.config/lambda/dev-past.json'), title(text))

  beforeAll(async () => {
    project = await makeProject('ledger')
    endpoint = (await project.make(['local-start'])).stdout.trim()
    clients = localClients(endpoint)
  }, 120_000)
  afterAll(async () => project.remove(), 60_000)

  it('is nothing before the first release', async () => {
    expect(await dataOf('rs-history', 'past')).toEqual([])
    expect((await make('rs-why', 'past')).stdout).toContain('nothing failed: there is no stack')
    expect((await make('rs-attach', 'past')).stdout).toContain('nothing runs')
    expect(jsonLine(await make('rs-config-restore', 'past', 'JSON=true'), 'failure')).toMatchObject({
      code: 'StackState',
    })
  }, 20_000)

  it('names the very files and keys that a deployment would change, and nothing once it is deployed', async () => {
    await configOf('One')
    expect(shown(await make('rs-deploy', 'past'))).toContain('exit 0')
    expect(await dataOf('rs-why-changed', 'past')).toMatchObject({ changed: false, reasons: [], inputs: [], since: 1 })
    await configOf('Two')
    await change('backend/rawscribe/cors.py', '\n# another line\n')
    await change('backend/rawscribe/brand_new.py', 'x = 1\n')
    const why = await make('rs-why-changed', 'past', 'ENABLE_AUTH=false')
    expect(why.stdout).toMatch(/^since release 1, /)
    expect(why.stdout.split('\n').slice(1)).toEqual([
      'code or requirements changed',
      '  + backend/rawscribe/brand_new.py',
      '  ~ backend/rawscribe/cors.py',
      'the configuration changed',
      '  ~ infra/.config/lambda/dev-past.json',
      'parameters changed',
      '  ~ EnableAuth  true → false',
    ])
    expect(shown(await make('rs-deploy', 'past'))).toContain('exit 0')
  }, 90_000)

  it('shows a release whole, with artifacts that are there', async () => {
    const receipt = await dataOf<{ artifacts: Record<string, string>; files: Record<string, string> }>(
      'rs-show-release',
      'past',
      'RELEASE=2',
    )
    expect(receipt.files['backend/rawscribe/cors.py']).toMatch(/^[0-9a-f]{12}$/)
    const addresses = Object.values(receipt.artifacts)
    expect(addresses.length).toBeGreaterThanOrEqual(2)
    for (const address of addresses) {
      const [, Bucket, Key] = /^s3:\/\/([^/]+)\/(.+)$/.exec(address)!
      expect((await clients.s3.send(new HeadObjectCommand({ Bucket, Key }))).ContentLength).toBeGreaterThan(0)
    }
    expect((await make('rs-show-release', 'past', 'RELEASE=2')).stdout).toContain('backend/rawscribe/brand_new.py')
    expect(jsonLine(await make('rs-show-release', 'past', 'RELEASE=9', 'JSON=true'), 'failure')).toMatchObject({
      code: 'Usage',
      hint: 'make rs-history ENV=dev ORG=past CLOUD=local lists them',
    })
  }, 20_000)

  it('explains a failed update now and later, and lists every release, newest first', async () => {
    const whole = await project.read('template.yaml')
    const name = '!Sub /aws/lambda/rawscribe-${Environment}-${Organization}-backend'
    const added = `\n  Fails:\n    Type: AWS::Logs::LogGroup\n    Properties:\n      LogGroupName: ${name}\n`
    await writeFile(path.join(project.folder, 'template.yaml'), whole.replace('\nOutputs:', `${added}\nOutputs:`))
    const line = (await project.read('template.yaml')).split('\n').indexOf('  Fails:') + 1
    const cause = `Fails, AWS::Logs::LogGroup, template.yaml:${line}`
    const failed = await make('rs-deploy', 'past')
    expect(failed.stderr).toContain('StackFailed (exit 5)')
    expect(failed.stderr).toContain(cause)
    expect(failed.stderr).toContain('make rs-why ENV=dev ORG=past')
    const why = await make('rs-why', 'past')
    expect(why.stdout).toContain(cause)
    expect(why.stdout).toContain('the update of rawscribe-dev-past')
    const history = await dataOf<unknown[]>('rs-history', 'past')
    expect(history).toMatchObject([
      { release: 3, outcome: 'failed', command: 'rs-deploy' },
      { release: 2, outcome: 'live', version: '2' },
      { release: 1, outcome: 'live', version: '1' },
    ])
    await writeFile(path.join(project.folder, 'template.yaml'), whole)
    expect(await dataOf('rs-why-changed', 'past')).toMatchObject({
      reasons: ['the last release failed'],
      since: 2,
      inputs: [],
    })
  }, 60_000)

  it('hides no release behind a broken one', async () => {
    const Key = 'rawscribe-dev-past/releases/000002.json'
    await clients.s3.send(new PutObjectCommand({ Bucket: deployments, Key, Body: '{"format":1' }))
    const { stdout } = await make('rs-history', 'past')
    expect(stdout).toContain(`s3://${deployments}/${Key} cannot be read`)
    expect(stdout).toMatch(/^3 .* failed /m)
    expect(stdout).toMatch(/^1 .* live /m)
  }, 20_000)

  it('puts the configuration before back, and again the one before that', async () => {
    const Bucket = `rawscribe-lambda-dev-past-${account}`
    const stored = async (): Promise<unknown> => {
      const { Body } = await clients.s3.send(new GetObjectCommand({ Bucket, Key: 'config.json' }))
      return (JSON.parse((await Body?.transformToString()) ?? '') as { ui: { title: string } }).ui.title
    }
    expect(await stored()).toBe('Two')
    const restored = await make('rs-config-restore', 'past')
    expect(shown(restored)).toContain('exit 0')
    expect(restored.stderr).toContain('ui.title  "Two" → "One"')
    expect(await stored()).toBe('One')
    expect(shown(await make('rs-config-restore', 'past'))).toContain('exit 0')
    expect(await stored()).toBe('Two')
  }, 20_000)

  it('finds the cause inside a nested stack', async () => {
    await new SSMClient({
      region: 'us-east-1',
      endpoint,
      credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    }).send(new PutParameterCommand({ Name: taken, Value: 'x', Type: 'String' }))
    await clients.s3.send(new CreateBucketCommand({ Bucket: 'templates' }))
    await putTemplate('good.json', { Fine: { Type: 'AWS::CloudFormation::WaitConditionHandle' } })
    await putTemplate('bad.json', {
      Fails: { Type: 'AWS::SSM::Parameter', Properties: { Name: taken, Type: 'String', Value: 'x' } },
    })
    const StackName = 'rawscribe-dev-nested'
    await clients.stacks.send(
      new CreateStackCommand({ StackName, TemplateBody: parentOf(`${endpoint}/templates/good.json`) }),
    )
    await ends(StackName, 'CREATE_COMPLETE')
    await clients.stacks.send(
      new UpdateStackCommand({ StackName, TemplateBody: parentOf(`${endpoint}/templates/bad.json`) }),
    )
    await ends(StackName, 'UPDATE_ROLLBACK_COMPLETE')
    const why = await dataOf<{ cause: Record<string, unknown> }>('rs-why', 'nested')
    expect(why).toMatchObject({ failed: true, operation: 'update', status: 'UPDATE_ROLLBACK_COMPLETE' })
    expect(why.cause).toMatchObject({ logicalId: 'Fails', type: 'AWS::SSM::Parameter', nested: ['Inner'] })
    expect((await make('rs-why', 'nested')).stdout).toContain('Inner > Fails, AWS::SSM::Parameter')
  }, 20_000)

  it('finds what CloudFormation refused before it began', async () => {
    const StackName = 'rawscribe-dev-taken'
    const Properties = { BucketName: 'templates' }
    const TemplateBody = JSON.stringify({ Resources: { Taken: { Type: 'AWS::S3::Bucket', Properties } } })
    await clients.stacks.send(new CreateStackCommand({ StackName, TemplateBody }))
    await ends(StackName, 'ROLLBACK_COMPLETE')
    const { stdout } = await make('rs-why', 'taken')
    expect(stdout).toContain('Taken, AWS::S3::Bucket')
    expect(stdout).toContain('already exists')
    expect(stdout).toContain('CREATE_BUCKETS=false')
  }, 20_000)

  it('shows what the function behind a custom resource wrote', async () => {
    const StackName = 'rawscribe-dev-custom'
    await clients.stacks.send(
      new CreateStackCommand({
        StackName,
        TemplateBody: JSON.stringify({ Resources: customResources('Create') }),
        Capabilities: ['CAPABILITY_NAMED_IAM'],
      }),
    )
    await ends(StackName, 'ROLLBACK_COMPLETE')
    const { stdout } = await make('rs-why', 'custom')
    expect(stdout).toContain('the creation of rawscribe-dev-custom')
    expect(stdout).toContain('Made, Custom::Thing')
    expect(stdout).toContain('the table has no key')
  }, 30_000)

  it('follows what runs to its end, good or bad, and says so where nothing runs', async () => {
    const StackName = 'rawscribe-dev-slow'
    await clients.stacks.send(new CreateStackCommand({ StackName, TemplateBody: waiting('60') }))
    const following = make('rs-attach', 'slow', 'JSON=true')
    await project.hasLogged('rs-attach', 'Handle  AWS::CloudFormation')
    await signal(await handleOf(StackName), 'SUCCESS')
    const attached = await following
    expect(jsonLine(attached, 'result')['data']).toMatchObject({ outcome: 'ended', status: 'CREATE_COMPLETE' })
    expect(attached.stdout).toContain('Handle  AWS::CloudFormation::WaitConditionHandle')
    expect(attached.stdout).toContain('being created, since')
    expect(await dataOf('rs-attach', 'slow')).toMatchObject({ outcome: 'idle', status: 'CREATE_COMPLETE' })

    await clients.stacks.send(new CreateStackCommand({ StackName: `${StackName}er`, TemplateBody: waiting('60') }))
    const failing = make('rs-attach', 'slower', 'JSON=true')
    await project.hasLogged('rs-attach', 'Handle  AWS::CloudFormation')
    await signal(await handleOf(`${StackName}er`), 'FAILURE')
    const failed = await failing
    expect(jsonLine(failed, 'failure')).toMatchObject({
      code: 'StackFailed',
      exitCode: 5,
      message: 'failed: the stack is in ROLLBACK_COMPLETE',
    })
    expect(failed.stdout).toContain('Waits, AWS::CloudFormation::WaitCondition')
  }, 30_000)

  async function ends(StackName: string, status: string): Promise<void> {
    for (;;) {
      const { Stacks } = await clients.stacks.send(new DescribeStacksCommand({ StackName }))
      const now = Stacks?.[0]?.StackStatus ?? ''
      if (now === status) return
      if (!now.endsWith('_IN_PROGRESS')) throw new Error(`${StackName} ended in ${now}`)
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
  }

  async function putTemplate(Key: string, Resources: object): Promise<void> {
    await clients.s3.send(new PutObjectCommand({ Bucket: 'templates', Key, Body: JSON.stringify({ Resources }) }))
  }

  async function handleOf(StackName: string): Promise<string> {
    const { StackResourceDetail } = await clients.stacks.send(
      new DescribeStackResourceCommand({ StackName, LogicalResourceId: 'Handle' }),
    )
    return StackResourceDetail?.PhysicalResourceId ?? ''
  }
})
