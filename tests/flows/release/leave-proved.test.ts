import { describe, expect, it } from '@jest/globals'
import { type Released, type Wanted, releaseCode } from '../../../scripts/flows/release/release-code.js'
import { DeployError } from '../../../scripts/errors.js'
import { heedShift } from '../../../scripts/flows/shift/heed-shift.js'
import type { Shift } from '../../../scripts/core/shift.js'
import type { FunctionAlias } from '../../../scripts/ports.js'
import { fakeStep } from '../../support/fake-context.js'
import { rejectedBy } from '../../support/failures.js'
import {
  type Shifting,
  canary,
  journal,
  killed,
  old,
  serving,
  shares,
  watched,
  whole,
  world,
} from '../../support/fake-shift.js'

const at = (version: string): FunctionAlias => ({ version, revisionId: 'r0', weights: {} })
const wanted: Wanted[] = watched.map(({ logicalId, name, alias, check }) => ({
  fn: { logicalId, name, packageType: 'Zip' as const, alias, movedByStack: false, check },
  code: undefined,
  served: '7',
}))
/** The release of version 8 of both functions; version 7 was proved. */
async function release(context: Shifting, left?: Shift): Promise<Released[]> {
  const state = await context.ports.functions.state('f', '8')
  if (state !== undefined) context.ports.functions.publish = async () => state
  return releaseCode(wanted, fakeStep(), context, left)
}
const inputs = { STRATEGY: canary }

describe('a release whose new version fails before requests reach it', () => {
  it('takes the shift back that it was to go on with', async () => {
    const context = await killed({ inputs, healthy: () => false })
    const error = await rejectedBy(release(context, await heedShift(context)))
    expect([error.code, error.hint]).toEqual(['Unhealthy', 'correct the code, then the same command again'])
    expect(error.message).toContain('back at 10 %: the old versions of 2 functions have all requests again')
    expect(error.cause).toMatchObject({ shift: { ended: 'gate', percent: 10 } })
    expect(serving(context)).toEqual(old)
    expect(context.objects[journal]).toBeUndefined()
  })

  it('leaves it to whoever ended it meanwhile', async () => {
    const context = await killed({ inputs, healthy: () => false })
    const left = await heedShift(context)
    Reflect.deleteProperty(context.objects, journal)
    const error = await rejectedBy(release(context, left))
    expect(error.code).toBe('Interrupted')
    expect(error.facts.map(({ text }) => text).join()).toContain('failed its check before traffic')
    expect(shares(context)).toBe(0)
  })

  it.each([
    ['the shift that it was to go on with cannot be taken back', true],
    ['what serves cannot be read', false],
  ])('is told of, also where %s', async (_case, shifting) => {
    const context = shifting
      ? await killed({ inputs, healthy: () => false })
      : world({ healthy: () => false, aliases: { f: at('9'), g: at('7') } })
    const left = await heedShift(context)
    const lost = new DeployError('AwsFailed', 'throttled', { facts: [{ label: 'Stuck', text: 'f' }] })
    const { invoke } = context.ports.functions
    context.ports.functions.invoke = async (...given) => {
      // Once the new version was asked, nothing answers any more.
      context.ports.functions.alias = () => Promise.reject(lost)
      context.ports.buckets.read = () => Promise.reject(lost)
      return invoke(...given)
    }
    const error = await rejectedBy(release(context, left))
    expect(error.code).toBe('Unhealthy')
    expect(error.message).toBe('2 of 2 functions failed: none went live')
    expect(error.facts.slice(-2)).toEqual([
      { label: 'Not back', text: 'throttled' },
      { label: 'Stuck', text: 'f' },
    ])
  })

  it('does not leave a version serving that a killed run left and nothing proved', async () => {
    const context = world({ healthy: () => false, aliases: { f: at('9'), g: at('7') } })
    const error = await rejectedBy(release(context))
    expect(error.code).toBe('Unhealthy')
    expect(error.facts.at(-1)?.text).toBe('f: version 7 serves again; version 9, which a run left, was never proved')
    expect(serving(context)).toEqual(old)
  })

  it.each([
    ['is not healthy either', true, '9', 'no request reached it, but version 9 serves, which was never proved'],
    ['cannot be moved to', false, '9', 'no request reached it, but version 9 serves, which was never proved'],
    ['is not healthy either, nor the one that serves', true, '8', 'it serves already, because an earlier run left it'],
  ])('says what serves where the proved version %s', async (_case, sick, serves, words) => {
    const onMove = (): void => {
      if (!sick) throw new Error('throttled')
    }
    const context = world({ healthy: () => false, aliases: { f: at(serves) }, onMove })
    const { invoke } = context.ports.functions
    context.ports.functions.invoke = async (name, version, event) =>
      sick ? { failed: true, payload: '{}', logTail: '' } : invoke(name, version, event)
    const state = await context.ports.functions.state('f', '8')
    context.ports.functions.publish = async () => state!
    const error = await rejectedBy(releaseCode(wanted.slice(0, 1), fakeStep(), context))
    expect(error.hint).toContain(words)
    expect(error.facts.some(({ label }) => label === 'Not back')).toBe(!sick)
    expect(context.aliases['f']?.version).toBe(serves)
  })
})

describe('a release that finds its version live already, unproved', () => {
  it('shifts to it from the proved one, as STRATEGY says', async () => {
    const context = world({ inputs, aliases: { f: at('8'), g: at('7') } })
    const seen: unknown[] = []
    const { sleep } = context.clock
    context.clock.sleep = async (ms, signal) => {
      seen.push(context.aliases['f'])
      await sleep(ms, signal)
    }
    expect(await release(context)).toMatchObject([{ moved: true, shift: { ended: 'done' } }, { moved: true }])
    expect(seen[0]).toMatchObject({ version: '7', weights: { 8: 0.1 } })
    expect(serving(context)).toEqual(whole)
  })

  it('counts it as moved without STRATEGY: there is a way back from it', async () => {
    const context = world({ aliases: { f: at('8'), g: at('8') } })
    expect(await release(context)).toMatchObject([
      { moved: true, before: '7' },
      { moved: true, before: '7' },
    ])
    expect(shares(context)).toBe(0)
  })

  it('goes on with a shift that was killed between its last moves', async () => {
    const context = await killed({ inputs })
    context.aliases['f'] = at('8')
    context.objects[journal] = JSON.stringify({ ...context.shift(), step: 1, percent: 100 })
    expect(await release(context, await heedShift(context))).toMatchObject([{ shift: { ended: 'done' } }, {}])
    expect(serving(context)).toEqual(whole)
    expect([shares(context), context.clock.slept]).toEqual([1, []])
  })
})
