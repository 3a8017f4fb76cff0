import { describe, expect, it } from '@jest/globals'
import { endShift } from '../../../scripts/flows/shift/end-shift.js'
import { lockOf } from '../../support/fake-lock.js'
import { deploymentsBucket } from '../../support/fake-ledger.js'
import { rejectedBy } from '../../support/failures.js'
import {
  type Shifting,
  journal,
  killed,
  names,
  old,
  serving,
  shared,
  shares,
  watched,
} from '../../support/fake-shift.js'

describe('ending a shift whose run may live', () => {
  const lock = `${deploymentsBucket}/locks/rawscribe-dev-myorg.json`
  const alive = { [lock]: lockOf({ holder: 'me@here', pid: 4711 }) }
  /** What happens meanwhile, by the poll after the wish. */
  async function asked(...meanwhile: ((context: Shifting) => void)[]): Promise<Shifting> {
    const context = await killed({ objects: alive })
    const { sleep } = context.clock
    context.clock.sleep = async (ms, signal) => {
      meanwhile.shift()?.(context)
      await sleep(ms, signal)
    }
    return context
  }
  const goesOn = (more: object) => (context: Shifting) => {
    context.objects[journal] = JSON.stringify({ ...context.shift(), owner: 'another', wish: undefined, ...more })
  }
  const ends = (context: Shifting, version = '7', weights = {}): void => {
    for (const name of names) context.aliases[name] = { version, revisionId: 'x', weights }
    Reflect.deleteProperty(context.objects, journal)
  }

  it('asks the one too that went on with the shift meanwhile', async () => {
    const wishes: unknown[] = []
    const context = await asked(goesOn({}), (now) => {
      wishes.push(now.shift().wish?.what)
      ends(now)
    })
    expect(await endShift('abort', context)).toMatchObject({ by: 'its run', serving: { F: '7', G: '7' } })
    expect(wishes).toEqual(['abort'])
  })

  it('stops where that one made another shift of it', async () => {
    const context = await asked(goesOn({ functions: watched.map((one) => ({ ...one, to: '9' })) }))
    const error = await rejectedBy(endShift('abort', context))
    expect(error).toMatchObject({ code: 'StackState', hint: expect.stringContaining('make rs-shift-abort') })
    expect(error.message).toContain('the shift is another one by now')
    expect(context.shift().wish).toBeUndefined()
  })

  it('does not believe that it is over while requests are shared, or another shift runs', async () => {
    const sharing = await asked((now) => ends(now, '7', { 8: 0.1 }))
    const error = await rejectedBy(endShift('abort', sharing))
    expect(error.message).toBe('the shift ended, otherwise before it could abort')
    expect(error.facts[0]?.text).toBe('version 7 serves, 10 % reach version 8')
  })

  it('takes over under a lock that cannot be read: no run goes on under that', async () => {
    const context = await killed({ objects: { [lock]: 'garbage' } })
    expect(await endShift('abort', context)).toMatchObject({ by: 'this run', serving: { F: '7', G: '7' } })
  })

  it('writes every alias once, so that a run that stalled before its own write cannot', async () => {
    const context = await killed()
    for (const name of names) context.aliases[name] = { version: '7', revisionId: 'read by it', weights: {} }
    await endShift('abort', context)
    expect(names.map((name) => context.aliases[name]?.revisionId)).not.toContain('read by it')
    expect([serving(context), shares(context)]).toEqual([old, names.length])
  })

  it('does not end another shift in its place than the one that was shown', async () => {
    const context = await killed()
    const { replace } = context.ports.buckets
    context.ports.buckets.replace = async (bucket, key, text, etag) => {
      context.ports.buckets.replace = replace
      goesOn({})(context)
      return replace(bucket, key, text, etag)
    }
    expect((await rejectedBy(endShift('finish', context))).message).toContain('the shift is another one by now')
    expect([serving(context), context.shift().owner]).toEqual([shared, 'another'])
  })
})
