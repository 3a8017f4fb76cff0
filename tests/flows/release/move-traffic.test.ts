import { describe, expect, it } from '@jest/globals'
import { moveTraffic } from '../../../scripts/flows/release/move-traffic.js'
import { fakeStep } from '../../support/fake-context.js'
import { rejectedBy } from '../../support/failures.js'
import { names, world } from '../../support/fake-shift.js'

describe('moving all aliases or none', () => {
  it('names those that could not be taken back, whatever it was that failed', async () => {
    const context = world({
      onMove: (name) => {
        if (name === 'g' || context.aliases['f']?.version === '8') throw new Error('throttled')
      },
    })
    const moves = names.map((name) => ({ name, alias: 'live', from: '7', to: '8', revisionId: 'r0' }))
    const error = await rejectedBy(moveTraffic(moves, fakeStep(), context))
    expect([error.code, error.message]).toEqual(['AwsFailed', 'throttled'])
    expect(error.facts).toEqual([{ label: 'Not back', text: 'f: throttled' }])
    expect(error.hint).toBe('make rs-rollback ENV=dev ORG=myorg takes them back')
  })
})
