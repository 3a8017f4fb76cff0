import { describe, expect, it } from '@jest/globals'
import { endShift } from '../../../scripts/flows/shift/end-shift.js'
import { heedShift } from '../../../scripts/flows/shift/heed-shift.js'
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
  whole,
  world,
} from '../../support/fake-shift.js'

describe('a shift that was left half way', () => {
  it('is found by the next command, which says how to go on', async () => {
    const error = await rejectedBy(heedShift(await killed()))
    expect(error).toMatchObject({ code: 'StackState' })
    expect(error.hint).toContain(`STRATEGY=${canary}`)
  })

  it('is resumed by the same strategy, for its whole step', async () => {
    const context = await killed({ inputs: { STRATEGY: canary } })
    expect(await heedShift(context)).toBe(true)
    expect(await shift(context)).toMatchObject({ ended: 'done' })
    expect(serving(context)).toEqual(whole)
    expect(shares(context)).toBe(2)
  })

  it('is not gone on with by a way back, which names what ends it', async () => {
    const error = await rejectedBy(heedShift(await killed({ inputs: { STRATEGY: canary } }), false))
    expect(error).toMatchObject({ code: 'StackState', hint: 'one of them, then the same command again' })
    expect(error.facts.map(({ label }) => label)).toEqual(['Shift', 'Finish', 'Abort'])
  })

  it('is no shift any more where no request is shared', async () => {
    const context = await killed()
    for (const name of names) context.aliases[name] = { version: '7', revisionId: 'x', weights: {} }
    expect(await heedShift(context)).toBe(false)
    expect(context.objects[journal]).toBeUndefined()
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
