import { appendFile, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { type FaultProxy, startProxy } from '../support/fault-proxy.js'
import { type Project, type RunResult, jsonLine, makeProject, shown } from './support/project.js'

const target = ['ENV=dev', 'ORG=demo', 'CLOUD=local']
const main = path.join('backend', 'rawscribe', 'main.py')
let project: Project
let api: string
let good: string

beforeAll(async () => {
  project = await makeProject('release')
  good = await project.read(main)
  const deployed = await project.make(['rs-deploy', ...target, 'JSON=true'])
  if (deployed.exitCode !== 0) throw new Error(shown(deployed))
  api = String(jsonLine(deployed, 'summary')['api'])
}, 240_000)

afterAll(() => project.remove())

const deployFunction = (...words: string[]): Promise<RunResult> =>
  project.make(['rs-deploy-function', ...target, 'JSON=true', ...words])
const write = (text: string): Promise<void> => writeFile(path.join(project.folder, main), text)

const keys = { AWS_ACCESS_KEY_ID: 'test', AWS_SECRET_ACCESS_KEY: 'test', AWS_REGION: 'us-east-1' }
const deployThrough = ({ url }: FaultProxy): Promise<RunResult> =>
  project.program(['rs-deploy-function'], { ENV: 'dev', ORG: 'demo', RS_JSON: 'true', AWS_ENDPOINT_URL: url, ...keys })

/** Under the lock it is only asked whether anything happened since the reading; every other thing is done once. */
const fewestCalls = [
  'DeleteObject locks',
  ...['DescribeStacks', 'DescribeStacks'],
  ...['GET health', 'GET live'],
  // Listings of the receipts; the journal of a shift, which there is none of.
  ...['GetBucket', 'GetBucket'],
  'GetCallerIdentity',
  ...['GetObject locks', 'GetObject releases'],
  'GetTemplate',
  'Invoke',
  'ListStackResources',
  ...['PutObject locks', 'PutObject releases'],
  'UpdateAlias',
  'UpdateFunctionCode',
]

/** What went over the wire; how often Lambda is asked whether it is ready depends on Lambda. */
const callsOf = ({ calls }: FaultProxy): string[] =>
  calls
    .map(({ operation }) => operation.replace(/^GET .*\//, 'GET '))
    .filter((name) => name !== 'GET configuration')
    .sort()

/** Asks the API for its health all the while, and returns what was answered: `200 <version>`. */
async function asking<T>(work: () => Promise<T>): Promise<{ result: T; answers: Set<string> }> {
  const answers = new Set<string>()
  let done = false
  const asked = (async () => {
    do {
      const answer = await fetch(`${api}/health`)
      const { version } = (await answer.json()) as { version?: string }
      answers.add(`${answer.status} ${version}`)
    } while (!done)
  })()
  const result = await work().finally(() => (done = true))
  await asked
  return { result, answers }
}

describe('code alone', () => {
  it('is not uploaded where the live code is this code already: the zip is the build’s, byte for byte', async () => {
    const result = await deployFunction()
    expect(jsonLine(result, 'summary')).toMatchObject({ outcome: 'unchanged', release: 1 })
  })

  it('goes live while every request is answered, and rs-deploy has nothing left to do', async () => {
    await write(`${good}\n# changed\n`)
    const proxy = await startProxy((await project.make(['local-start'])).stdout.trim())
    const { result, answers } = await asking(() => deployThrough(proxy)).finally(() => proxy.close())
    expect(jsonLine(result, 'summary')).toMatchObject({ outcome: 'deployed', release: 2 })
    expect(callsOf(proxy)).toEqual(fewestCalls)
    expect([...answers].sort()).toEqual(['200 1', '200 2'].filter((one) => answers.has(one)))
    const again = await project.make(['rs-deploy', ...target, 'JSON=true'])
    expect(jsonLine(again, 'summary')).toMatchObject({ outcome: 'unchanged', release: 2 })
  }, 60_000)

  it.each([
    ['cannot be imported', 'import nothing_of_that_name\n', 'nothing_of_that_name'],
    ['is not healthy', 'handler = lambda event, context: {"statusCode": 500, "body": "{}"}\n', 'answered 500'],
  ])(
    'that %s never sees a request',
    async (_case, broken, problem) => {
      await write(`${good}\n# changed\n${broken}`)
      const { result, answers } = await asking(() => deployFunction())
      expect([...answers]).toEqual(['200 2'])
      expect(jsonLine(result, 'failure')['message']).toContain(problem)
      expect(result.exitCode).toBe(2)
    },
    60_000,
  )

  it('that needs other packages is refused, and left undone', async () => {
    await write(`${good}\n# changed\n`)
    const requirements = path.join(project.folder, 'backend', 'layers', 'dependencies', 'requirements.txt')
    const before = await project.read('backend/layers/dependencies/requirements.txt')
    await appendFile(requirements, '# one more\n')
    const refused = await deployFunction()
    await writeFile(requirements, before)
    expect(jsonLine(refused, 'failure')).toMatchObject({ code: 'StackState' })
  }, 60_000)

  it('goes back to the release before in one call, and not forward again', async () => {
    const back = await project.make(['rs-rollback', ...target, 'JSON=true'])
    expect(jsonLine(back, 'summary')).toMatchObject({ outcome: 'rolled-back', to: 1 })
    const health = (await (await fetch(`${api}/health`)).json()) as { version?: string }
    expect(health.version).toBe('1')
    const further = await project.make(['rs-rollback', ...target, 'JSON=true'])
    expect(jsonLine(further, 'failure')).toMatchObject({ code: 'StackState' })
  }, 60_000)
})
