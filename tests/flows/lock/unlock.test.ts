import { describe, expect, it } from '@jest/globals'
import { staleAfterMs, writelessAfterMs } from '../../../scripts/core/lock.js'
import { withTargetLock } from '../../../scripts/flows/lock/target-lock.js'
import { unlock } from '../../../scripts/flows/lock/unlock.js'
import type { TargetContext } from '../../../scripts/flows/context.js'
import type { FakeContext } from '../../support/fake-context.js'
import { key, lockOf, lockWorld } from '../../support/fake-lock.js'
import { rejectedBy } from '../../support/failures.js'

const yes = { YES: 'true' }
const closings = ({ events }: FakeContext): string[] =>
  events.flatMap((event) => (event.type === 'step-ended' && event.title === 'Unlock' ? [event.text] : []))
const write = (locked: TargetContext): Promise<string> => locked.ports.buckets.put('bucket', 'written', 'x')
const turns = async (count: number): Promise<void> => {
  for (let turn = 0; turn < count; turn++) await new Promise((resolve) => setImmediate(resolve))
}

describe('taking the lock away from a run', () => {
  it('that lives ends only when that run writes nothing more: its next write is refused and names who took it', async () => {
    const written: string[] = []
    const put = async (_bucket: string, name: string): Promise<string> => `${written.push(name)}`
    const { context, object } = lockWorld(yes, { put })
    const work = withTargetLock(context, async (locked) => {
      await write(locked)
      await unlock({ ...context, who: 'maria@laptop' })
      expect(object.stored).toBeUndefined()
      await write(locked)
    })
    const error = await rejectedBy(work)
    expect([error.code, error.message]).toEqual(['Refused', expect.stringContaining('maria@laptop took the lock away')])
    expect(written).toEqual(['written'])
    expect(closings(context)).toEqual([expect.stringContaining('me@here (')])
    expect(closings(context)[0]).toContain('has given it back')
  })

  it('that is writing waits for the end of that write, however long it takes', async () => {
    let end = (): void => undefined
    const put = async (): Promise<string> => {
      await new Promise<void>((resolve) => (end = resolve))
      return 'etag'
    }
    const { context, object } = lockWorld(yes, { put })
    let unlocked = false
    await withTargetLock(context, async (locked) => {
      const writing = write(locked)
      await turns(2)
      const unlocking = unlock(context).then(() => (unlocked = true))
      // By the clock of the test this is minutes: signs of life go on until the write has ended.
      await turns(200)
      expect([unlocked, object.stored?.text]).toEqual([false, expect.stringContaining('askedBackBy')])
      end()
      await writing
      await unlocking
    })
    expect([unlocked, object.stored]).toEqual([true, undefined])
  })

  it('that ends meanwhile leaves no lock behind', async () => {
    const { context, object } = lockWorld(yes)
    let unlocking: Promise<void> = Promise.resolve()
    await withTargetLock(context, async () => {
      unlocking = unlock(context)
      await turns(2)
    })
    await unlocking
    expect(object.stored).toBeUndefined()
  })

  it('that is silent waits until it could not write without asking, and no longer', async () => {
    const { context, object } = lockWorld(yes)
    object.put(lockOf({}))
    await unlock(context)
    const waitedMs = context.clock.slept.reduce((sum, ms) => sum + ms, 0)
    expect(waitedMs).toBeGreaterThanOrEqual(writelessAfterMs)
    expect(waitedMs).toBeLessThan(staleAfterMs)
    expect([object.stored, closings(context)[0]]).toEqual([undefined, expect.stringContaining('no sign of life')])
  })

  it('is confirmed with the name of its holder and its age, and changes nothing without', async () => {
    const { context, object } = lockWorld()
    const { text } = { text: lockOf({}) }
    object.put(text)
    const prompts = { interactive: false, ask: async () => '', askHidden: async () => '' }
    const error = await rejectedBy(unlock({ ...context, ports: { ...context.ports, prompts } }))
    expect(error.code).toBe('Declined')
    expect(error.message).toMatch(/maria@laptop .* whose last sign of life is 0 s old/)
    expect(object.stored?.text).toBe(text)
  })

  it.each([
    ['a person’s', lockOf({ manual: true }), 0],
    ['a dead run’s', lockOf({}), staleAfterMs + 1],
    ['one that cannot be read', '{ broken', 0],
  ])('needs no waiting and no confirmation where it is nobody’s that could write: %s', async (_whose, text, ageMs) => {
    const { context, object } = lockWorld()
    object.put(text)
    object.stored!.modifiedAt = new Date(context.clock.now().getTime() - ageMs)
    await unlock(context)
    expect([object.stored, context.clock.slept]).toEqual([undefined, []])
  })

  it('is confirmed also where S3 answers no second time: what was read once is what counts', async () => {
    let reads = 0
    const readDated = async () => {
      if (++reads > 1) throw new Error('Please reduce your request rate')
      return { ...object.stored!, serverNow: context.clock.now() }
    }
    const { context, object } = lockWorld({}, { readDated })
    object.put(lockOf({}))
    const prompts = { interactive: false, ask: async () => '', askHidden: async () => '' }
    expect((await rejectedBy(unlock({ ...context, ports: { ...context.ports, prompts } }))).code).toBe('Declined')
    expect(object.stored?.text).toBe(lockOf({}))
  })

  it('is not done where it changed at the same moment', async () => {
    const { context, object } = lockWorld(yes, { replace: async () => undefined })
    object.put(lockOf({}))
    expect((await rejectedBy(unlock(context))).code).toBe('Refused')
    expect(object.stored?.text).toContain('theirs')
  })

  it('says so where there is none', async () => {
    const { context } = lockWorld(yes)
    await unlock(context)
    expect(JSON.stringify(context.events)).toContain('it is not locked')
    expect(context.calls.filter((call) => !call.includes(key))).toEqual([])
  })
})
