import { writeFile } from 'node:fs/promises'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { type Begun, type Project, jsonLine, makeProject, shown } from './support/project.js'

const target = ['ENV=dev', 'ORG=demo', 'CLOUD=local', 'JSON=true']
const flags = ['--env', 'dev', '--org', 'demo', '--cloud', 'local']
const main = path.join('backend', 'rawscribe', 'main.py')
let project: Project
let api: string
let good: string

beforeAll(async () => {
  project = await makeProject('shift')
  good = await project.read(main)
  const deployed = await project.make(['rs-deploy', ...target])
  if (deployed.exitCode !== 0) throw new Error(shown(deployed))
  api = String(jsonLine(deployed, 'summary')['api'])
}, 240_000)

afterAll(() => project.remove(), 60_000)

const write = (text: string): Promise<void> => writeFile(path.join(project.folder, main), text)
/** The newest receipt. */
async function newest(): Promise<unknown> {
  const history = jsonLine(await project.make(['rs-history', ...target]), 'result')['data'] as { release: number }[]
  const shown = await project.make(['rs-show-release', ...target, `RELEASE=${history[0]?.release}`])
  return jsonLine(shown, 'result')['data']
}
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
    const broken =
      'served = handler\n\n\ndef handler(event, context):\n    if event["path"] != "/health":\n' +
      '        raise RuntimeError("broken")\n    return served(event, context)\n'
    await write(`${good}\n${broken}`)
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
  }, 60_000)

  it('whose version is not healthy never begins', async () => {
    await write(`${good}\nhandler = lambda event, context: {"statusCode": 500, "body": "{}"}\n`)
    const result = await project.make(['rs-deploy-function', ...target, 'STRATEGY=LambdaCanary10Percent5Minutes'])
    expect(jsonLine(result, 'failure')['message']).toContain('failed its check before traffic')
    expect(result.stdout).not.toContain('of the requests')
  }, 60_000)

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
    await project.make(['rs-unlock', ...target, 'YES=true'])
  }, 60_000)

  it('is finished from elsewhere, and ends where it began', async () => {
    const running = await halfWay()
    const finished = await project.make(['rs-shift-finish', ...target])
    expect(jsonLine(finished, 'summary')).toMatchObject({ outcome: 'finished', by: 'its run' })
    const result = await running.ended
    expect(jsonLine(result, 'summary')).toMatchObject({ outcome: 'deployed' })
    expect(await answering(12)).toHaveLength(1)
    expect(await newest()).toMatchObject({ outcome: 'live', shift: { ended: 'finished', percent: 50 } })
  }, 60_000)
})
