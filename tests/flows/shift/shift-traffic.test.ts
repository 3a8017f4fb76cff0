import { describe, expect, it } from '@jest/globals'
import type { VersionFigures } from '../../../scripts/core/shift-gates.js'
import { rejectedBy } from '../../support/failures.js'
import {
  journal,
  old,
  serving,
  shared,
  shares,
  shift,
  canary,
  stopping,
  whole,
  world,
} from '../../support/fake-shift.js'

describe('a shift', () => {
  it('shares the requests of all functions, watches for the whole time, and gives them all to the new versions', async () => {
    const context = world()
    expect(await shift(context)).toEqual({ strategy: canary, percent: 100, ended: 'done' })
    expect(serving(context)).toEqual(whole)
    expect(context.objects[journal]).toBeUndefined()
    expect(context.clock.slept.reduce((sum, ms) => sum + ms, 0)).toBe(5 * 60_000)
    expect(context.calls.filter((call) => call.includes('figures'))).toHaveLength(60)
    expect(shares(context)).toBe(4)
  })

  it('goes step by step where it is linear', async () => {
    const context = world()
    const seen: unknown[] = []
    const { sleep } = context.clock
    context.clock.sleep = async (ms, signal) => {
      seen.push(context.aliases['f']?.weights['8'])
      await sleep(ms, signal)
    }
    await shift(context, 'Linear40PercentEvery5Seconds')
    expect(seen).toEqual([0.4, 0.8])
    expect(serving(context)).toEqual(whole)
  })

  const after = (times: number): (() => boolean) => {
    let left = times
    return () => left-- <= 0
  }
  it.each([
    ['errors', { figures: () => ({ invocations: 10, errors: 1, p95Ms: 10 }) }, 'ended in an error'],
    ['slowness', { figures: () => ({ invocations: 50, errors: 0, p95Ms: 9000 }) }, '9000 ms'],
    ['an alarm', { alarm: after(3) }, 'the alarm an-alarm is on'],
    ['its health', { healthy: () => false }, 'answered 500'],
    [
      'its health over HTTP',
      { overHttp: () => ({ status: 500, version: '8' }) },
      'version 8 of F, over HTTP, answered 500',
    ],
    ['an answer of nobody', { overHttp: () => ({ status: 502 }) }, 'the API’s health path answered 502'],
  ])('goes back at once for %s, says so and closes its journal', async (_case, given, problem) => {
    const context = world(given)
    const error = await rejectedBy(shift(context))
    expect(error).toMatchObject({ code: 'Unhealthy', exitCode: 5 })
    expect(error.message).toContain(problem)
    expect(error.message).toContain('back at 10 %')
    expect(error.cause).toMatchObject({
      shift: { ended: 'gate', percent: 10 },
      rollback: { outcome: 'healthy', versions: { F: '7', G: '7' } },
    })
    expect(serving(context)).toEqual(old)
    expect(context.objects[journal]).toBeUndefined()
  })

  it.each([
    ['the old version is not healthy over HTTP', { status: 500, version: '7' }],
    ['the API does not answer', undefined],
  ])('goes on where %s: that says nothing of the new one', async (_case, answer) => {
    const context = world({ overHttp: () => answer })
    expect(await shift(context)).toMatchObject({ ended: 'done' })
    expect(serving(context)).toEqual(whole)
  })

  it('does not begin while an alarm is on', async () => {
    const context = world({ alarm: () => true })
    expect((await rejectedBy(shift(context))).code).toBe('StackState')
    expect(shares(context)).toBe(0)
    expect(context.objects[journal]).toBeUndefined()
  })

  it('goes back where nobody can tell how it goes, but not for one lost answer', async () => {
    let asked = 0
    const figures = (): VersionFigures => {
      asked += 1
      if (asked === 3 || asked > 10) throw new Error('throttled')
      return { invocations: 0, errors: 0, p95Ms: undefined }
    }
    const context = world({ figures })
    expect((await rejectedBy(shift(context))).message).toContain('nobody can tell how it goes: throttled')
    expect(asked).toBeGreaterThan(10)
    expect(serving(context)).toEqual(old)
  })

  it('does not end while nobody can tell how its last looks went', async () => {
    let asked = 0
    const figures = (): VersionFigures => {
      asked += 1
      if (asked >= 119) throw new Error('throttled')
      return { invocations: 0, errors: 0, p95Ms: undefined }
    }
    const lost = world({ figures })
    expect((await rejectedBy(shift(lost))).message).toContain('nobody can tell how it goes: throttled')
    expect(serving(lost)).toEqual(old)
    asked = 0
    let failed = false
    const once = world({
      figures: () => {
        asked += 1
        if (asked < 119 || failed) return { invocations: 0, errors: 0, p95Ms: undefined }
        failed = true
        throw new Error('throttled')
      },
    })
    expect(await shift(once)).toMatchObject({ ended: 'done' })
    expect(once.clock.slept).toHaveLength(61)
  })

  it('that fails for another reason says that nobody watches it any more', async () => {
    const context = world()
    const { sleep } = context.clock
    context.clock.sleep = async (ms, signal) => {
      context.ports.buckets.replace = () => Promise.reject(new Error('no network'))
      await sleep(ms, signal)
    }
    await expect(shift(context)).rejects.toThrow('no network')
    expect(context.events.filter(({ type }) => type === 'warning')).toEqual([
      expect.objectContaining({
        text: 'as last written down, 10 % of the requests reach the new versions of 2 functions, and nobody watches it now',
        hint: 'the same command goes on with it; make rs-shift-abort ENV=dev ORG=myorg takes it back',
      }),
    ])
    expect(serving(context)).toEqual(shared)
  })

  it('leaves an alias that somebody moved past it, and takes the others back', async () => {
    const context = world({ onMove: () => undefined })
    const { sleep } = context.clock
    context.clock.sleep = async (ms, signal) => {
      context.aliases['g'] = { version: '5', revisionId: 'theirs', weights: {} }
      await sleep(ms, signal)
    }
    const error = await rejectedBy(shift(context))
    expect(error.message).toContain('the alias of G was moved by something else, to version 5')
    expect(context.aliases['f']).toMatchObject({ version: '7', weights: {} })
    expect(context.aliases['g']).toMatchObject({ version: '5', revisionId: 'theirs' })
  })

  it('stopped by Ctrl-C leaves traffic where it is, and says how to end it', async () => {
    const context = stopping()
    const error = await rejectedBy(shift(context))
    expect(error.code).toBe('Interrupted')
    expect(error.message).toContain('10 % of the requests')
    expect(error.facts.map(({ text }) => text)).toEqual([
      'make rs-shift-finish ENV=dev ORG=myorg',
      'make rs-shift-abort ENV=dev ORG=myorg',
    ])
    expect(serving(context)).toEqual(shared)
    expect(context.shift()).toMatchObject({ step: 0, percent: 10 })
  })
})
