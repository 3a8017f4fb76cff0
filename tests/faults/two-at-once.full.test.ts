import { afterAll, describe, expect, it } from '@jest/globals'
import { type Project, makeProject, shown } from '../e2e/support/project.js'
import { makeRig } from './support/rig.js'

const rig = await makeRig('pairs', ['first'])
const other: Project = await makeProject('other')
const times = 10

describe('two checkouts that deploy one target at once', () => {
  afterAll(async () => {
    await rig.remove()
    await other.remove()
  }, 300_000)

  it(`follow each other, ${times} times: one waits, both deploy, receipts are consecutive`, async () => {
    await rig.begin('first')
    let waited = 0
    for (let i = 1; i <= times; i++) {
      const env = { RS_FORCE: 'true' }
      const pair = await Promise.all([rig.deploy({ env }), rig.deploy({ env, folder: other.folder })])
      for (const one of pair) expect(shown(one)).toContain('exit 0')
      waited += pair.filter(({ stdout }) => stdout.includes('waiting for')).length
      const numbers = pair.flatMap(({ stdout }) => /"release":(\d+)/.exec(stdout)?.[1] ?? []).map(Number)
      expect(numbers.sort((a, b) => a - b)).toEqual([2 * i - 1, 2 * i])
    }
    // The checkout that has to build first may come when the other one is done.
    expect(waited).toBeGreaterThanOrEqual(times - 1)
    expect(waited).toBeLessThanOrEqual(times)
    const state = await rig.state()
    expect(state).toContain('receipts consecutive, the last is live')
    const kept = (lines: readonly string[]): string[] => lines.filter((line) => /^(user|group|pool|output)/.test(line))
    expect(kept(state)).toEqual(kept(rig.clean.first.state))
  }, 1_800_000)
})
