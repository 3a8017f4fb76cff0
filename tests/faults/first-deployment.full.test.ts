import { afterAll, describe, expect, it } from '@jest/globals'
import { shown } from '../e2e/support/project.js'
import { cellsOf, describeCell, runCell } from './support/matrix.js'
import { makeRig } from './support/rig.js'

const rig = await makeRig('first', ['first'])

describe('a first deployment', () => {
  afterAll(async () => rig.remove(), 60_000)

  const cells = cellsOf('first', rig.clean.first.writes).map((cell) => [describeCell(cell), cell] as const)
  it.each(cells)(
    'converges after %s',
    async (_, cell) => {
      const { problems, second, state } = await runCell(cell, rig)
      expect(problems).toEqual([])
      if (second !== undefined) expect(shown(second)).toContain('exit 0')
      expect(state).toEqual(rig.clean.first.state)
    },
    180_000,
  )
})
