/** The versions that may go: all but the newest `keep` and those that something needs, oldest first. */
export function planPruning(versions: readonly string[], needed: readonly string[], keep: number): string[] {
  const numbered = versions.filter((version) => /^\d+$/.test(version)).sort((a, b) => Number(a) - Number(b))
  return numbered.slice(0, Math.max(0, numbered.length - keep)).filter((version) => !needed.includes(version))
}
