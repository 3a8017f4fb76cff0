import { describe, expect, it } from '@jest/globals'
import { credentialWarning, expectedMs } from '../../scripts/core/credential-time.js'

const minute = 60_000
const now = new Date('2026-01-01T12:00:00Z')
const inMinutes = (count: number): Date => new Date(now.getTime() + count * minute)

describe('the time that a deployment may take', () => {
  it('is fifteen minutes for a first one, whatever earlier ones took', () => {
    expect(expectedMs([], true)).toBe(15 * minute)
    expect(expectedMs([minute], true)).toBe(15 * minute)
  })

  it('is half more than the longest of the last ones, and ten minutes where none is known', () => {
    expect(expectedMs([2 * minute, 4 * minute, minute], false)).toBe(6 * minute)
    expect(expectedMs([], false)).toBe(10 * minute)
  })
})

describe('credentials', () => {
  it('that end before the deployment may are told with both times', () => {
    expect(credentialWarning(inMinutes(4), now, 10 * minute)).toBe(
      'the credentials end in 4 minutes (2026-01-01 12:04 UTC), a deployment of this target may take 10 minutes',
    )
    expect(credentialWarning(inMinutes(1), now, minute + 1)).toContain('in 1 minute (')
    expect(credentialWarning(inMinutes(0.5), now, 10 * minute)).toContain('within a minute')
    expect(credentialWarning(inMinutes(-3), now, 10 * minute)).toContain('within a minute')
  })

  it('that last long enough, or never end, are not', () => {
    expect(credentialWarning(inMinutes(10), now, 10 * minute)).toBeUndefined()
    expect(credentialWarning(undefined, now, 10 * minute)).toBeUndefined()
  })
})
