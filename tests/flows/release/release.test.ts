import { describe, expect, it } from '@jest/globals'
import { proxyEvent } from '../../../scripts/core/api-paths.js'
import { type Released, type Wanted, releaseCode } from '../../../scripts/flows/release/release-code.js'
import type { FunctionState, Functions, Invocation } from '../../../scripts/ports.js'
import type { TargetFunction } from '../../../scripts/flows/release/target-functions.js'
import { DeployError } from '../../../scripts/errors.js'
import { type FakeContext, fakeContext, fakeStep } from '../../support/fake-context.js'
import { rejectedBy } from '../../support/failures.js'
import { fakePort } from '../../support/fake-ports.js'

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
  over?: Partial<Functions>
}

function world({
  latest = [state()],
  version = [state({ version: '8' })],
  live = '7',
  answer = healthy,
  over = {},
}: World): FakeContext {
  const next = <T>(list: T[]): T => (list.length > 1 ? list.shift()! : list[0]!)
  const methods: Partial<Functions> = {
    state: async (_name, qualifier) => (qualifier === undefined ? next(latest) : next(version)),
    alias: async () => (live === '' ? undefined : { version: live, revisionId: 'alias-rev', weights: {} }),
    publish: async () => state({ version: '8', state: 'Pending' }),
    invoke: async () => answer,
    moveAlias: async (_name, _alias, to) => ({ version: to, revisionId: 'next', weights: {} }),
    updateCode: async () => state({ version: '8', codeSha256: 'new', lastUpdateStatus: 'InProgress' }),
    ...over,
  }
  return fakeContext({ ports: (calls) => ({ functions: fakePort<Functions>('functions', methods, calls) }) })
}
const fn: TargetFunction = {
  logicalId: 'F',
  name,
  packageType: 'Zip',
  alias: 'live',
  movedByStack: false,
  check: { event: proxyEvent('/health', 'dev'), expects: 'health' },
}
const newCode = { codeSha256: 'new', bytes: 3, file: 'f.zip' }
const releaseAll = (context: FakeContext, ...wanted: Wanted[]): Promise<Released[]> =>
  releaseCode(wanted, fakeStep(), context)
const release = async (context: FakeContext): Promise<Released> =>
  (await releaseAll(context, { fn, code: undefined }))[0]!
const verbs = (context: FakeContext): string[] => context.calls.map((call) => call.replace(/^functions\.|\(.*/g, ''))

describe('releasing code', () => {
  it('settles, publishes, settles, checks that very version, and only then moves the alias', async () => {
    const context = world({})
    expect(await release(context)).toMatchObject({ name, version: '8', before: '7', moved: true, updated: false })
    expect(verbs(context)).toEqual(['state', 'alias', 'publish', 'state', 'invoke', 'moveAlias'])
    expect(context.calls[2]).toBe(`functions.publish(${name}, sha, rev)`)
    expect(context.calls[3]).toBe(`functions.state(${name}, 8)`)
    expect(context.calls[4]).toMatch(new RegExp(`^functions\\.invoke\\(${name}, 8, .*"path":"/health"`))
    expect(context.calls[5]).toBe(`functions.moveAlias(${name}, live, 8, alias-rev)`)
  })

  it('waits for a running update and publishes what that ends with', async () => {
    const latest = [state({ lastUpdateStatus: 'InProgress', revisionId: 'old' }), state({ state: 'Pending' }), state()]
    const context = world({ latest })
    await release(context)
    expect(verbs(context).slice(0, 5)).toEqual(['state', 'alias', 'state', 'state', 'publish'])
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

describe('releasing several functions', () => {
  const other: TargetFunction = { ...fn, logicalId: 'G', name: 'other', check: undefined }

  it('gives a function its code first where it holds other code, with the revision that was read', async () => {
    const context = world({})
    const [released] = await releaseAll(context, { fn, code: newCode })
    expect(released).toMatchObject({ updated: true, moved: true, version: '8' })
    expect(verbs(context)).toEqual(['state', 'alias', 'files.readBytes', 'updateCode', 'state', 'invoke', 'moveAlias'])
    const updated = context.calls.find((call) => call.includes('updateCode'))
    expect(updated).toBe(`functions.updateCode(${name}, object, ${newCode.codeSha256}, rev)`)
    expect(context.calls[4]).toBe(`functions.state(${name}, 8)`)
  })

  it('publishes the version itself where the answer of the update was lost', async () => {
    const updated = state({ revisionId: 'rev2', codeSha256: 'new' })
    const context = world({ over: { updateCode: async () => updated } })
    expect(await releaseAll(context, { fn, code: newCode })).toMatchObject([{ updated: true, version: '8' }])
    expect(verbs(context).slice(3, 6)).toEqual(['updateCode', 'publish', 'state'])
    expect(context.calls[4]).toBe(`functions.publish(${name}, new, rev2)`)
  })

  it.each(['sha', 'new'])('brings code to a function whose last update failed, when it held %s', async (codeSha256) => {
    const context = world({ latest: [state({ codeSha256, lastUpdateStatus: 'Failed', reason: 'bad zip' })] })
    expect(await releaseAll(context, { fn, code: newCode })).toMatchObject([{ updated: true, version: '8' }])
  })

  it('reads and uploads code that several functions have once', async () => {
    const context = world({})
    await releaseAll(context, { fn, code: newCode }, { fn: other, code: newCode })
    expect(verbs(context).filter((verb) => verb === 'files.readBytes')).toHaveLength(1)
    expect(verbs(context).filter((verb) => verb === 'updateCode')).toHaveLength(2)
  })

  it('asks more seldom the more functions it waits for', async () => {
    const waits = async (functions: number): Promise<number> => {
      const context = world({ latest: [state({ lastUpdateStatus: 'InProgress' }), state()] })
      const many = Array.from({ length: functions }, (_, i) => ({ fn: { ...other, name: `f${i}` }, code: undefined }))
      await releaseAll(context, ...many)
      return context.clock.slept[0] ?? 0
    }
    expect(await waits(30)).toBe(10 * (await waits(1)))
  })

  it('uploads nothing where the function holds that code already', async () => {
    const context = world({})
    await releaseAll(context, { fn, code: { ...newCode, codeSha256: 'sha' } })
    expect(verbs(context)).not.toContain('updateCode')
  })

  it('calls no function that does not answer a health event', async () => {
    const context = world({})
    const released = await releaseAll(context, { fn: other, code: undefined })
    expect(verbs(context)).not.toContain('invoke')
    expect(released[0]!.answersHealth).toBeUndefined()
  })

  it('names those that go live untried', async () => {
    const step = fakeStep()
    const lines: string[] = []
    step.line = (_mark, text) => void lines.push(text)
    const many = ['A', 'B', 'C', 'D', 'E'].map((logicalId) => ({ ...other, logicalId, name: logicalId }))
    const wanted = [fn, ...many].map((one) => ({ fn: one, code: undefined }))
    await releaseCode(wanted, step, world({}))
    expect(lines).toEqual([expect.stringMatching(/^A, B, C and 2 more cannot be tried before traffic/)])
  })

  it('moves no alias unless every function passed', async () => {
    const context = world({ answer: proxied(500, {}) })
    const error = await rejectedBy(releaseAll(context, { fn, code: undefined }, { fn: other, code: undefined }))
    expect(error.message).toBe('1 of 2 functions failed: none went live')
    expect(error.facts[0]).toMatchObject({ label: 'F' })
    expect(verbs(context)).not.toContain('moveAlias')
  })

  it('takes the aliases back that were moved when another cannot be', async () => {
    const at: Record<string, string> = {}
    const context = world({
      over: {
        moveAlias: async (which, _alias, to) => {
          if (which === 'other') throw new DeployError('StackState', 'changed by something else')
          at[which] = to
          return { version: to, revisionId: 'next', weights: {} }
        },
      },
    })
    const error = await rejectedBy(releaseAll(context, { fn, code: undefined }, { fn: other, code: undefined }))
    expect(error.message).toBe('changed by something else')
    expect(at).toEqual({ [name]: '7' })
    expect(context.calls.at(-1)).toBe(`functions.moveAlias(${name}, live, 7, next)`)
  })

  it('goes back to the version that was proved, not to one that a killed run left on the alias', async () => {
    const [released] = await releaseAll(world({}), { fn, code: undefined, served: '5' })
    expect(released!.before).toBe('5')
  })

  it('has nothing to go back to where requests reached $LATEST', async () => {
    const [released] = await releaseAll(world({ live: '$LATEST' }), { fn, code: undefined })
    expect(released!.before).toBeUndefined()
  })
})
