import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { type KeepingProject, makeKeepingProject } from './support/keeping-data.js'
import { lossCases } from './support/loss-cases.js'
import { shown } from './support/project.js'

describe('every way of losing data', () => {
  let keeping: KeepingProject
  let before: string[]
  beforeAll(async () => {
    keeping = await makeKeepingProject('every way')
    before = await keeping.data.read()
  }, 480_000)
  afterAll(async () => keeping.project.remove(), 60_000)

  it('is one of twenty', () => {
    expect(lossCases).toHaveLength(20)
  })

  // Refused ones first: they leave the stack as it is.
  const harmless = lossCases.filter(({ ends }) => ends === 'harmless' || ends === 'fails')
  const refused = lossCases.filter((one) => !harmless.includes(one))
  it.each(refused)(
    'is refused: $what',
    async (one) => {
      const result = await keeping.deploy(one)
      expect(result.stderr).toContain(one.ends)
      expect(result.stderr).toContain('Refused (exit 3)')
      expect(await keeping.data.read()).toEqual(before)
    },
    300_000,
  )

  it.each(harmless)(
    'is none: $what',
    async ({ change, words = [], ends }) => {
      // Even where losing them were allowed, nothing of it happens.
      const result = await keeping.deploy({
        ...(change && { change }),
        words: [...words, 'ALLOW_DATA_LOSS=Notes,Attic'],
      })
      if (ends === 'fails')
        expect(result.stderr).toMatch(/rolled back: the stack is as it was[^]*already exists[^]*StackFailed/)
      else expect(shown(result)).toContain('exit 0')
      expect(await keeping.data.read()).toEqual(before)
    },
    300_000,
  )
})
