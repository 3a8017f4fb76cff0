import { describe, expect, it } from '@jest/globals'
import { versionsBefore } from '../../../scripts/flows/release/serving.js'
import { fakeStack } from '../../support/fake-context.js'
import { receipt } from '../../support/fake-ledger.js'
import { world } from '../../support/fake-shift.js'

describe('what a release goes back to', () => {
  const functions = { F: { name: 'f', alias: 'live', version: '6', codeSha256: 'code of 6' } }

  it('is what the last good release proved, and what serves where that says nothing of it', async () => {
    const found = await versionsBefore(fakeStack(), { ...receipt, functions }, world())
    expect(Object.fromEntries(found)).toEqual({ f: '6', g: '7' })
  })

  it.each([
    ['there is none', undefined],
    ['it was of another stack', { ...receipt, functions, stack: { arn: 'another', changedAt: 'then' } }],
  ])('is what serves where %s', async (_case, live) => {
    const found = await versionsBefore(fakeStack(), live, world())
    expect(Object.fromEntries(found)).toEqual({ f: '7', g: '7' })
  })
})
