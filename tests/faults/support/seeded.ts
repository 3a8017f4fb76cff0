/** So many different numbers below `limit`, the same ones every time (a linear congruence; Numerical Recipes). */
export function drawn(count: number, limit: number): number[] {
  const found = new Set<number>()
  let state = 20_261
  while (found.size < Math.min(count, limit)) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    found.add(Math.floor((state / 2 ** 32) * limit))
  }
  return [...found].sort((a, b) => a - b)
}
