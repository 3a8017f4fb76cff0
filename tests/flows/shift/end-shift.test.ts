import { describe, expect, it } from '@jest/globals'
import type { VersionFigures } from '../../../scripts/core/shift-gates.js'
import { endShift } from '../../../scripts/flows/shift/end-shift.js'
import { goingOnWith, heedShift, verifyWhole } from '../../../scripts/flows/shift/heed-shift.js'
import { readStrategy } from '../../../scripts/core/strategy.js'
import { shiftTraffic } from '../../../scripts/flows/shift/shift-traffic.js'
import { fakeStep } from '../../support/fake-context.js'
import { rejectedBy } from '../../support/failures.js'
import {
  canary,
  journal,
  killed,
  names,
  old,
  serving,
  shared,
  shares,
  shift,
  watched,
  whole,
  world,
} from '../../support/fake-shift.js'

describe('a shift that was left half way', () => {
  it('is found by the next command, which says how to go on', async () => {
    const error = await rejectedBy(heedShift(await killed()))
    expect(error).toMatchObject({ code: 'StackState' })
    expect(error.hint).toMatch(new RegExp(`^STRATEGY=${canary} goes on with it`))
  })

  it('is resumed by the same strategy, for its whole step', async () => {
    const context = await killed({ inputs: { STRATEGY: canary } })
    const left = await heedShift(context)
    expect(left).toMatchObject({ strategy: canary, percent: 10 })
    expect(await shift(context, canary, left)).toMatchObject({ ended: 'done' })
    expect(serving(context)).toEqual(whole)
    expect(shares(context)).toBe(2)
  })

  it('is not gone on with by a way back, which names what ends it', async () => {
    const error = await rejectedBy(heedShift(await killed({ inputs: { STRATEGY: canary } }), false))
    expect(error).toMatchObject({ code: 'StackState' })
    expect(error.hint).toMatch(/^make rs-shift-abort ENV=dev ORG=myorg .*then the same command again$/)
    expect(error.facts.map(({ label }) => label)).toEqual(['Shift', 'Finish', 'Abort'])
  })

  it('is not gone on with by a release that would leave one of its functions half way', async () => {
    const context = await killed({ inputs: { STRATEGY: canary } })
    const some = watched.slice(0, 1).map((one) => ({ ...one, to: '9' }))
    const error = await rejectedBy(shiftTraffic(some, readStrategy(canary), context.shift(), fakeStep(), context))
    expect(error).toMatchObject({ code: 'StackState', message: expect.stringContaining('is not of G') })
    expect(error.hint).toContain('make rs-shift-abort ENV=dev ORG=myorg')
    expect(serving(context)).toEqual(shared)
    expect(context.shift()).toMatchObject({ percent: 10, functions: [{ name: 'f', to: '8' }, { name: 'g' }] })
  })

  it('that somebody began to finish is not gone on with, and finishing it comes first', async () => {
    const context = await killed({ inputs: { STRATEGY: canary } })
    const taken = { what: 'finish' as const, who: 'you@there', at: 'now' }
    context.objects[journal] = JSON.stringify({ ...context.shift(), taken })
    const error = await rejectedBy(heedShift(context))
    expect(error.message).toContain('you@there began to finish it')
    expect(error.hint).toMatch(/^make rs-shift-finish ENV=dev ORG=myorg/)
  })

  it('is not passed by a release that has nothing to do', async () => {
    const context = await killed({ inputs: { STRATEGY: canary } })
    const error = await rejectedBy(verifyWhole(context.shift(), new Set(), context))
    expect(error).toMatchObject({ code: 'StackState', message: expect.stringContaining('is not of F, G') })
    for (const name of names) context.aliases[name] = { version: '7', revisionId: 'x', weights: {} }
    await verifyWhole(context.shift(), new Set(), context)
  })

  it('is told of once, by the error that names what ends it', async () => {
    const context = await killed({ inputs: { STRATEGY: canary } })
    const left = context.shift()
    await rejectedBy(goingOnWith(left, context, () => verifyWhole(left, new Set(), context)))
    expect(context.events.filter(({ type }) => type === 'warning')).toEqual([])
  })

  it.each([
    ['goes back where nobody can look at it, though no step is left', 99, old, 2],
    ['ends where a later look sees that all is well', 2, whole, 2],
  ])('%s', async (_case, lost, expected, sleeps) => {
    let asked = 0
    const figures = (): VersionFigures => {
      asked += 1
      if (asked <= lost) throw new Error('throttled')
      return { invocations: 0, errors: 0, p95Ms: undefined }
    }
    const context = await killed({ figures })
    for (const name of names) context.aliases[name] = { version: '8', revisionId: 'x', weights: {} }
    context.objects[journal] = JSON.stringify({ ...context.shift(), step: 1, percent: 100 })
    const ended = await shift(context, canary, context.shift()).catch((error: unknown) => error)
    expect(ended).toMatchObject(
      lost === 99 ? { code: 'Unhealthy', message: expect.stringContaining('throttled') } : { ended: 'done' },
    )
    expect(serving(context)).toEqual(expected)
    expect(context.clock.slept).toHaveLength(sleeps)
  })

  it('is gone on with by newer code of all its functions', async () => {
    const context = await killed()
    const newer = watched.map((one) => ({ ...one, to: '9' }))
    const ended = shiftTraffic(newer, readStrategy(canary), context.shift(), fakeStep(), context)
    expect(await ended).toMatchObject({ ended: 'done' })
    expect(names.map((name) => context.aliases[name]?.version)).toEqual(['9', '9'])
  })

  it('is no shift any more where no request is shared', async () => {
    const context = await killed()
    for (const name of names) context.aliases[name] = { version: '7', revisionId: 'x', weights: {} }
    expect(await heedShift(context)).toBeUndefined()
    expect(context.objects[journal]).toBeUndefined()
  })

  it('is closed where only its end was not written down; the same strategy goes on to that', async () => {
    const context = await killed({ inputs: { STRATEGY: canary } })
    for (const name of names) context.aliases[name] = { version: '8', revisionId: 'x', weights: {} }
    context.objects[journal] = JSON.stringify({ ...context.shift(), step: 1, percent: 100 })
    const left = await heedShift(context)
    expect(left).toMatchObject({ percent: 100 })
    expect(await heedShift({ ...context, inputs: {} })).toBeUndefined()
    context.objects[journal] = JSON.stringify(left)
    expect(await shift(context, canary, left)).toMatchObject({ ended: 'done' })
    expect([shares(context), context.clock.slept]).toEqual([0, []])
    context.aliases['g'] = { version: '7', revisionId: 'x', weights: {} }
    context.objects[journal] = JSON.stringify(left)
    expect(await heedShift(context)).toBeUndefined()
  })

  it('goes back at once where an alarm is on, asked before its next step', async () => {
    const context = await killed({ alarm: () => true })
    const error = await rejectedBy(shift(context, canary, context.shift()))
    expect(error).toMatchObject({ code: 'Unhealthy', message: expect.stringContaining('the alarm an-alarm is on') })
    expect(serving(context)).toEqual(old)
    expect([context.objects[journal], context.clock.slept]).toEqual([undefined, []])
  })

  it.each([
    ['abort' as const, old],
    ['finish' as const, whole],
  ])('does first what was asked of it meanwhile: %s', async (what, expected) => {
    const context = await killed()
    const left = context.shift()
    context.objects[journal] = JSON.stringify({ ...left, wish: { what, who: 'you@there', at: 'now' } })
    const ended = await shift(context, canary, left).catch((error: unknown) => error)
    if (what === 'finish') expect(ended).toMatchObject({ ended: 'finished', by: 'you@there' })
    else expect(ended).toMatchObject({ cause: { shift: { ended: 'aborted', by: 'you@there', percent: 10 } } })
    expect(serving(context)).toEqual(expected)
    expect(context.clock.slept).toEqual([])
  })

  it.each([
    ['was ended', undefined, 'somebody else ended this shift'],
    ['was taken over', { owner: 'another', who: 'you@there' }, 'you@there took this shift over'],
  ])('is not gone on with once it %s since it was found', async (_case, by, message) => {
    const context = await killed()
    const left = context.shift()
    if (by === undefined) Reflect.deleteProperty(context.objects, journal)
    else context.objects[journal] = JSON.stringify({ ...left, ...by })
    const error = await rejectedBy(shift(context, canary, left))
    expect(error).toMatchObject({ code: 'Interrupted', message: expect.stringContaining(message) })
    expect(shares(context)).toBe(0)
  })

  it('is told of where the run that was to go on with it fails before that', async () => {
    const context = await killed()
    const fails = goingOnWith(context.shift(), context, () => Promise.reject(new Error('no build')))
    await expect(fails).rejects.toThrow('no build')
    expect(context.events.filter(({ type }) => type === 'warning')).toHaveLength(1)
  })

  it('is aborted by another command, without its lock', async () => {
    const context = await killed()
    expect(await endShift('abort', context)).toMatchObject({
      kind: 'ended',
      by: 'this run',
      serving: { F: '7', G: '7' },
    })
    expect(serving(context)).toEqual(old)
    expect(context.objects[journal]).toBeUndefined()
  })
})

describe('a shift whose run lives', () => {
  it.each([
    ['finish' as const, whole],
    ['abort' as const, old],
  ])('does what another command wishes within one look: %s', async (what, expected) => {
    const context = world()
    const { sleep } = context.clock
    context.clock.sleep = async (ms, signal) => {
      const wished = { ...context.shift(), wish: { what, who: 'you@there', at: 'now' } }
      context.objects[journal] = `${JSON.stringify(wished)}\n`
      await sleep(ms, signal)
    }
    const ended = await shift(context).catch((error: unknown) => error)
    if (what === 'finish') expect(ended).toMatchObject({ ended: 'finished', percent: 10, by: 'you@there' })
    else expect(ended).toMatchObject({ code: 'Interrupted', cause: { shift: { ended: 'aborted', by: 'you@there' } } })
    expect(serving(context)).toEqual(expected)
    expect(context.clock.slept).toHaveLength(1)
    expect(context.objects[journal]).toBeUndefined()
  })

  it('writes nothing more once somebody else took it over', async () => {
    const context = world()
    const { sleep } = context.clock
    context.clock.sleep = async (ms, signal) => {
      context.objects[journal] = JSON.stringify({ ...context.shift(), owner: 'another', who: 'you@there' })
      await sleep(ms, signal)
    }
    const error = await rejectedBy(shift(context))
    expect(error.message).toContain('you@there took this shift over')
    expect(serving(context)).toEqual(shared)
    expect(context.shift().owner).toBe('another')
  })

  it('is not passed by a write that was on its way when somebody took it over', async () => {
    let taken = false
    const context = world({
      onMove: (name) => {
        if (taken || name !== 'f') return
        taken = true
        context.objects[journal] = JSON.stringify({ ...context.shift(), owner: 'another', who: 'you@there' })
        context.aliases['f'] = { version: '7', revisionId: 'theirs', weights: {} }
      },
    })
    expect((await rejectedBy(shift(context))).message).toContain('took this shift over')
    expect(context.aliases['f']?.revisionId).toBe('theirs')
  })
})
