import { CloudWatchClient, GetMetricStatisticsCommand } from '@aws-sdk/client-cloudwatch'
import { readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { type Project, type RunResult, jsonLine, makeProject, shown } from './support/project.js'
import { type Traffic, answeringVersions, countAnswers, during } from './support/traffic.js'

const org = 'load'
const flags = ['--env', 'dev', '--org', org, '--cloud', 'local', '--json']
const admin = { ADMIN_USERNAME: `admin@${org}.org`, ADMIN_PASSWORD: 'Correct-Horse-1!' }
const name = `rawscribe-dev-${org}-backend`
const main = path.join('backend', 'rawscribe', 'main.py')
const paths = ['/health', '/', '/api/v1/sops/list']

/** Ten requests a second go through the API all the while, a third of them with a token through the authorizer. */
describe('under ten requests a second', () => {
  let project: Project
  let traffic: Traffic
  let good: string
  let serving = '1'

  beforeAll(async () => {
    project = await makeProject('load')
    good = await project.read(main)
    const template = path.join(project.folder, 'template.yaml')
    // No release of these tests waits for more than a slow function's patience.
    await writeFile(template, (await readFile(template, 'utf8')).replace('Timeout: 30', 'Timeout: 5'))
    const deployed = await project.program(['rs-deploy', ...flags], admin)
    if (deployed.exitCode !== 0) throw new Error(shown(deployed))
    const token = await project.program(['get-rs-token', ...flags], {
      RS_USER_NAME: admin.ADMIN_USERNAME,
      PASSWORD: admin.ADMIN_PASSWORD,
    })
    const [jwt = ''] = /eyJ[\w-]+\.[\w-]+\.[\w-]+/.exec(token.stdout) ?? []
    traffic = { api: String(jsonLine(deployed, 'summary')['api']), paths, token: jwt }
  }, 240_000)
  afterAll(() => project.remove(), 60_000)

  const release = (...words: string[]): Promise<RunResult> =>
    project.program(['rs-deploy-function', ...flags, ...words])
  const write = (more: string): Promise<void> => writeFile(path.join(project.folder, main), `${good}\n${more}\n`)
  const receipt = async (target = flags): Promise<unknown> => {
    const history = jsonLine(await project.program(['rs-history', ...target]), 'result')['data'] as {
      release: number
    }[]
    const newest = await project.program(['rs-show-release', ...target, '--release', String(history[0]?.release)])
    return jsonLine(newest, 'result')['data']
  }

  /** Of all requests that came through the alias, whoever sent them, those that this version was given. */
  async function requestsOf(version: string): Promise<number> {
    const credentials = { accessKeyId: 'test', secretAccessKey: 'test' }
    const client = new CloudWatchClient({ endpoint: new URL(traffic.api).origin, region: 'us-east-1', credentials })
    const { Datapoints = [] } = await client.send(
      new GetMetricStatisticsCommand({
        Namespace: 'AWS/Lambda',
        MetricName: 'Invocations',
        Dimensions: [
          { Name: 'FunctionName', Value: name },
          { Name: 'Resource', Value: `${name}:live` },
          { Name: 'ExecutedVersion', Value: version },
        ],
        StartTime: new Date(Date.now() - 3_600_000),
        EndTime: new Date(Date.now() + 60_000),
        Period: 60,
        Statistics: ['Sum'],
      }),
    )
    return Datapoints.reduce((sum, { Sum = 0 }) => sum + Sum, 0)
  }
  /** Versions are numbered as they are published, one for each code. */
  const published = (result: RunResult): string =>
    /version (\d+)/.exec(JSON.stringify(jsonLine(result, 'failure')))![1]!

  it('ten releases go by, and no request fails', async () => {
    const { result, asked } = await during(traffic, async () => {
      const results: RunResult[] = []
      for (let i = 1; i <= 10; i++) {
        await write(`# good ${i}`)
        results.push(await release())
      }
      return results
    })
    for (const one of result) expect(jsonLine(one, 'summary')).toMatchObject({ outcome: 'deployed' })
    const failed = asked.filter(({ status }) => status !== 200)
    expect({ failed: countAnswers(failed), asked: asked.length >= 100 }).toEqual({ failed: {}, asked: true })
    expect(answeringVersions(asked).at(-1)).toBe('11')
    serving = '11'
  }, 300_000)

  const unhealthy = 'handler = lambda event, context: {"statusCode": 500, "body": "{}"}'
  it.each(
    [
      ['cannot be imported', 'import nothing_of_that_name', 'nothing_of_that_name'],
      ['answers 500', unhealthy, 'answered 500'],
      ['never gets done with starting', 'import time\ntime.sleep(60)', 'timed out'],
    ].flatMap(([what, code, problem]) =>
      ['AllAtOnce', 'LambdaCanary10Percent5Minutes', 'LambdaLinear10PercentEvery1Minute'].map(
        (strategy) => [what!, strategy, code!, problem!] as const,
      ),
    ),
  )(
    'a version that %s never sees one, with %s',
    async (_what, strategy, code, problem) => {
      await write(`${code} # ${strategy}`)
      const { result, asked } = await during(traffic, () => release('--strategy', strategy))
      expect(result.exitCode).toBe(5)
      expect(jsonLine(result, 'failure')).toMatchObject({ code: 'Unhealthy' })
      expect(jsonLine(result, 'failure')['message']).toContain(problem)
      expect(countAnswers(asked.filter(({ status }) => status !== 200))).toEqual({})
      expect(answeringVersions(asked)).toEqual([serving])
      expect(Number(published(result))).toBeGreaterThan(Number(serving))
      expect(await requestsOf(published(result))).toBe(0)
    },
    120_000,
  )

  it('a version that is slow to start is waited for, and no request fails', async () => {
    await write('import time\ntime.sleep(3)')
    const { result, asked } = await during(traffic, () => release())
    expect(jsonLine(result, 'summary')).toMatchObject({ outcome: 'deployed' })
    expect(countAnswers(asked.filter(({ status }) => status !== 200))).toEqual({})
    serving = String((jsonLine(result, 'summary')['version'] as string | undefined) ?? answeringVersions(asked).at(-1))
  }, 120_000)

  const onlyOverHttp =
    'served = handler\n\n\ndef handler(event, context):\n' +
    '    if event["path"] == "/health" and event["headers"].get("Host") != "direct-check":\n' +
    '        return {"statusCode": 500, "body": "{}"}\n    return served(event, context)'
  it.each(['AllAtOnce', 'Canary50Percent30Minutes'])(
    'a version that is only unhealthy for those who come through the API goes back by itself, with %s',
    async (strategy) => {
      await write(`${onlyOverHttp} # ${strategy}`)
      const { result } = await during(traffic, () => release('--strategy', strategy))
      expect(result.exitCode).toBe(5)
      expect(jsonLine(result, 'failure')).toMatchObject({ code: 'Unhealthy' })
      expect(await receipt()).toMatchObject({ outcome: 'failed', rollback: { outcome: 'healthy' } })
      const { asked } = await during(traffic, () => project.program(['rs-history', ...flags]))
      expect(countAnswers(asked.filter(({ status }) => status !== 200))).toEqual({})
      expect(answeringVersions(asked)).toEqual([serving])
    },
    120_000,
  )

  it('a version that makes an alarm of the template go on while it shifts goes back by itself', async () => {
    // A target of its own: an alarm stays on for some minutes, and while it does no shift begins.
    const target = flags.map((word) => (word === org ? 'alarm' : word))
    const canary = ['rs-deploy-function', ...target, '--strategy', 'Canary50Percent30Minutes']
    // No crash: errors and health are well, some answers are not. One is bad on request, to keep the alarm on at will.
    const failing = '/?fail=1'
    const onRequest = '(event.get("queryStringParameters") or {}).get("fail")'
    await write(answering500Where(onRequest))
    const deployed = await project.program(['rs-deploy', ...target, '--alarm-email', 'ops@load.org'])
    expect(shown(deployed)).toContain('exit 0')
    const alarmed: Traffic = { api: String(jsonLine(deployed, 'summary')['api']), paths: ['/health', '/'] }
    await write(answering500Where(`${onRequest} or event["path"] == "/"`))
    const { result } = await during(alarmed, () => project.program(canary))
    expect(result.exitCode).toBe(5)
    expect(jsonLine(result, 'failure')['message']).toContain(
      'the alarm rawscribe-dev-alarm-api-5xx is on; back at 50 %',
    )
    expect(await receipt(target)).toMatchObject({
      shift: { ended: 'gate', percent: 50 },
      rollback: { outcome: 'healthy' },
    })
    const paths = [...alarmed.paths, failing]
    const again = await during({ ...alarmed, paths }, () => project.program(canary))
    expect(jsonLine(again.result, 'failure')['message']).toContain('already: a shift could not tell')
    const others = again.asked.filter(({ path }) => path !== failing)
    expect(countAnswers(others.filter(({ status }) => status !== 200))).toEqual({})
    expect(answeringVersions(others)).toEqual(['1'])
  }, 180_000)
})

function answering500Where(condition: string): string {
  return (
    `served = handler\n\n\ndef handler(event, context):\n    if ${condition}:\n` +
    '        return {"statusCode": 500, "body": "{}"}\n    return served(event, context)'
  )
}
