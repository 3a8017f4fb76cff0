import { DescribeStacksCommand } from '@aws-sdk/client-cloudformation'
import { PutItemCommand, DynamoDBClient, ScanCommand } from '@aws-sdk/client-dynamodb'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { appendFile, cp, readFile, readdir, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { type Project, type RunResult, jsonLine, makeProject, shown } from './support/project.js'
import { localClients } from './support/snapshot.js'

/** Two functions, an HTTP API, a table; no layer, no buckets, no user pool, no configuration; names of its own. */
describe('a project unlike the tool’s own', () => {
  let project: Project
  let shop: string
  let endpoint: string

  const make = (name: string, org: string, ...words: string[]): Promise<RunResult> =>
    project.make([name, 'ENV=dev', `ORG=${org}`, 'CLOUD=local', `PROJECT_DIR=${shop}`, ...words])

  beforeAll(async () => {
    project = await makeProject('adopting')
    shop = path.join(project.folder, 'shop')
    await cp('tests/fixtures/shop', shop, { recursive: true })
    endpoint = (await project.make(['local-start', `PROJECT_DIR=${shop}`])).stdout.trim()
  }, 120_000)
  afterAll(async () => {
    expect(shown(await project.make(['local-stop', `PROJECT_DIR=${shop}`]))).toContain('exit 0')
    await project.remove()
  }, 60_000)

  it('is deployed under its own names, with the parameters that its template declares', async () => {
    const run = await make('rs-deploy', 'acme', 'JSON=true')
    expect(shown(run)).toContain('exit 0')
    const summary = jsonLine(run, 'summary') as { api: string; stack: string; version: string }
    expect(summary).toMatchObject({ stack: 'shop-dev-acme', version: '1' })
    const answer = await fetch(`${summary.api}/status`)
    expect(await answer.json()).toEqual({ status: 'healthy', greeting: 'hello' })
    const { Stacks } = await localClients(endpoint).stacks.send(
      new DescribeStacksCommand({ StackName: 'shop-dev-acme' }),
    )
    expect(
      Stacks?.[0]?.Parameters?.map(({ ParameterKey, ParameterValue }) => `${ParameterKey}=${ParameterValue}`),
    ).toEqual(['Stage=dev', 'Customer=acme', 'Greeting=hello'])
  }, 60_000)

  it('has code alone released, of the function that changed', async () => {
    const file = path.join(shop, 'orders/index.mjs')
    await writeFile(file, (await readFile(file, 'utf8')).replace('orders: []', "orders: ['a book']"))
    const run = await make('rs-deploy-function', 'acme')
    expect(shown(run)).toContain('exit 0')
    const { stdout } = await make('check-rs', 'acme')
    const api = /API Endpoint: (\S+)/.exec(stdout)?.[1] ?? ''
    expect(await (await fetch(`${api}/orders`)).json()).toEqual({ orders: ['a book'] })
    await appendFile(path.join(shop, 'stock/index.mjs'), '// another line\n')
    expect(shown(await make('rs-deploy-function', 'acme'))).toContain('no alias stands before Stock')
    expect(shown(await make('rs-deploy', 'acme'))).toContain('exit 0')
    expect((await make('rs-deploy', 'acme')).stderr).toContain('nothing to do')
  }, 60_000)

  it('is looked at and planned without a configuration, and told where there is none', async () => {
    const plans = ['rs-plan', 'rs-diff', 'rs-up'].map((name) => make(name, 'acme'))
    for (const run of await Promise.all([...plans, make('rs-compare', 'acme', 'WITH=other')])) {
      expect(shown(run)).toContain('exit 0')
    }
    const about = ['rs-update-config', 'rs-show-runtime-config', 'rs-config-restore']
    for (const run of await Promise.all(about.map((name) => make(name, 'acme', 'JSON=true')))) {
      expect(jsonLine(run, 'failure')).toMatchObject({ code: 'Refused' })
    }
  }, 60_000)

  it('keeps its data when it is taken down, and leaves nothing but folders of its own in the checkout', async () => {
    const tables = new DynamoDBClient({
      endpoint,
      region: 'us-east-1',
      credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    })
    const TableName = 'shop-acme-dev-books'
    await tables.send(new PutItemCommand({ TableName, Item: { id: { S: 'one' } } }))
    expect(shown(await make('rs-teardown', 'acme', 'YES=true'))).toContain('exit 0')
    expect((await tables.send(new ScanCommand({ TableName }))).Count).toBe(1)
    expect((await readdir(shop)).sort()).toEqual(
      ['.aws-sam-dev-acme', '.rs', 'infra', 'orders', 'stock', 'template.yaml'].sort(),
    )
  }, 60_000)

  it('says what is wrong in its own description of itself', async () => {
    await writeFile(path.join(shop, 'infra/project.json'), '{"prefix": "Shop"}')
    expect(jsonLine(await make('check-rs', 'acme', 'JSON=true'), 'failure')).toMatchObject({
      code: 'Usage',
      message: expect.stringContaining('infra/project.json: prefix') as unknown,
    })
  }, 20_000)
})
