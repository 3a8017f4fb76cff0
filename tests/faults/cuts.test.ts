import { afterAll, describe, expect, it, jest } from '@jest/globals'
import { shown } from '../e2e/support/project.js'
import { type Way, cellsOf, describeCell, poorEnding, runCell } from './support/matrix.js'
import { makeRig } from './support/rig.js'

const rig = await makeRig('cuts', ['first'])
/** The whole matrix is in *.full.test.ts; here one call for each of these, another one with each seed of jest. */
const chosen: Way[] = ['answer-lost', 'killed', 'expired']

describe('a first deployment with one call cut', () => {
  afterAll(async () => rig.remove(), 60_000)

  const cells = chosen.map((way, i) => {
    const all = cellsOf('first', rig.clean.first.writes, [way])
    const cell = all[Math.abs(jest.getSeed() + i * 7) % all.length]!
    return [describeCell(cell), cell] as const
  })
  it.each(cells)(
    'converges after %s',
    async (_, cell) => {
      const { cut, first, second, state } = await runCell(cell, rig)
      expect(cut).toBe(true)
      if (second !== undefined) {
        expect(poorEnding(cell, first)).toBeUndefined()
        expect(shown(second)).toContain('exit 0')
      }
      expect(state).toEqual(rig.clean.first.state)
    },
    120_000,
  )
})
