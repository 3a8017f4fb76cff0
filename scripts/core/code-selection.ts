import { DeployError } from '../errors.js'

interface Named {
  logicalId: string
  name: string
}

/** The functions that FUNCTION names: by logical id or name, with `*`. Throws Usage for a part that names none. */
export function selectFunctions<T extends Named>(functions: readonly T[], given: string | undefined): T[] {
  const patterns = (given ?? '')
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '')
  if (patterns.length === 0) return [...functions]
  const matching = patterns.map((pattern) => {
    const found = functions.filter(({ logicalId, name }) => [logicalId, name].some((one) => matches(one, pattern)))
    if (found.length > 0) return found
    throw new DeployError('Usage', `FUNCTION=${pattern} names no function of this stack`, {
      facts: functions.slice(0, 10).map(({ logicalId, name }) => ({ label: logicalId, text: name })),
      hint: 'take one of them, a pattern with *, or make rs-deploy where it was not deployed yet',
    })
  })
  return functions.filter((one) => matching.some((found) => found.includes(one)))
}

function matches(name: string, pattern: string): boolean {
  const source = pattern
    .split('*')
    .map((part) => part.replaceAll(/[.+?^${}()|[\]\\]/g, String.raw`\$&`))
    .join('.*')
  return new RegExp(`^${source}$`).test(name)
}
