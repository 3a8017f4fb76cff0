import { type VariableName, variableNames, variables } from './variables.js'

/** What stands on make's command line stands in its argv, for every user of the machine to read. */
export function argvWarning(makeNames: readonly string[]): { text: string; hint: string } | undefined {
  const shown = makeNames.filter((name) => variables[name as VariableName]?.kind === 'secret')
  const [first] = shown
  if (first === undefined) return undefined
  const file = variableNames.find((name) => name === `${first}_FILE`)
  return {
    text: `${shown.join(', ')} stands on make's command line, where every user of this machine can read it`,
    hint: `set it in the environment: ${first}=… make …${file === undefined ? '' : `, or use ${file}`}`,
  }
}
