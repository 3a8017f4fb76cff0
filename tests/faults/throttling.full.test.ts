import { afterAll, describe, expect, it } from '@jest/globals'
import type { RefusedAs } from '../support/fault-answers.js'
import { jsonLine } from '../e2e/support/project.js'
import { nameOf } from './support/matrix.js'
import { makeRig } from './support/rig.js'

const rig = await makeRig('throttled', ['first'])
/** What one call may be tried (connect.ts), for the call itself and for what is read to explain that it failed. */
const mostOfOne = 2 * 8

describe('a deployment that is refused one operation for good', () => {
  afterAll(async () => rig.remove(), 60_000)

  it.each<[string, RefusedAs]>([
    ['cloudformation.DescribeStacks', 'throttled'],
    ['s3.PutObject locks', 'throttled'],
    ['s3.PutObject locks', 'broken'],
    ['lambda.PublishVersion', 'throttled'],
    ['lambda.PublishVersion', 'unavailable'],
  ])(
    '%s, %s: ends clearly, and asks no more than a few times',
    async (operation, as) => {
      await rig.begin('first')
      rig.proxy.rules({
        matches: (call) => nameOf(call) === operation,
        from: 1,
        times: Infinity,
        fault: { kind: 'refused', as },
      })
      const result = await rig.deploy()
      const asked = rig.proxy.calls.filter((call) => nameOf(call) === operation).length
      expect(asked).toBeGreaterThan(1)
      expect(asked).toBeLessThanOrEqual(mostOfOne)
      expect(rig.proxy.calls.length).toBeLessThan(rig.clean.first.calls.length + 2 * mostOfOne)
      expect(result.exitCode).toBe(5)
      const failure = jsonLine(result, 'failure')
      expect(failure).toMatchObject({ code: 'AwsFailed' })
      expect(String(failure['hint'])).not.toBe('')
    },
    300_000,
  )
})
