/** Whether version `a` (dotted numbers) is `b` or newer; parts that are missing count as 0. */
export function isAtLeast(a: string, b: string): boolean {
  const parts = (version: string): number[] => version.split('.').map((part) => Number.parseInt(part, 10) || 0)
  const [left, right] = [parts(a), parts(b)]
  for (let i = 0; i < Math.max(left.length, right.length); i++) {
    const difference = (left[i] ?? 0) - (right[i] ?? 0)
    if (difference !== 0) return difference > 0
  }
  return true
}

/** The first dotted number in a text, as tools print their version. */
export function versionIn(text: string): string | undefined {
  return /\d+(\.\d+)+/.exec(text)?.[0]
}
