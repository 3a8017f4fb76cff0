import { afterAll, describe, expect, it } from '@jest/globals'
import { shown } from '../e2e/support/project.js'
import { type Interruption, atEveryStep, describeInterruption, interrupt } from './support/interruptions.js'
import { type Start, makeRig } from './support/rig.js'
import { drawn } from './support/seeded.js'

const rig = await makeRig('stops', ['first', 'update'])
const starts: Start[] = ['first', 'update']

/** At random points of the wire, the same ones in every run. */
const random = starts.flatMap((start): Interruption[] =>
  drawn(15, rig.clean[start].calls.length).map((call, i) => ({
    start,
    blow: 'killed',
    moment: { call: call + 1 },
    slowMs: i % 3 === 0 ? 40 : 0,
  })),
)
const boundaries = starts.flatMap((start) => [
  ...atEveryStep(rig, start, 'killed', ['started', 'ended']),
  ...atEveryStep(rig, start, 'offline', ['started', 'ended']),
  ...atEveryStep(rig, start, 'ctrl-c', ['started', 'ended']),
  // Before the lock is held, one Ctrl-C has left before a second one could come.
  ...atEveryStep(rig, start, 'ctrl-c-twice', ['started']).slice(rig.clean[start].steps.indexOf('Stack')),
])

describe('a deployment', () => {
  afterAll(async () => rig.remove(), 60_000)

  it.each([...random, ...boundaries].map((one) => [one.start, describeInterruption(one), one] as const))(
    'from start "%s" ends as one that nothing stopped after %s',
    async (start, _, one) => {
      const { problems, second, state } = await interrupt(one, rig)
      expect(problems).toEqual([])
      expect(shown(second)).toContain('exit 0')
      expect(state).toEqual(rig.clean[start].state)
    },
    180_000,
  )
})
