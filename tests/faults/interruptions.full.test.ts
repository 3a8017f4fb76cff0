import { afterAll, describe, expect, it } from '@jest/globals'
import { shown } from '../e2e/support/project.js'
import { type Blow, type Interruption, atEveryStep, describeInterruption, interrupt } from './support/interruptions.js'
import { makeLanes } from './support/lanes.js'
import type { Start } from './support/rig.js'
import { drawn } from './support/seeded.js'

const lanes = await makeLanes('stops', ['first', 'update'])
const starts: Start[] = ['first', 'update']

/** At random points of the wire, the same ones in every run. */
const random = starts.flatMap((start): Interruption[] =>
  drawn(15, lanes.clean[start].calls.length).map((call, i) => ({
    start,
    blow: 'killed',
    moment: { call: call + 1 },
    slowMs: i % 3 === 0 ? 40 : 0,
  })),
)
/** Each blow at every step; a lost network and Ctrl-C from one start at this step, from the other at the next. */
const boundaries = starts.flatMap((start, turn) => {
  const clean = lanes.clean[start]
  const takesTurns = (blow: Blow, i: number): Interruption[] =>
    atEveryStep(clean, start, blow).filter((_, step) => step % 2 === (turn + i) % 2)
  return [...atEveryStep(clean, start, 'killed'), ...takesTurns('offline', 0), ...takesTurns('ctrl-c', 1)]
})
/** Before the lock is held, and once it is given back, one Ctrl-C has left before a second one could come. */
const twice = atEveryStep(lanes.clean.first, 'first', 'ctrl-c-twice').slice(
  lanes.clean.first.steps.indexOf('Stack'),
  -1,
)

describe('a deployment', () => {
  afterAll(async () => lanes.remove(), 300_000)

  it.concurrent.each(
    [...random, ...boundaries, ...twice].map((one) => [one.start, describeInterruption(one), one] as const),
  )(
    'from start "%s" ends as one that nothing stopped after %s',
    async (start, _, one) => {
      const { problems, second, state } = await lanes.on((rig) => interrupt(one, rig))
      expect(problems).toEqual([])
      expect(shown(second)).toContain('exit 0')
      expect(state).toEqual(lanes.clean[start].state)
    },
    1_800_000,
  )
})
