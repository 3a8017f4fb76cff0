import { describe, expect, it } from '@jest/globals'
import { isItsOwn, isThere, resourcePhases } from '../../scripts/core/resource-status.js'

describe('a resource of a stack', () => {
  const statuses = Object.keys(resourcePhases)
  const without = (holds: typeof isThere): string[] => statuses.filter((status) => !holds({ status }))

  it('is there until it is deleted, or let go of', () => {
    expect(without(isThere)).toEqual(['DELETE_COMPLETE', 'DELETE_SKIPPED'])
  })

  it('is the stack’s own unless it could not be made or taken over', () => {
    expect(without(isItsOwn)).toEqual(['CREATE_FAILED', 'DELETE_COMPLETE', 'DELETE_SKIPPED', 'IMPORT_FAILED'])
  })
})
