/** Waits in milliseconds that double from `firstMs`, after `steadyTimes` of it, and stay at `limitMs`; without end. */
export function* doubling(firstMs: number, limitMs: number, steadyTimes = 0): Generator<number, never> {
  for (let i = 0; i < steadyTimes; i++) yield firstMs
  let wait = firstMs
  for (;;) {
    yield Math.min(wait, limitMs)
    wait = Math.min(wait * 2, limitMs)
  }
}
