import { DescribeStackResourceCommand } from '@aws-sdk/client-cloudformation'
import { GetObjectCommand } from '@aws-sdk/client-s3'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { writeFile } from 'node:fs/promises'
import path from 'node:path'
import { type Project, type RunResult, jsonLine, makeProject, shown } from './support/project.js'
import { type LocalClients, localClients } from './support/snapshot.js'

const account = '000000000000'
const target = ['ENV=dev', 'ORG=back', 'CLOUD=local', 'JSON=true']
const main = path.join('backend', 'rawscribe', 'main.py')
const added = '\n  Extra:\n    Type: AWS::SSM::Parameter\n    Properties:\n      Type: String\n      Value: extra\n'

describe('the way back of a whole release', () => {
  let project: Project
  let clients: LocalClients
  let api: string
  let code: string
  let template: string

  const make = (name: string, ...words: string[]): Promise<RunResult> => project.make([name, ...target, ...words])
  const made = async (name: string, ...words: string[]): Promise<Record<string, unknown>> => {
    const result = await make(name, ...words)
    if (result.exitCode !== 0) throw new Error(shown(result))
    return jsonLine(result, 'summary')
  }
  const write = (file: string, text: string): Promise<void> => writeFile(path.join(project.folder, file), text)
  const configure = (title: string): Promise<void> =>
    write('infra/.config/lambda/dev-back.json', `${JSON.stringify({ ui: { title } })}\n`)
  const receiptOf = async (release: number): Promise<Record<string, unknown>> =>
    jsonLine(await make('rs-show-release', `RELEASE=${release}`), 'result')['data'] as Record<string, unknown>

  /** What is there now: the title that is uploaded, the added resource, and the code that answers. */
  async function standing(): Promise<{ title: unknown; extra: boolean; sha: unknown }> {
    const Bucket = `rawscribe-lambda-dev-back-${account}`
    const { Body } = await clients.s3.send(new GetObjectCommand({ Bucket, Key: 'config.json' }))
    const { ui } = JSON.parse((await Body?.transformToString()) ?? '') as { ui: { title: string } }
    const resource = { StackName: 'rawscribe-dev-back', LogicalResourceId: 'Extra' }
    const found = await clients.stacks.send(new DescribeStackResourceCommand(resource)).catch(() => undefined)
    const health = (await (await fetch(`${api}/health`)).json()) as { version: string; status: string }
    expect(health.status).toBe('healthy')
    const history = jsonLine(await make('rs-history'), 'result')['data'] as { release: number; outcome: string }[]
    const live = await receiptOf(history.find(({ outcome }) => outcome === 'live')!.release)
    expect(live['function']).toMatchObject({ version: health.version })
    return {
      title: ui.title,
      extra: found?.StackResourceDetail?.ResourceStatus?.endsWith('_COMPLETE') === true,
      sha: (live['function'] as { codeSha256: string }).codeSha256,
    }
  }

  const seen: Record<number, unknown> = {}

  beforeAll(async () => {
    project = await makeProject('rollback')
    clients = localClients((await project.make(['local-start'])).stdout.trim())
    code = await project.read(main)
    template = await project.read('template.yaml')
    await configure('One')
    api = String((await made('rs-deploy'))['api'])
    seen[1] = await standing()
    await configure('Two')
    await write('template.yaml', template.replace('\nOutputs:', `${added}\nOutputs:`))
    await write(main, `${code}\n# two\n`)
    await made('rs-deploy')
    seen[2] = await standing()
    await write(main, `${code}\n# three\n`)
    await made('rs-deploy-function', 'FORCE=true')
    seen[3] = await standing()
  }, 400_000)
  afterAll(() => project.remove(), 60_000)

  it('takes only what differs: here the code, which past CloudFormation was brought', async () => {
    expect(await made('rs-rollback', 'WHAT=all')).toMatchObject({ outcome: 'rolled-back', to: 2, release: 4 })
    expect(await standing()).toEqual(seen[2])
  }, 90_000)

  it('leads to template, parameters, code and configuration of the release before that', async () => {
    const result = await make('rs-rollback', 'WHAT=all')
    expect(jsonLine(result, 'summary')).toMatchObject({ outcome: 'rolled-back', what: 'all', to: 1, release: 5 })
    expect(result.stdout).toContain('"title":"Change set"')
    expect(await standing()).toEqual(seen[1])
    expect(await receiptOf(5)).toMatchObject({ outcome: 'live', rolledBackTo: 1, command: 'rs-rollback' })
  }, 90_000)

  it('changes nothing where all is as that release had it', async () => {
    expect(await made('rs-rollback', 'WHAT=all', 'RELEASE=1')).toMatchObject({ outcome: 'unchanged', to: 1 })
  }, 60_000)

  it('leads to a named release, also to code that never was in a template', async () => {
    expect(await made('rs-rollback', 'WHAT=all', 'RELEASE=3')).toMatchObject({ outcome: 'rolled-back', to: 3 })
    expect(await standing()).toEqual(seen[3])
  }, 90_000)

  it('puts the configuration back by itself where a deployment’s version fails its check before traffic', async () => {
    const before = await standing()
    await configure('Broken')
    await write(main, `${code}\nimport nothing_of_that_name\n`)
    const failed = await make('rs-deploy')
    expect(jsonLine(failed, 'failure')).toMatchObject({ code: 'Unhealthy', exitCode: 5 })
    expect(await standing()).toEqual(before)
    expect(await receiptOf(7)).toMatchObject({ outcome: 'failed', configRestored: true })
  }, 120_000)
})
