import { writeFile } from 'node:fs/promises'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { type Begun, type Project, type RunResult, jsonLine, makeProject, shown } from './support/project.js'
import { answeringVersions, countAnswers, during } from './support/traffic.js'

const target = ['ENV=dev', 'ORG=demo', 'CLOUD=local', 'JSON=true']
const flags = ['--env', 'dev', '--org', 'demo', '--cloud', 'local']
const main = path.join('backend', 'rawscribe', 'main.py')
let project: Project
let other: Project
let api: string
let good: string

beforeAll(async () => {
  project = await makeProject('shift')
  other = await makeProject('other')
  good = await project.read(main)
  const deployed = await project.make(['rs-deploy', ...target])
  if (deployed.exitCode !== 0) throw new Error(shown(deployed))
  api = String(jsonLine(deployed, 'summary')['api'])
}, 240_000)

afterAll(async () => {
  await project.remove()
  await other.remove()
}, 120_000)

const write = (text: string): Promise<void> => writeFile(path.join(project.folder, main), text)
const failing =
  'served = handler\n\n\ndef handler(event, context):\n    if event["path"] != "/health":\n' +
  '        raise RuntimeError("broken")\n    return served(event, context)\n'
/** The newest receipt. */
async function newest(): Promise<unknown> {
  const history = jsonLine(await project.make(['rs-history', ...target]), 'result')['data'] as { release: number }[]
  const shown = await project.make(['rs-show-release', ...target, `RELEASE=${history[0]?.release}`])
  return jsonLine(shown, 'result')['data']
}
/** From another checkout, by its own words of where the local AWS is. */
const elsewhere = (command: string): Promise<RunResult> =>
  other.program([command, ...flags.slice(0, 4), '--json'], {
    AWS_ENDPOINT_URL: new URL(api).origin,
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
    AWS_REGION: 'us-east-1',
  })
/** A shift that nobody would wait for, at its first half. */
const halfWay = (): Promise<Begun> =>
  project.begun(
    ['rs-deploy-function', ...flags, '--strategy', 'LambdaCanary50Percent30Minutes'],
    '50 % of the requests',
  )
/** The versions that answer /health now, of so many requests. */
async function answering(times: number): Promise<string[]> {
  const versions = new Set<string>()
  for (let i = 0; i < times; i++) {
    const answer = await fetch(`${api}/health`)
    versions.add(`${answer.status} ${((await answer.json()) as { version: string }).version}`)
  }
  return [...versions].sort()
}

describe('a shift', () => {
  it('takes a version back that fails more requests than the old one, and is recorded', async () => {
    await write(`${good}\n${failing}`)
    const running = await halfWay()
    let over = false
    const ended = running.ended.finally(() => (over = true))
    while (!over) await fetch(`${api}/`)
    const result = await ended
    expect(jsonLine(result, 'failure')).toMatchObject({ code: 'Unhealthy', exitCode: 5 })
    expect(jsonLine(result, 'failure')['message']).toMatch(
      /ended in an error.*back at 50 %: version 1 has all requests/,
    )
    expect(await answering(12)).toEqual(['200 1'])
    expect(await newest()).toMatchObject({
      outcome: 'failed',
      shift: { ended: 'gate', percent: 50 },
      rollback: { outcome: 'healthy', versions: { RawscribeLambda: '1' } },
    })
  }, 120_000)

  it('whose version is not healthy never begins', async () => {
    await write(`${good}\nhandler = lambda event, context: {"statusCode": 500, "body": "{}"}\n`)
    const result = await project.make(['rs-deploy-function', ...target, 'STRATEGY=LambdaCanary10Percent5Minutes'])
    expect(jsonLine(result, 'failure')['message']).toContain('failed its check before traffic')
    expect(result.stdout).not.toContain('of the requests')
  }, 120_000)

  it('that was killed is aborted from elsewhere', async () => {
    await write(`${good}\n# good\n`)
    const running = await halfWay()
    running.signal('SIGKILL')
    await running.ended
    expect(await answering(16)).toHaveLength(2)
    const refused = await project.make(['rs-deploy-function', ...target, 'LOCK_WAIT=0'])
    expect(jsonLine(refused, 'failure')).toMatchObject({ code: 'Refused' })
    const looked = await project.make(['check-rs', ...target])
    expect(shown(looked)).toContain('50 % of the requests')
    const aborted = await project.make(['rs-shift-abort', ...target])
    expect(jsonLine(aborted, 'summary')).toMatchObject({ outcome: 'aborted', serving: { RawscribeLambda: '1' } })
    expect(await answering(12)).toEqual(['200 1'])
    const again = await project.make(['rs-shift-abort', ...target])
    expect(jsonLine(again, 'summary')).toMatchObject({ outcome: 'none' })
    // Of a run that died a moment ago nobody knows but by its silence.
    await project.make(['rs-unlock', ...target, 'YES=true'])
  }, 150_000)

  it('that was killed is finished by another command, past the lock that it left', async () => {
    const running = await halfWay()
    running.signal('SIGKILL')
    await running.ended
    const finished = await project.make(['rs-shift-finish', ...target])
    const summary = jsonLine(finished, 'summary')
    expect(summary).toMatchObject({ outcome: 'finished', by: 'this run' })
    expect(await newest()).toMatchObject({ release: summary['release'], outcome: 'live', shift: { ended: 'finished' } })
    expect(await answering(12)).toHaveLength(1)
    expect((await project.make(['rs-lock-status', ...target])).stdout).toContain('free')
    await write(`${good}\n# once more\n`)
  }, 150_000)

  it('is finished from elsewhere, and ends where it began', async () => {
    const running = await halfWay()
    const finished = await project.make(['rs-shift-finish', ...target])
    expect(jsonLine(finished, 'summary')).toMatchObject({ outcome: 'finished', by: 'its run' })
    const result = await running.ended
    expect(jsonLine(result, 'summary')).toMatchObject({ outcome: 'deployed' })
    expect(await answering(12)).toHaveLength(1)
    expect(await newest()).toMatchObject({ outcome: 'live', shift: { ended: 'finished', percent: 50 } })
  }, 120_000)

  it('is aborted from another checkout: its run says who asked, takes everything back, and ends', async () => {
    await write(`${good}\n# aborted\n`)
    const [before] = await answering(6)
    const running = await halfWay()
    const aborted = await elsewhere('rs-shift-abort')
    expect(jsonLine(aborted, 'summary')).toMatchObject({ outcome: 'aborted', by: 'its run' })
    const result = await running.ended
    expect(result.exitCode).toBe(3)
    expect(result.stdout).toMatch(/asked to abort it now \(rs-shift-abort\)/)
    expect(jsonLine(result, 'failure')['message']).toMatch(
      /^aborted by .+; back at 50 %: version \d+ has all requests again$/,
    )
    expect(await answering(12)).toEqual([before])
    expect(await newest()).toMatchObject({ outcome: 'failed', shift: { ended: 'aborted', percent: 50 } })
  }, 120_000)

  it('whose run sleeps is taken over from another checkout, and the run says so when it wakes', async () => {
    const [before] = await answering(6)
    const running = await halfWay()
    running.signal('SIGSTOP')
    const aborted = await elsewhere('rs-shift-abort')
    expect(aborted.stdout).toContain('does not answer')
    expect(jsonLine(aborted, 'summary')).toMatchObject({ outcome: 'aborted', by: 'this run' })
    running.signal('SIGCONT')
    const result = await running.ended
    expect(jsonLine(result, 'failure')).toMatchObject({ code: 'Interrupted', exitCode: 3 })
    expect(jsonLine(result, 'failure')['message']).toContain('ended this shift: this run ends and leaves it to them')
    expect(await answering(12)).toEqual([before])
  }, 120_000)

  it('is left where it is by Ctrl-C, which says how to go on; the same command does', async () => {
    const canary = ['rs-deploy-function', ...flags, '--strategy', 'Canary50Percent3Seconds']
    const running = await project.begun(canary, '50 % of the requests')
    running.signal('SIGINT')
    const stopped = await running.ended
    expect(stopped.exitCode).toBe(3)
    expect(jsonLine(stopped, 'failure')['message']).toContain('and nobody watches it now')
    expect(JSON.stringify(jsonLine(stopped, 'failure')['facts'])).toContain('make rs-shift-finish ENV=dev ORG=demo')
    expect(await answering(16)).toHaveLength(2)
    expect((await project.make(['rs-lock-status', ...target])).stdout).toContain('free')
    const resumed = await project.program([...canary, '--json'])
    expect(resumed.stdout).toContain('was left half way: going on with it')
    expect(jsonLine(resumed, 'summary')).toMatchObject({ outcome: 'deployed' })
    expect(await answering(12)).toHaveLength(1)
    expect(await newest()).toMatchObject({ outcome: 'live', shift: { ended: 'done', percent: 100 } })
  }, 120_000)
})

describe('rs-deploy, step by step', () => {
  const memory = async (megabytes: number): Promise<void> => {
    const template = await project.read('template.yaml')
    const changed = template.replace(/MemorySize: \d+/, `MemorySize: ${megabytes}`)
    await writeFile(path.join(project.folder, 'template.yaml'), changed)
  }
  const deploy = (strategy: string): Promise<RunResult> =>
    project.program(['rs-deploy', ...flags, '--json', '--strategy', strategy])

  it('moves the requests from the old version to the new one, and none of them fails', async () => {
    const [before = ''] = await answering(6)
    await write(`${good}\n# by rs-deploy\n`)
    await memory(640)
    const { result, asked } = await during({ api, paths: ['/health', '/'] }, () => deploy('Canary50Percent3Seconds'))
    expect(jsonLine(result, 'summary')).toMatchObject({ outcome: 'deployed' })
    expect(result.stdout).toContain('50 % of the requests reach version')
    expect(countAnswers(asked.filter(({ status }) => status !== 200))).toEqual({})
    const [now = ''] = await answering(12)
    expect(answeringVersions(asked)).toEqual([before.slice(4), now.slice(4)])
    expect(await newest()).toMatchObject({ command: 'rs-deploy', shift: { ended: 'done', percent: 100 } })
    const again = await deploy('Canary50Percent3Seconds')
    expect(jsonLine(again, 'summary')).toMatchObject({ outcome: 'unchanged' })
  }, 300_000)

  it('that was killed half way is refused without its STRATEGY, and goes on with it', async () => {
    const [before = ''] = await answering(6)
    await write(`${good}\n# killed\n`)
    await memory(672)
    const strategy = 'Canary50Percent3Seconds'
    const running = await project.begun(['rs-deploy', ...flags, '--strategy', strategy], '50 % of the requests')
    running.signal('SIGKILL')
    await running.ended
    await project.make(['rs-unlock', ...target, 'YES=true'])
    const refused = await deploy('AllAtOnce')
    expect(jsonLine(refused, 'failure')).toMatchObject({ code: 'StackState', exitCode: 4 })
    expect(JSON.stringify(jsonLine(refused, 'failure'))).toMatch(
      /make rs-shift-finish .*make rs-shift-abort .*STRATEGY=/,
    )
    const resumed = await deploy(strategy)
    expect(resumed.stdout).toContain('was left half way: going on with it')
    expect(jsonLine(resumed, 'summary')).toMatchObject({ outcome: 'deployed' })
    const [now = '', ...others] = await answering(12)
    expect(others).toEqual([])
    expect(Number(now.slice(4))).toBeGreaterThan(Number(before.slice(4)))
    expect(await newest()).toMatchObject({ command: 'rs-deploy', shift: { ended: 'done', percent: 100 } })
  }, 300_000)

  it('takes the requests back where the new version fails, and the corrected code is deployed after it', async () => {
    const before = await answering(6)
    await write(`${good}\n${failing}`)
    await memory(704)
    const { result, asked } = await during({ api, paths: ['/'] }, () => deploy('Canary50Percent30Minutes'))
    expect(result.exitCode).toBe(5)
    expect(jsonLine(result, 'failure')['message']).toMatch(/ended in an error.*back at 50 %/)
    expect(await answering(12)).toEqual(before)
    expect(asked.filter(({ status }) => status === 200).length).toBeGreaterThan(0)
    expect(await newest()).toMatchObject({ command: 'rs-deploy', outcome: 'failed', shift: { ended: 'gate' } })
    await write(`${good}\n# corrected\n`)
    expect(jsonLine(await deploy('AllAtOnce'), 'summary')).toMatchObject({ outcome: 'deployed' })
    expect(await answering(12)).not.toEqual(before)
  }, 300_000)
})
