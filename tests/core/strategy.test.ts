import { describe, expect, it } from '@jest/globals'
import { gateProblem } from '../../scripts/core/shift-gates.js'
import { readStrategy, strategyNames } from '../../scripts/core/strategy.js'
import { thrownBy } from '../support/failures.js'

const minute = 60_000

describe('a strategy', () => {
  it.each(strategyNames)('%s is one of CodeDeploy’s, and ends below everything', (name) => {
    const { steps } = readStrategy(name)
    expect(steps.every(({ percent, waitMs }) => percent > 0 && percent < 100 && waitMs >= minute)).toBe(true)
    expect(steps.length > 0).toBe(name !== 'AllAtOnce')
  })

  it.each([
    ['AllAtOnce', []],
    ['LambdaAllAtOnce', []],
    ['LambdaCanary10Percent5Minutes', [{ percent: 10, waitMs: 5 * minute }]],
    ['LambdaCanary10Percent30Minutes', [{ percent: 10, waitMs: 30 * minute }]],
    ['Canary25Percent90Seconds', [{ percent: 25, waitMs: 90_000 }]],
    ['Linear50PercentEvery1Second', [{ percent: 50, waitMs: 1000 }]],
    [
      'Linear40PercentEvery2Minutes',
      [
        { percent: 40, waitMs: 2 * minute },
        { percent: 80, waitMs: 2 * minute },
      ],
    ],
  ])('%s has its steps', (name, steps) => {
    expect(readStrategy(name).steps).toEqual(steps)
  })

  it('that is linear by ten waits nine times', () => {
    const { steps } = readStrategy('LambdaLinear10PercentEvery3Minutes')
    expect(steps.map(({ percent }) => percent)).toEqual([10, 20, 30, 40, 50, 60, 70, 80, 90])
  })

  it('is everything at once where none is given', () => {
    expect(readStrategy(undefined).name).toBe('AllAtOnce')
  })

  it.each([
    ['LambdaCanary10Percent5Miutes', 'STRATEGY=LambdaCanary10Percent5Minutes'],
    ['LambdaLinear10PercentEvery1Minut', 'STRATEGY=LambdaLinear10PercentEvery1Minute'],
    ['allatonce', 'STRATEGY=AllAtOnce'],
    ['Canary0Percent5Minutes', 'STRATEGY='],
    ['Canary100Percent5Minutes', 'STRATEGY='],
    ['Canary10Percent0Minutes', 'STRATEGY='],
    ['Canary10Percent4000Minutes', 'STRATEGY='],
    ['blue', 'STRATEGY='],
  ])('%s is refused with the near one', (name, hint) => {
    const error = thrownBy(() => readStrategy(name))
    expect(error).toMatchObject({ code: 'Usage' })
    expect(error.hint).toContain(hint)
  })
})

describe('the gate of a shift', () => {
  const figures = (invocations: number, errors = 0, p95Ms: number | undefined = 100) => ({ invocations, errors, p95Ms })
  it.each([
    ['no requests yet', figures(0, 0, undefined), figures(0, 0, undefined), undefined],
    ['no errors', figures(10), figures(90), undefined],
    ['one error, and none before', figures(10, 1), figures(90), '1 of 10 requests'],
    ['the same share of errors', figures(10, 1), figures(90, 9), undefined],
    ['a larger share of errors', figures(10, 2), figures(90, 9), 'ended in an error'],
    ['errors told before their requests', figures(0, 2), figures(90, 9), '2 of 2 requests'],
    ['twice as slow', figures(20, 0, 2000), figures(20, 0, 900), '2000 ms'],
    ['slower by little', figures(20, 0, 450), figures(20, 0, 100), undefined],
    ['slower, but not twice', figures(20, 0, 1900), figures(20, 0, 1000), undefined],
    ['slow, in too few requests', figures(19, 0, 9000), figures(90, 0, 100), undefined],
    ['slow, with too few to hold it against', figures(90, 0, 9000), figures(3, 0, 100), undefined],
  ])('%s', (_case, now, before, problem) => {
    const found = gateProblem(now, before)
    if (problem === undefined) expect(found).toBeUndefined()
    else expect(found).toContain(problem)
  })
})
