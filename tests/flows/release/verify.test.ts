import { describe, expect, it } from '@jest/globals'
import { ownProject } from '../../../scripts/core/project.js'
import {
  type HealthAnswer,
  type HealthQuestion,
  askHealth,
  unhealthy,
} from '../../../scripts/flows/release/health-gate.js'
import { countListed, verifyAccess } from '../../../scripts/flows/release/verify-live.js'
import type { FunctionState, Functions, Http, HttpAnswer, Logs } from '../../../scripts/ports.js'
import { type FakeContext, fakeContext, fakeStep } from '../../support/fake-context.js'
import { rejectedBy, wordsOf } from '../../support/failures.js'
import { fakePort } from '../../support/fake-ports.js'

const api = 'https://api/dev'
const { openPaths, guardedPaths } = ownProject.api
const list = ownProject.api.list!
const answerOf = (version: string, status = 200): HttpAnswer => ({
  status,
  headers: {},
  body: JSON.stringify({ status: status === 200 ? 'healthy' : 'ill', version }),
})

function asking(get: Http['get'], inputs = {}, lines: Logs['lastLines'] = async () => []): FakeContext {
  return fakeContext({
    inputs,
    ports: (calls) => ({
      http: fakePort<Http>('http', { get }, calls),
      logs: fakePort<Logs>('logs', { lastLines: lines }, calls),
      functions: fakePort<Functions>('functions', { state: async () => undefined }, calls),
    }),
  })
}

describe('asking for health', () => {
  const ask = (context: FakeContext, over: Partial<HealthQuestion> = {}): Promise<HealthAnswer> => {
    const question = { api, function: 'f', version: '8', mustSayVersion: true, attempts: 15, ...over }
    return askHealth(question, fakeStep(), context)
  }

  it('is done with the first healthy answer of the released version', async () => {
    const context = asking(async () => answerOf('8'))
    expect(await ask(context)).toEqual({ kind: 'healthy', health: { attempts: 1, durationMs: 0 } })
    expect(context.calls).toEqual(['http.get(https://api/dev/health)'])
  })

  it('asks the path that HEALTH_PATH names', async () => {
    const context = asking(async () => answerOf('8'), { HEALTH_PATH: '/status' })
    await ask(context)
    expect(context.calls).toEqual(['http.get(https://api/dev/status)'])
  })

  it('waits 1, 2, 4 … seconds, at most a minute, 15 times in all, and not after the last', async () => {
    const context = asking(async () => undefined)
    const answer = await ask(context)
    const seconds = [1, 2, 4, 8, 16, 32, 60, 60, 60, 60, 60, 60, 60, 60]
    expect(context.clock.slept).toEqual(seconds.map((second) => second * 1000))
    expect(context.calls.filter((call) => call.startsWith('http.'))).toHaveLength(15)
    expect(answer).toMatchObject({ kind: 'unhealthy', problem: 'no answer', health: { attempts: 15 } })
  })

  it('begins no attempt later than it may', async () => {
    const context = asking(async () => undefined)
    await ask(context, { mostMs: 60_000 })
    expect(context.clock.slept).toEqual([1, 2, 4, 8, 16].map((second) => second * 1000))
  })

  it('does not take another version’s answer for this one’s', async () => {
    const answers = [answerOf('7'), answerOf('7'), answerOf('8')]
    const context = asking(async () => answers.shift())
    expect(await ask(context)).toEqual({ kind: 'healthy', health: { attempts: 3, durationMs: 3000 } })
    const old = asking(async () => answerOf('7'))
    expect(await ask(old, { attempts: 2 })).toMatchObject({ problem: 'version 7 answers instead of 8' })
  })

  it('takes an answer without a version only of a function that never tells its own', async () => {
    const silent: HttpAnswer = { status: 200, headers: {}, body: '{"status":"healthy"}' }
    expect(
      (
        await ask(
          asking(async () => silent),
          { mustSayVersion: false },
        )
      ).kind,
    ).toBe('healthy')
    expect(
      await ask(
        asking(async () => silent),
        { attempts: 1 },
      ),
    ).toMatchObject({
      problem: 'version unknown answers instead of 8',
    })
  })

  const crash: HttpAnswer = { status: 502, headers: {}, body: '{"message":"Internal server error"}' }

  it('ends at once where the code cannot be imported, with the line that says so among all that Lambda writes around it', async () => {
    const line = "[ERROR] Runtime.ImportModuleError: Unable to import module 'app': No module named 'x'"
    const noise = ['INIT_REPORT Init Duration: 1 ms', 'START RequestId: 1', 'END RequestId: 1', 'REPORT RequestId: 1']
    const context = asking(
      async () => crash,
      {},
      async (_group, _since, most) => [line, ...noise, ...noise].slice(-most),
    )
    const answer = await ask(context)
    expect(answer).toMatchObject({ problem: line, health: { attempts: 1 } })
    expect(answer).toMatchObject({ facts: [{ label: 'Address' }, { label: 'Log', text: line }] })
    expect(context.clock.slept).toEqual([])
  })

  it('ends at once where Lambda cannot run the version', async () => {
    const state = { state: 'Failed', reason: 'image gone' } as FunctionState
    const context = asking(async () => crash)
    context.ports.functions.state = async () => state
    expect(await ask(context)).toMatchObject({ problem: 'Lambda cannot run version 8: image gone' })
    expect(context.clock.slept).toEqual([])
  })

  it('goes on where a crash may pass', async () => {
    const answers = [crash, answerOf('8')]
    expect((await ask(asking(async () => answers.shift()))).kind).toBe('healthy')
  })

  it('says what was answered last, where, and what the log says', async () => {
    const context = asking(
      async () => answerOf('8', 503),
      {},
      async () => ['line 1', 'line 2'],
    )
    const answer = await ask(context, { attempts: 1 })
    if (answer.kind === 'healthy') throw new Error('healthy')
    const error = unhealthy(answer)
    expect(error.message).toContain('answered 503')
    expect(error.facts).toEqual([
      { label: 'Address', text: 'https://api/dev/health' },
      { label: 'Log', text: 'line 1' },
      { label: '', text: 'line 2' },
    ])
    expect(context.clock.slept).toEqual([])
  })

  it('ends with the same words when the log cannot be read', async () => {
    const context = asking(
      async () => undefined,
      {},
      async () => Promise.reject(new Error('no')),
    )
    expect(await ask(context, { attempts: 1 })).toMatchObject({ problem: 'no answer' })
  })
})

describe('verifying who may ask what', () => {
  const paths = [...openPaths, ...guardedPaths]
  const serving = (statusOf: (path: string) => number | undefined): FakeContext =>
    asking(async (url) => {
      const status = statusOf(url.slice(api.length))
      return status === undefined ? undefined : { status, headers: {}, body: '' }
    })
  const guarded = (path: string): boolean => guardedPaths.some((one) => one === path)
  const asMeant = (path: string): number => (guarded(path) ? 401 : 200)

  it('with auth on wants 401 on guarded paths and answers on open ones, and sends no token', async () => {
    const context = serving(asMeant)
    await verifyAccess(api, true, context)
    expect(context.calls).toEqual(paths.map((path) => `http.get(${api}${path})`))
  })

  it('with auth off wants answers everywhere, errors of the app included', async () => {
    await verifyAccess(
      api,
      false,
      serving((path) => (guarded(path) ? 404 : 200)),
    )
  })

  it.each(guardedPaths)('never lets %s stand open when auth is on', async (open) => {
    for (const status of [200, 403, 404, 500]) {
      const context = serving((path) => (path === open ? status : asMeant(path)))
      const error = await rejectedBy(verifyAccess(api, true, context))
      expect(error.code).toBe('Unhealthy')
      expect(error.message).toBe(`${open} is meant to be guarded and answers ${status} without a token`)
      expect(error.hint).toContain('do not use this API')
    }
  })

  it.each(openPaths)('never lets %s be shut', async (shut) => {
    for (const auth of [true, false]) {
      const context = serving((path) => (path === shut ? 401 : auth ? asMeant(path) : 200))
      expect(wordsOf(await rejectedBy(verifyAccess(api, auth, context)))).toContain(`${shut} is meant to be open`)
    }
  })

  it('with auth off does not take a guarded API', async () => {
    expect((await rejectedBy(verifyAccess(api, false, serving(asMeant)))).message).toContain('meant to be open')
  })

  it('gives the stage a minute to serve its new deployment', async () => {
    let round = 0
    const context = serving((path) => (path === paths[0] && ++round < 4 ? undefined : asMeant(path)))
    await verifyAccess(api, true, context)
    expect(context.clock.slept).toEqual([250, 500, 1000])
    const never = serving(() => undefined)
    const error = await rejectedBy(verifyAccess(api, true, never))
    expect([error.code, error.message]).toEqual(['AwsFailed', `${api}: / does not answer`])
    expect(never.clock.slept.reduce((sum, ms) => sum + ms, 0)).toBeLessThanOrEqual(60_000)
  })
})

describe('counting SOPs', () => {
  it('sends the token, and only where there is one', async () => {
    const asked: unknown[] = []
    const context = asking(async (_url, headers) => {
      asked.push(headers)
      return { status: 200, headers: {}, body: '{"sops":[1,2]}' }
    })
    expect(await countListed(api, list, 'token', context)).toBe(2)
    expect(await countListed(api, list, undefined, context)).toBe(2)
    expect(asked).toEqual([{ Authorization: 'Bearer token' }, {}])
  })

  it('takes no answer at all for a fault of the network, not of the app', async () => {
    const error = await rejectedBy(
      countListed(
        api,
        list,
        'token',
        asking(async () => undefined),
      ),
    )
    expect([error.code, error.message]).toEqual(['AwsFailed', `${api}${list.path} does not answer`])
    expect(error.hint).toContain('network')
  })

  it.each([
    [{ status: 401, headers: {}, body: '' }, 'answered 401'],
    [{ status: 200, headers: {}, body: '<html>' }, '/api/v1/sops/list'],
  ])('does not take %j for a list', async (answer, message) => {
    const error = await rejectedBy(
      countListed(
        api,
        list,
        'token',
        asking(async () => answer),
      ),
    )
    expect(error.code).toBe('Unhealthy')
    expect(error.message).toContain(message)
  })
})
