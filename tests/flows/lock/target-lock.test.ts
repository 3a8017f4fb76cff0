import { describe, expect, it } from '@jest/globals'
import { staleAfterMs } from '../../../scripts/core/lock.js'
import { withTargetLock } from '../../../scripts/flows/lock/target-lock.js'
import type { Buckets } from '../../../scripts/ports.js'
import { fakeContext } from '../../support/fake-context.js'
import type { FakeClock } from '../../support/fake-clock.js'
import { LockObject, journal, key, lockOf, lockWorld as world } from '../../support/fake-lock.js'
import { fakePort } from '../../support/fake-ports.js'

describe('the lock of a target', () => {
  it('is there while the work goes on, and gone after it', async () => {
    const { context, object } = world()
    await withTargetLock(context, async (_locked, waited) => {
      expect(JSON.parse(object.stored!.text)).toMatchObject({ holder: 'me@here', pid: 4711, manual: false })
      expect(waited).toBe(false)
    })
    expect(object.stored).toBeUndefined()
  })

  it('is released also when the work fails', async () => {
    const { context, object } = world()
    await expect(withTargetLock(context, async () => Promise.reject(new Error('no')))).rejects.toThrow('no')
    expect(object.stored).toBeUndefined()
  })

  it('is waited for while another run holds it, and its holder is told once', async () => {
    const { context, object } = world()
    object.put(lockOf({}))
    setTimeout(() => (object.stored = undefined), 0)
    await withTargetLock(context, async (_locked, waited) => expect(waited).toBe(true))
    const told = context.events.filter((event) => event.type === 'step-line')
    expect(told).toHaveLength(1)
    expect(JSON.stringify(told)).toContain('maria@laptop')
  })

  it('of a run that moves requests step by step tells who waits how to end that sooner', async () => {
    const { context, object } = world(
      {},
      { read: async (_bucket, key) => (key.endsWith('.shift.json') ? journal : undefined) },
    )
    object.put(lockOf({}))
    setTimeout(() => (object.stored = undefined), 0)
    await withTargetLock(context, async () => undefined)
    const told = JSON.stringify(context.events.filter((event) => event.type === 'step-line'))
    expect(told).toContain('10 % of the requests reach version 8')
    expect(told).toContain('make rs-shift-finish ENV=dev ORG=myorg or make rs-shift-abort ENV=dev ORG=myorg ends that')
  })

  it('is not waited for longer than LOCK_WAIT', async () => {
    const { context, object } = world({ LOCK_WAIT: '30' })
    object.put(lockOf({}))
    await expect(withTargetLock(context, async () => 'in')).rejects.toMatchObject({ code: 'Refused' })
    expect(object.stored!.text).toContain('theirs')
  })

  it('is taken over from a holder that gave no sign of life, and that is said', async () => {
    const { context, object } = world()
    object.put(lockOf({}))
    object.stored!.modifiedAt = new Date(context.clock.now().getTime() - staleAfterMs - 1)
    await withTargetLock(context, async () => expect(object.stored!.text).not.toContain('theirs'))
    expect(JSON.stringify(context.events)).toContain('taking over')
  })

  it('of a person is never taken over and never waited for', async () => {
    const { context, object } = world()
    object.put(lockOf({ manual: true, why: 'migration' }))
    object.stored!.modifiedAt = new Date(0)
    await expect(withTargetLock(context, async () => 'in')).rejects.toMatchObject({ code: 'Refused' })
    expect(context.clock.slept).toEqual([])
  })

  it('that cannot be read stops everybody', async () => {
    const { context, object } = world()
    object.put('{ broken')
    await expect(withTargetLock(context, async () => 'in')).rejects.toMatchObject({ code: 'StackState' })
    expect(object.stored!.text).toBe('{ broken')
  })

  it('is ours although the answer to our write was lost', async () => {
    const { context, object } = world()
    const putNew: Buckets['putNew'] = async (_bucket, _key, text) => {
      object.put(text)
      return undefined
    }
    const lost = fakeContext({
      clock: context.clock,
      ports: (calls) => ({ buckets: fakePort<Buckets>('buckets', object.port({ putNew }), calls) }),
    })
    expect(await withTargetLock(lost, async () => 'in')).toBe('in')
  })

  it('that was lost stops the run at its next write, and is left to its new holder', async () => {
    const { context, object } = world()
    const work = withTargetLock(context, async (locked) => {
      object.put(lockOf({ nonce: 'new holder' }))
      // The next sign of life finds out.
      while (context.clock.slept.length < 1) await new Promise((resolve) => setImmediate(resolve))
      for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve))
      await expect(locked.ports.buckets.put('bucket', key, 'x')).rejects.toMatchObject({ code: 'Refused' })
      // What it did until then can still be told.
      expect(locked.unguarded).toBe(context.ports)
      await locked.ports.buckets.put('bucket', key, 'x')
    })
    await expect(work).rejects.toMatchObject({ code: 'Refused' })
    expect(object.stored!.text).toContain('new holder')
  })

  describe('after the machine was asleep', () => {
    /** No sign of life was given, and none is until the work has ended. */
    const asleep = (over: (object: LockObject) => Partial<Buckets> = () => ({})) => {
      let now = new Date('2025-01-02T03:04:05.000Z').getTime()
      const clock: FakeClock = {
        slept: [],
        now: () => new Date(now),
        sleep: async (_ms, signal) =>
          new Promise((_resolve, reject) => signal?.addEventListener('abort', () => reject(new Error('ended')))),
      }
      const object = new LockObject(clock)
      const port = object.port(over(object))
      const context = fakeContext({
        clock,
        ports: (calls) => ({ buckets: fakePort<Buckets>('buckets', { ...port, put: async () => 'etag' }, calls) }),
      })
      return { context, object, calls: context.calls, wakeAfter: (ms: number) => (now += ms) }
    }

    it('is renewed before the next write', async () => {
      const { context, object, wakeAfter } = asleep()
      await withTargetLock(context, async (locked) => {
        wakeAfter(3 * staleAfterMs)
        await locked.ports.buckets.put('bucket', key, 'x')
        expect(object.stored!.modifiedAt).toEqual(context.clock.now())
      })
      expect(object.stored).toBeUndefined()
    })

    it('stops the run before it writes where somebody took it over meanwhile', async () => {
      const { context, object, calls, wakeAfter } = asleep()
      const work = withTargetLock(context, async (locked) => {
        object.put(lockOf({ nonce: 'new holder' }))
        wakeAfter(3 * staleAfterMs)
        await locked.ports.buckets.put('bucket', key, 'x')
      })
      await expect(work).rejects.toMatchObject({ code: 'Refused' })
      expect(calls.filter((call) => /^buckets\.put\b/.test(call))).toEqual([])
      expect(object.stored!.text).toContain('new holder')
    })

    it('stops the run before it writes where nobody can tell whose it is', async () => {
      const { context, calls, wakeAfter } = asleep(() => ({
        replace: async () => Promise.reject(new Error('no network')),
      }))
      const work = withTargetLock(context, async (locked) => {
        wakeAfter(3 * staleAfterMs)
        await locked.ports.buckets.put('bucket', key, 'x')
      })
      await expect(work).rejects.toMatchObject({ code: 'Refused' })
      expect(calls.filter((call) => /^buckets\.put\b/.test(call))).toEqual([])
    })
  })
})
