import { describe, expect, it } from '@jest/globals'
import type { Receipt } from '../../../scripts/core/receipt.js'
import { gatherCodeFacts } from '../../../scripts/flows/release/code-facts.js'
import { versionsBefore } from '../../../scripts/flows/release/serving.js'
import { fakeStack, fakeStep } from '../../support/fake-context.js'
import { receipt, stored } from '../../support/fake-ledger.js'
import { world } from '../../support/fake-shift.js'

describe('what a release goes back to', () => {
  const functions = { F: { name: 'f', alias: 'live', version: '6', codeSha256: 'code of 6' } }

  it('is what the last good release proved, and what serves where that says nothing of it', async () => {
    const found = await versionsBefore(fakeStack(), { ...receipt, functions }, world())
    expect(Object.fromEntries(found.versions)).toEqual({ f: '6', g: '7' })
    expect(found.astray).toBe(true)
  })

  const at = (version: string): Receipt['functions'] => ({
    F: { name: 'f', alias: 'live', version, codeSha256: `code of ${version}` },
  })
  const live = { ...receipt, release: 5, functions: at('8') }
  it.each<[string, Partial<Receipt>, string]>([
    ['what somebody moved the alias to by hand, where an earlier release was live with it', {}, '7'],
    ['what a release proved that failed afterwards', { outcome: 'failed' }, '7'],
    ['not what serves where only another stack was live with it', { stack: { arn: 'another', changedAt: '' } }, '8'],
  ])('is %s', async (_case, over, version) => {
    const objects = { ...stored(4, { functions: at('7'), ...over }), ...stored(5, { functions: at('8') }) }
    const found = await versionsBefore(fakeStack(), live, world({ objects }))
    expect(found.versions.get('f')).toBe(version)
    expect(found.astray).toBe(version === '8')
  })

  it('of a release of code is the same', async () => {
    const objects = { ...stored(4, { functions: at('7') }), ...stored(5, { functions: at('8') }) }
    const { functions } = await gatherCodeFacts(fakeStep(), world({ objects }))
    expect(functions.find(({ name }) => name === 'f')).toMatchObject({
      good: '7',
      liveSha256: undefined,
      unproved: 'version 7 serves, which the last good release did not leave; finishing it',
    })
  })

  it.each([
    ['there is none', undefined],
    ['it was of another stack', { ...receipt, functions, stack: { arn: 'another', changedAt: 'then' } }],
  ])('is what serves where %s', async (_case, live) => {
    const found = await versionsBefore(fakeStack(), live, world())
    expect(Object.fromEntries(found.versions)).toEqual({ f: '7', g: '7' })
  })
})
