import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { type KeepingProject, makeKeepingProject } from './support/keeping-data.js'
import { lossCases, withoutNotes } from './support/loss-cases.js'
import { jsonLine, shown } from './support/project.js'

/** The whole table runs in data-loss.full.test.ts. */
const firstCase = lossCases.slice(0, 1)

describe('data of a deployed organization', () => {
  let keeping: KeepingProject
  let before: string[]
  beforeAll(async () => {
    keeping = await makeKeepingProject('data')
    before = await keeping.data.read()
  }, 180_000)
  afterAll(async () => keeping.project.remove(), 60_000)

  it.each(firstCase)(
    'outlives $what',
    async (one) => {
      const result = await keeping.deploy(one)
      expect(result.stderr).toContain(one.ends)
      expect(result.stderr).toContain('Refused (exit 3)')
      expect(await keeping.data.read()).toEqual(before)
    },
    120_000,
  )

  it('is shown by rs-plan with what is lost, and rs-plan changes nothing', async () => {
    const [lost] = lossCases
    const result = await keeping.deploy({ ...lost, words: ['JSON=true'] }, 'rs-plan')
    const { data } = jsonLine(result, 'result') as { data: { losses: unknown[]; resources: { class: string }[] } }
    expect(data.losses).toEqual([expect.objectContaining({ id: 'Attic', holds: expect.stringContaining('2 objects') })])
    expect(data.resources[0]).toMatchObject({ id: 'Attic', class: 'stateful-removing', kept: false })
    expect(result.stdout).toContain('"code":"Refused"')
    expect(await keeping.data.read()).toEqual(before)
  }, 120_000)

  it('goes only by its exact name in ALLOW_DATA_LOSS, and nothing else with it', async () => {
    const one = { change: withoutNotes, words: ['ALLOW_DATA_LOSS=Notes'] }
    const plan = await keeping.deploy({ ...one, words: [...one.words, 'CHECK=true'] }, 'rs-plan')
    expect(plan.stderr).toContain('Different (exit 7)')
    expect(plan.stdout).toContain('Notes would be removed; it holds 3 items (allowed)')
    expect(await keeping.data.read()).toEqual(before)
    expect(shown(await keeping.deploy(one))).toContain('exit 0')
    expect(await keeping.data.read()).toEqual(before.filter((line) => !line.startsWith('item')))
  }, 120_000)
})
