import { GetAliasCommand, LambdaClient, ListFunctionsCommand, UpdateFunctionCodeCommand } from '@aws-sdk/client-lambda'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { randomBytes } from 'node:crypto'
import { cp, readFile, readdir, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { type Fault, type FaultProxy, startProxy } from '../support/fault-proxy.js'
import type { Call } from '../support/wire.js'
import { type Project, type RunResult, jsonLine, makeProject, shown } from './support/project.js'

/** Thirty functions: ten of one folder, eight with a layer, one with a makefile, ten in a nested stack, one behind the API. */
const folders = ['front', 'orders', 'stock', 'made', 'billing/code']
const target = ['ENV=dev', 'ORG=acme', 'CLOUD=local', 'JSON=true']
const keys = { AWS_ACCESS_KEY_ID: 'test', AWS_SECRET_ACCESS_KEY: 'test', AWS_REGION: 'us-east-1' }
let project: Project
let works: string
let lambda: LambdaClient
let proxy: FaultProxy

beforeAll(async () => {
  project = await makeProject('thirty')
  works = path.join(project.folder, 'works')
  await cp('tests/fixtures/thirty', works, { recursive: true })
  const endpoint = (await project.make(['local-start', `PROJECT_DIR=${works}`])).stdout.trim()
  const credentials = { accessKeyId: 'test', secretAccessKey: 'test' }
  lambda = new LambdaClient({ endpoint, region: 'us-east-1', credentials })
  proxy = await startProxy(endpoint)
  const deployed = await make('rs-deploy')
  if (deployed.exitCode !== 0) throw new Error(shown(deployed))
}, 240_000)

afterAll(async () => {
  await proxy.close()
  await project.make(['local-stop', `PROJECT_DIR=${works}`])
  await project.remove()
}, 60_000)

const make = (name: string, ...words: string[]): Promise<RunResult> =>
  project.make([name, ...target, `PROJECT_DIR=${works}`, ...words])

/** The program with the proxy between it and the local AWS. */
const through = (env: Record<string, string> = {}): Promise<RunResult> => {
  proxy.calls.length = 0
  const place = { ENV: 'dev', ORG: 'acme', RS_JSON: 'true', RS_PROJECT_DIR: works, AWS_ENDPOINT_URL: proxy.url }
  return project.program(['rs-deploy-function'], { ...place, ...keys, ...env })
}

async function change(some: readonly string[], text = `// ${Math.random()}\n`): Promise<void> {
  for (const folder of some) {
    const file = path.join(works, folder, 'index.mjs')
    await writeFile(file, `${await readFile(file, 'utf8')}${text}`)
  }
}

async function namesOfAll(): Promise<string[]> {
  const { Functions = [] } = await lambda.send(new ListFunctionsCommand({ MaxItems: 50 }))
  return Functions.map(({ FunctionName = '' }) => FunctionName)
}

/** The version behind every alias, by the function's name without what CloudFormation appends. */
async function aliases(): Promise<Record<string, string>> {
  const found = (await namesOfAll()).map(async (FunctionName) => {
    const { FunctionVersion = '' } = await lambda.send(new GetAliasCommand({ FunctionName, Name: 'live' }))
    return [shortName(FunctionName), FunctionVersion] as const
  })
  return Object.fromEntries((await Promise.all(found)).sort())
}

const shortName = (name: string): string => /(Orders\d+|Stock\d+|Billing\d+|Made|front)/.exec(name)?.[0] ?? name
const released = (result: RunResult): string[] =>
  Object.keys(jsonLine(result, 'summary')['functions'] as Record<string, unknown>).sort()
const moved = (before: Record<string, string>, after: Record<string, string>): string[] =>
  Object.keys(after).filter((name) => before[name] !== after[name])
const count = (operation: string): number => proxy.calls.filter((call) => call.operation === operation).length
const facts = (result: RunResult): string => JSON.stringify(jsonLine(result, 'failure')['facts'])

/** Meets the first call of one function that matches. */
async function failing(operation: string, name: string, fault: Fault): Promise<void> {
  const full = (await namesOfAll()).find((one) => shortName(one) === name) ?? ''
  const matches = (call: Call): boolean => call.operation === operation && call.path.includes(full)
  proxy.rules({ matches, from: 1, times: 99, fault })
}

describe('thirty functions', () => {
  it('are all released together: each updated once, one zip per folder, one receipt', async () => {
    await change(folders)
    const result = await through()
    expect(released(result)).toHaveLength(30)
    expect(jsonLine(result, 'summary')).toMatchObject({ outcome: 'deployed', release: 2 })
    expect(new Set(Object.values(await aliases()))).toEqual(new Set(['2']))
    const operations = ['UpdateFunctionCode', 'PublishVersion', 'UpdateAlias', 'PutObject releases']
    expect(operations.map(count)).toEqual([30, 0, 30, 1])
    const made = await readdir(path.join(works, '.aws-sam-dev-acme', 'code'), { recursive: true })
    expect(made.filter((file) => file.endsWith('.zip'))).toHaveLength(folders.length)
  }, 120_000)

  it('are left alone where their code is live already; rs-deploy has nothing to do either', async () => {
    const again = await through()
    expect(jsonLine(again, 'summary')).toMatchObject({ outcome: 'unchanged', release: 2 })
    expect(count('UpdateFunctionCode')).toBe(0)
    expect(jsonLine(await make('rs-deploy'), 'summary')).toMatchObject({ outcome: 'unchanged', release: 2 })
  }, 120_000)

  it.each([
    ['ten of the root', 'orders', 'Orders'],
    ['ten of a nested stack', 'billing/code', 'Billing/Billing'],
  ])(
    'are released by folder: %s',
    async (_case, folder, start) => {
      await change([folder])
      const result = await through()
      expect(released(result)).toHaveLength(10)
      expect(released(result).every((id) => id.startsWith(start))).toBe(true)
      expect(count('UpdateFunctionCode')).toBe(10)
    },
    120_000,
  )

  it('are chosen by name and pattern; the others wait for their turn', async () => {
    await change(['stock', 'made', 'billing/code'])
    const some = await make('rs-deploy-function', 'FUNCTION=Stock0[1],*')
    expect(jsonLine(some, 'failure')).toMatchObject({ code: 'Usage' })
    const chosen = await make('rs-deploy-function', 'FUNCTION=Stock*, Made,Billing/Billing03')
    expect(released(chosen)).toEqual([
      'Billing/Billing03',
      'Made',
      ...[1, 2, 3, 4, 5, 6, 7, 8].map((i) => `Stock0${i}`),
    ])
    const rest = await make('rs-deploy-function')
    expect(released(rest)).toHaveLength(9)
    expect(released(rest)).not.toContain('Billing/Billing03')
  }, 120_000)
})

describe('where one of thirty fails', () => {
  it('at its import, no alias moves; it is named with its line of the log', async () => {
    const before = await aliases()
    const good = await readFile(path.join(works, 'made', 'index.mjs'), 'utf8')
    await change(folders)
    await writeFile(path.join(works, 'made', 'index.mjs'), `import './nothing-of-that-name.mjs'\n${good}`)
    const result = await make('rs-deploy-function')
    expect(jsonLine(result, 'failure')).toMatchObject({ code: 'Unhealthy' })
    expect(jsonLine(result, 'failure')['message']).toContain('1 of 30 functions failed: none went live')
    expect(facts(result)).toContain('Made')
    expect(facts(result)).toContain('nothing-of-that-name')
    expect(await aliases()).toEqual(before)
    await writeFile(path.join(works, 'made', 'index.mjs'), good)
  }, 120_000)

  it('at its update, no alias moves', async () => {
    const before = await aliases()
    await change(folders)
    await failing('UpdateFunctionCode', 'Stock03', { kind: 'refused', as: 'expired' })
    const result = await through()
    proxy.rules()
    expect(jsonLine(result, 'failure')['message']).toContain('none went live')
    expect(facts(result)).toContain('Stock03')
    expect(await aliases()).toEqual(before)
  }, 120_000)

  it('at its alias, those that were moved go back', async () => {
    const before = await aliases()
    await failing('UpdateAlias', 'Orders07', { kind: 'refused', as: 'expired' })
    expect((await through()).exitCode).not.toBe(0)
    proxy.rules()
    expect(count('UpdateAlias')).toBeGreaterThan(2)
    expect(await aliases()).toEqual(before)
  }, 120_000)

  it('in its health once requests reach it, all thirty go back, and say so', async () => {
    const before = await aliases()
    const matches = (call: Call): boolean => call.operation.endsWith('/status')
    proxy.rules({ matches, from: 1, times: 1, fault: { kind: 'refused', as: 'broken' } })
    const result = await through({ RS_HEALTH_ATTEMPTS: '1' })
    expect(proxy.met()).toBe(1)
    proxy.rules()
    expect(jsonLine(result, 'failure')).toMatchObject({ code: 'Unhealthy' })
    expect(count('UpdateAlias')).toBe(60)
    expect(await aliases()).toEqual(before)
  }, 120_000)

  it('later, the way back takes all thirty, in one call each', async () => {
    const before = await aliases()
    expect(released(await make('rs-deploy-function'))).toHaveLength(30)
    expect(moved(before, await aliases())).toHaveLength(30)
    const back = await make('rs-rollback')
    expect(jsonLine(back, 'summary')).toMatchObject({ outcome: 'rolled-back' })
    expect(await aliases()).toEqual(before)
  }, 120_000)
})

describe('after rs-deploy', () => {
  it('a function that CloudFormation left with other code is updated directly, and said; in a nested stack too', async () => {
    expect(shown(await make('rs-deploy'))).toContain('exit 0')
    const names = await namesOfAll()
    const ZipFile = await readFile(path.join(works, '.aws-sam-dev-acme', 'zips', 'Front.zip'))
    for (const name of ['Stock05', 'Billing02']) {
      const FunctionName = names.find((one) => shortName(one) === name)
      await lambda.send(new UpdateFunctionCodeCommand({ FunctionName, ZipFile }))
    }
    const result = await make('rs-deploy', 'FORCE=true')
    expect(result.exitCode).toBe(0)
    const said = [...result.stdout.matchAll(/(\S+) held other code than the build/g)].map(([, name]) => name)
    expect(said.map((name) => name?.replaceAll('"', '').split(':').at(-1)).sort()).toEqual([
      'Billing/Billing02',
      'Stock05',
    ])
  }, 300_000)

  it('rs-deploy-only keeps newer code that was released past it, unless asked', async () => {
    await change(['orders', 'billing/code'])
    expect(released(await make('rs-deploy-function'))).toHaveLength(20)
    const newer = await aliases()
    const kept = await make('rs-deploy-only', 'FORCE=true')
    expect(shown(kept)).toContain('exit 0')
    expect(kept.stdout).toContain('Billing/Billing01 keeps the code of version')
    expect(await aliases()).toEqual(newer)
    const taken = await make('rs-deploy-only', 'FORCE=true', 'CODE=build')
    expect(shown(taken)).toContain('exit 0')
    expect(moved(newer, await aliases())).toHaveLength(20)
  }, 300_000)
})

describe('a zip over 50 MiB', () => {
  it('goes through S3 in parts, once, and not again where it is live', async () => {
    const blob = path.join(works, 'made', 'blob.bin')
    await writeFile(blob, randomBytes(53 * 1024 * 1024))
    await writeFile(path.join(works, 'made', 'Makefile'), 'build-Made:\n\tcp index.mjs blob.bin "$(ARTIFACTS_DIR)/"\n')
    const result = await through({ RS_FUNCTION: 'Made' })
    expect(released(result)).toEqual(['Made'])
    expect(count('PutObject artifacts')).toBeGreaterThan(5)
    expect(jsonLine(await through({ RS_FUNCTION: 'Made' }), 'summary')).toMatchObject({ outcome: 'unchanged' })
    expect([count('PutObject artifacts'), count('UpdateFunctionCode')]).toEqual([0, 0])
    // Uploaded and not live, as after a run that was cut off: the object is there, and is not uploaded again.
    expect((await make('rs-rollback')).exitCode).toBe(0)
    expect(released(await through({ RS_FUNCTION: 'Made' }))).toEqual(['Made'])
    expect(count('PutObject artifacts')).toBe(0)
  }, 240_000)

  it('whose upload fails leaves every alias where it is', async () => {
    const before = await aliases()
    await writeFile(path.join(works, 'made', 'blob.bin'), randomBytes(53 * 1024 * 1024))
    const matches = (call: Call): boolean => call.operation === 'PutObject artifacts'
    proxy.rules({ matches, from: 1, times: 99, fault: { kind: 'refused', as: 'expired' } })
    const result = await through({ RS_FUNCTION: 'Made' })
    proxy.rules()
    expect(result.exitCode).not.toBe(0)
    expect(await aliases()).toEqual(before)
  }, 120_000)
})
