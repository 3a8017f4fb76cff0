import type { BuildRecord } from '../../scripts/flows/build-record.js'
import { describe, expect, it } from '@jest/globals'
import { type Released, releaseCode } from '../../scripts/flows/release-code.js'
import type { FunctionState, Functions, Invocation } from '../../scripts/ports.js'
import { type FakeContext, fakeContext, fakeStep } from '../support/fake-context.js'
import { rejectedBy } from '../support/failures.js'
import { fakePort } from '../support/fake-ports.js'

const name = 'rawscribe-dev-myorg-backend'
const state = (over: Partial<FunctionState> = {}): FunctionState => ({
  name,
  codeSha256: 'sha',
  revisionId: 'rev',
  version: '$LATEST',
  state: 'Active',
  lastUpdateStatus: 'Successful',
  reason: undefined,
  ...over,
})
const proxied = (statusCode: number, body: unknown): Invocation => ({
  failed: false,
  payload: JSON.stringify({ statusCode, body: JSON.stringify(body) }),
  logTail: 'START RequestId\none line of the log\nEND RequestId\n',
})
const healthy = proxied(200, { status: 'healthy', version: '8' })

interface World {
  latest?: (FunctionState | undefined)[]
  version?: FunctionState[]
  live?: string | undefined
  answer?: Invocation
}

function world({
  latest = [state()],
  version = [state({ version: '8' })],
  live = '7',
  answer = healthy,
}: World): FakeContext {
  const next = <T>(list: T[]): T => (list.length > 1 ? list.shift()! : list[0]!)
  const methods: Partial<Functions> = {
    state: async (_name, qualifier) => (qualifier === undefined ? next(latest) : next(version)),
    alias: async () => (live === '' ? undefined : { version: live, revisionId: 'alias-rev' }),
    publish: async () => state({ version: '8', state: 'Pending' }),
    invoke: async () => answer,
    moveAlias: async (_name, _alias, to) => ({ version: to, revisionId: 'next' }),
  }
  return fakeContext({ ports: (calls) => ({ functions: fakePort<Functions>('functions', methods, calls) }) })
}
const build: BuildRecord = {
  inputs: 'i',
  place: 'p',
  builtAt: '2025-01-01T00:00:00.000Z',
  template: 't',
  code: 'c',
  packages: [{ logicalId: 'F', kind: 'function', property: 'CodeUri', zip: 'zips/F.zip', bytes: 1, codeSha256: 'sha' }],
}
const release = (context: FakeContext): Promise<Released> => releaseCode(build, 'why', fakeStep(), context)
const verbs = (context: FakeContext): string[] => context.calls.map((call) => call.replace(/^functions\.|\(.*/g, ''))

describe('releasing code', () => {
  it('settles, publishes, settles, checks that very version, and only then moves the alias', async () => {
    const context = world({})
    expect(await release(context)).toEqual({ name, version: '8', codeSha256: 'sha', moved: true })
    expect(verbs(context)).toEqual(['state', 'alias', 'publish', 'state', 'invoke', 'moveAlias'])
    expect(context.calls[2]).toBe(`functions.publish(${name}, sha, rev, why)`)
    expect(context.calls[3]).toBe(`functions.state(${name}, 8)`)
    expect(context.calls[4]).toMatch(new RegExp(`^functions\\.invoke\\(${name}, 8, .*"path":"/health"`))
    expect(context.calls[5]).toBe(`functions.moveAlias(${name}, live, 8, alias-rev)`)
  })

  it('waits for a running update and publishes what that ends with', async () => {
    const latest = [state({ lastUpdateStatus: 'InProgress', revisionId: 'old' }), state({ state: 'Pending' }), state()]
    const context = world({ latest })
    await release(context)
    expect(verbs(context).slice(0, 4)).toEqual(['state', 'state', 'state', 'alias'])
    expect(context.calls.find((call) => call.includes('publish'))).toContain('sha, rev')
  })

  it('does not check a version that is not active yet', async () => {
    const version = [state({ version: '8', state: 'Pending' }), state({ version: '8' })]
    const context = world({ version })
    await release(context)
    expect(verbs(context)).toEqual(['state', 'alias', 'publish', 'state', 'state', 'invoke', 'moveAlias'])
  })

  it('does not move the alias again when the version is live already', async () => {
    const context = world({ live: '8' })
    expect(await release(context)).toMatchObject({ version: '8', moved: false })
    expect(verbs(context)).not.toContain('moveAlias')
    expect(verbs(context)).toContain('invoke')
  })

  it.each([
    [
      'a crash',
      { failed: true, payload: '{"errorType":"ImportError","errorMessage":"no module"}' },
      'ImportError: no module',
    ],
    ['a crash without words', { failed: true, payload: '' }, 'crashed'],
    ['a crash that says null', { failed: true, payload: 'null' }, 'crashed'],
    ['a 500', proxied(500, { status: 'healthy' }), 'answered 500'],
    ['an unhealthy answer', proxied(200, { status: 'degraded' }), 'status degraded'],
    ['an answer that is no proxy’s', { payload: '"hello"' }, ''],
    ['an answer of another shape', { payload: '{"hello":1}' }, ''],
    ['an answer that is null', { payload: 'null' }, 'proxy integration'],
    ['an answer that is no JSON', { payload: '<html>' }, 'proxy integration'],
  ])('leaves the alias alone after %s', async (_case, answer, problem) => {
    const context = world({ answer: { ...healthy, failed: false, ...answer } })
    const error = await rejectedBy(release(context))
    expect(error.code).toBe('Unhealthy')
    expect(error.message).toContain('version 8 failed its check before traffic')
    expect(error.message).toContain(problem)
    expect(verbs(context)).not.toContain('moveAlias')
  })

  it('shows the log of a failed check without Lambda’s own lines', async () => {
    const error = await rejectedBy(release(world({ answer: { ...healthy, failed: true } })))
    expect(error.facts).toEqual([{ label: 'Log', text: 'one line of the log' }])
  })

  it.each([
    ['the function is missing', { latest: [undefined] }, 'StackState'],
    ['the alias is missing', { live: '' }, 'StackState'],
    ['the update failed', { latest: [state({ lastUpdateStatus: 'Failed', reason: 'bad zip' })] }, 'Unhealthy'],
    ['the version cannot start', { version: [state({ state: 'Failed', reason: 'bad zip' })] }, 'Unhealthy'],
  ])('ends when %s, and moves nothing', async (_case, over, code) => {
    const context = world(over)
    expect((await rejectedBy(release(context))).code).toBe(code)
    expect(verbs(context)).not.toContain('moveAlias')
  })
})
