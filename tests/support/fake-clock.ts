import type { Clock } from '../../scripts/ports.js'

export interface FakeClock extends Clock {
  /** Every wait in milliseconds, in order. */
  slept: number[]
}

/** A clock that only moves when somebody sleeps. */
export function fakeClock(start = '2025-01-02T03:04:05.000Z'): FakeClock {
  let now = new Date(start).getTime()
  const slept: number[] = []
  return {
    slept,
    now: () => new Date(now),
    async sleep(ms, signal) {
      signal?.throwIfAborted()
      slept.push(ms)
      now += ms
      // Others get their turn, as they would while time goes by.
      await new Promise((resolve) => setImmediate(resolve))
      signal?.throwIfAborted()
    },
  }
}
