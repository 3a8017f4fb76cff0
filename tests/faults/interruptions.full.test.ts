import { afterAll, describe, expect, it } from '@jest/globals'
import { shown } from '../e2e/support/project.js'
import { type Interruption, atEveryStep, describeInterruption, interrupt } from './support/interruptions.js'
import { type Rig, makeRig } from './support/rig.js'
import { drawn } from './support/seeded.js'

type Deployment = 'first' | 'update'
/** A checkout for each: what an update begins with has other sources. */
const rigs: Record<Deployment, Rig> = {
  first: await makeRig('stops', ['first']),
  update: await makeRig('stops', ['first', 'update']),
}
const starts: Deployment[] = ['first', 'update']

/** At random points of the wire, the same ones in every run. */
const random = starts.flatMap((start): Interruption<Deployment>[] =>
  drawn(15, rigs[start].clean[start].calls.length).map((call, i) => ({
    start,
    blow: 'killed',
    moment: { call: call + 1 },
    slowMs: i % 3 === 0 ? 40 : 0,
  })),
)
const boundaries = starts.flatMap((start) => [
  ...atEveryStep(rigs[start], start, 'killed', ['started', 'ended']),
  ...atEveryStep(rigs[start], start, 'offline', ['started', 'ended']),
  ...atEveryStep(rigs[start], start, 'ctrl-c', ['started', 'ended']),
  // Before the lock is held, one Ctrl-C has left before a second one could come.
  ...atEveryStep(rigs[start], start, 'ctrl-c-twice', ['started']).slice(
    rigs[start].clean[start].steps.indexOf('Stack'),
  ),
])

describe('a deployment', () => {
  afterAll(async () => {
    await rigs.first.remove()
    await rigs.update.remove()
  }, 60_000)

  it.each([...random, ...boundaries].map((one) => [one.start, describeInterruption(one), one] as const))(
    'from start "%s" ends as one that nothing stopped after %s',
    async (start, _, one) => {
      const { problems, second, state } = await interrupt(one, rigs[start])
      expect(problems).toEqual([])
      expect(shown(second)).toContain('exit 0')
      expect(state).toEqual(rigs[start].clean[start].state)
    },
    180_000,
  )
})
