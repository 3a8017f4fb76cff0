import { describe, expect, it } from '@jest/globals'
import { warnOfCredentials } from '../../../scripts/flows/deploy/credential-time.js'
import { ledgerWorld, place, stored } from '../../support/fake-ledger.js'

type World = ReturnType<typeof ledgerWorld>
const minute = 60_000
/** A run whose credentials last so long. */
function lasting(minutes: number | undefined, objects: Record<string, string>): World {
  const context = ledgerWorld({ objects })
  const expires = new Date(context.clock.now().getTime() + (minutes ?? 0) * minute)
  return minutes === undefined ? context : { ...context, cloud: { ...context.cloud, expires } }
}
const warned = (context: World): string[] =>
  context.events.flatMap((event) => (event.type === 'warning' ? [`${event.text} | ${event.hint}`] : []))

describe('a deployment whose credentials end', () => {
  const objects = {
    ...stored(1, { durationMs: 8 * minute }),
    ...stored(2, { durationMs: 99 * minute, outcome: 'removed' }),
    [place(3)]: '{',
  }

  it('is warned of it by what the last ones took, removals and broken receipts aside', async () => {
    const context = lasting(11, objects)
    await warnOfCredentials(false, context)
    expect(warned(context)).toEqual([
      expect.stringMatching(/end in 11 minutes .* may take 12 minutes \| sign in again first.* the same command$/),
    ])
  })

  it('is not warned where they last, and reads no history where they never end', async () => {
    for (const context of [lasting(13, objects), lasting(undefined, objects)]) {
      await warnOfCredentials(false, context)
      expect(warned(context)).toEqual([])
    }
    const endless = lasting(undefined, objects)
    await warnOfCredentials(false, endless)
    expect(endless.calls).toEqual([])
  })

  it('may take fifteen minutes where it is the first', async () => {
    const context = lasting(14, objects)
    await warnOfCredentials(true, context)
    expect(warned(context)).toHaveLength(1)
  })
})
