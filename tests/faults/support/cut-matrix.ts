import { afterAll, describe, expect, it } from '@jest/globals'
import { shown } from '../../e2e/support/project.js'
import { makeLanes } from './lanes.js'
import { type CellOutcome, type Way, cellsOf, describeCell, runCell, runTogether } from './matrix.js'
import type { Start } from './rig.js'

/** These a run mostly survives: all of its calls can be cut in one. */
const passing: readonly Way[] = ['throttled', 'broken', 'unavailable', 'skewed', 'reset', 'answer-lost']
const final: readonly Way[] = ['expired', 'killed']

/** Every mutating call of a deployment from `start`, cut in every way: the same command again ends as a clean run. */
export async function holdCutMatrix(title: string, start: Start): Promise<void> {
  const lanes = await makeLanes(start, start === 'first' ? ['first'] : ['first', 'update'])
  const { writes, state } = lanes.clean[start]
  const hold = ({ problems, second, state: left }: CellOutcome): void => {
    expect(problems).toEqual([])
    if (second !== undefined) expect(shown(second)).toContain('exit 0')
    expect(left).toEqual(state)
  }
  describe(title, () => {
    afterAll(async () => lanes.remove(), 300_000)

    it.concurrent.each(passing.map((way) => [way, cellsOf(start, writes, [way])] as const))(
      `converges after each of its changing calls, in one run where it survives, was %s`,
      async (_, cells) => {
        for (const outcome of await lanes.on((rig) => runTogether(cells, rig))) hold(outcome)
      },
      1_800_000,
    )
    it.concurrent.each(cellsOf(start, writes, final).map((cell) => [describeCell(cell), cell] as const))(
      'converges after %s',
      async (_, cell) => hold(await lanes.on((rig) => runCell(cell, rig))),
      1_800_000,
    )
  })
}
