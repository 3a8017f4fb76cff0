/** Waits in milliseconds that double from `firstMs` and stay at `limitMs`; without end. */
export function* doubling(firstMs: number, limitMs: number): Generator<number, never> {
  let wait = firstMs
  for (;;) {
    yield Math.min(wait, limitMs)
    wait = Math.min(wait * 2, limitMs)
  }
}
