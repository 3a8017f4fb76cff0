import { afterAll, describe, expect, it } from '@jest/globals'
import { shown } from '../e2e/support/project.js'
import { cellsOf, describeCell, runCell } from './support/matrix.js'
import { makeRig } from './support/rig.js'

const rig = await makeRig('update', ['first', 'update'])

describe('an update of code, configuration and parameters', () => {
  afterAll(async () => rig.remove(), 60_000)

  const cells = cellsOf('update', rig.clean.update.writes).map((cell) => [describeCell(cell), cell] as const)
  it.each(cells)(
    'converges after %s',
    async (_, cell) => {
      const { problems, second, state } = await runCell(cell, rig)
      expect(problems).toEqual([])
      if (second !== undefined) expect(shown(second)).toContain('exit 0')
      expect(state).toEqual(rig.clean.update.state)
    },
    180_000,
  )
})
