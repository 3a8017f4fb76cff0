import { DeployError } from '../errors.js'
import { nearest } from './near-miss.js'

/** So much of the requests reach the new version, for so long. */
export interface ShiftStep {
  percent: number
  waitMs: number
}

/** How traffic moves to a new version; after the last step it has all of it. */
export interface Strategy {
  name: string
  steps: readonly ShiftStep[]
}

export const allAtOnce: Strategy = { name: 'AllAtOnce', steps: [] }

/** The names that CodeDeploy has for Lambda ("Predefined deployment configurations for an AWS Lambda compute platform"). */
export const strategyNames = [
  'AllAtOnce',
  ...[5, 10, 15, 30].map((minutes) => `LambdaCanary10Percent${minutes}Minutes`),
  'LambdaLinear10PercentEvery1Minute',
  ...[2, 3, 10].map((minutes) => `LambdaLinear10PercentEvery${minutes}Minutes`),
] as const

/** Two days, as long as CodeDeploy lets a shift take. */
const longestMs = 48 * 60 * 60_000

const pattern = /^(?:Lambda)?(?:(Canary)(\d+)Percent|Linear(\d+)PercentEvery)(\d+)(Second|Minute)s?$/

/**
 * The strategy of a name: one of CodeDeploy's, or one of the same build with other numbers (`Canary20Percent90Seconds`).
 * Throws Usage.
 */
export function readStrategy(given: string | undefined): Strategy {
  if (given === undefined || /^(Lambda)?AllAtOnce$/.test(given)) return allAtOnce
  const [found, canary, once = '', each = '', count = '', unit] = pattern.exec(given) ?? []
  const percent = Number(canary === undefined ? each : once)
  const waitMs = Number(count) * (unit === 'Minute' ? 60_000 : 1000)
  const fits = percent >= 1 && percent <= 99 && waitMs > 0
  if (found === undefined || !fits) throw unknownStrategy(given)
  const times = canary === undefined ? Math.ceil(100 / percent) - 1 : 1
  if (times * waitMs > longestMs) {
    throw new DeployError('Usage', `STRATEGY=${given} would take more than two days`, {
      hint: 'STRATEGY=LambdaCanary10Percent30Minutes',
    })
  }
  return { name: given, steps: Array.from({ length: times }, (_, i) => ({ percent: percent * (i + 1), waitMs })) }
}

function unknownStrategy(given: string): DeployError {
  const near = nearest(given, strategyNames)
  return new DeployError('Usage', `STRATEGY=${given} is no strategy`, {
    facts: near === undefined ? [{ label: 'Known', text: strategyNames.join(', ') }] : [],
    hint: `STRATEGY=${near ?? 'LambdaCanary10Percent5Minutes'}`,
  })
}
