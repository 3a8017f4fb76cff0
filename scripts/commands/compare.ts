import { isSet } from '../core/inputs.js'
import { type Difference, comparedParts } from '../core/target-differences.js'
import { parseEnvironment, parseOrganization } from '../core/target.js'
import { DeployError } from '../errors.js'
import type { TargetContext } from '../flows/context.js'
import type { Command } from './command.js'

export const compareCommands: Command[] = [
  {
    name: 'rs-compare',
    group: 'Look',
    summary: 'Two organizations side by side: stack, health, template, code, parameters, config',
    details:
      'The organization WITH, of the same environment or of WITH_ENV, in the same account. Differences first, then what ' +
      'is the same; values of secrets are not shown. CHECK=true ends with Different where anything differs.',
    example: 'make rs-compare ENV=prod ORG=myorg WITH=myorg-blue',
    acts: 'target',
    variables: ['WITH', 'WITH_ENV', 'CHECK'],
    run: compare,
  },
]

async function compare(context: TargetContext): Promise<void> {
  const { compareTargets } = await import('../flows/look/compare-targets.js')
  const { columns } = await import('../report/ledger-text.js')
  const { inputs, target, report } = context
  if (inputs.WITH === undefined) {
    throw new DeployError('Usage', 'WITH is missing: the organization to compare with', { hint: 'WITH=myorg-blue' })
  }
  const env = inputs.WITH_ENV === undefined ? target.env : parseEnvironment(inputs.WITH_ENV)
  const other = { env, org: parseOrganization(inputs.WITH, env) }
  const differences = await compareTargets(other, context)
  const sides = [`${target.env}/${target.org}`, `${other.env}/${other.org}`] as const
  const same = comparedParts.filter((part) => !differences.some((one) => one.part === part))
  const rows = differences.map((one) => [one.part, one.name, shown(one, 'left'), shown(one, 'right')])
  const table = rows.length === 0 ? [] : columns([['differs', '', ...sides], ...rows])
  const text = [...table, ...(same.length === 0 ? [] : [`same: ${same.join(', ')}`])].join('\n')
  report.emit({ type: 'result', text, data: { left: sides[0], right: sides[1], differences, same } })
  if (differences.length === 0 || !isSet(inputs, 'CHECK')) return
  throw new DeployError('Different', `${sides[0]} and ${sides[1]} differ in ${differences.length} places`, {
    hint: `make rs-up ENV=${other.env} ORG=${other.org} brings it to what the checkout says`,
  })
}

/** Hashes in full help nobody. */
function shown({ part, left, right }: Difference, side: 'left' | 'right'): string {
  const value = side === 'left' ? left : right
  if (value === undefined) return left === right ? '(secret)' : '-'
  return part === 'template' || part === 'code' ? value.slice(0, 12) : value
}
