import { describe, expect, it, jest } from '@jest/globals'
import { hostileInputs } from './support/hostile.js'
import { makeRefuser } from './support/refuse.js'

const atATime = 12

/** All of them are in hostile-inputs.full.test.ts; here as many as fit, others with each seed of jest. */
describe('a hostile or broken input', () => {
  it('is refused clearly, and nothing is written', async () => {
    const refuser = await makeRefuser('hostile')
    try {
      const step = Math.ceil(hostileInputs.length / atATime)
      const first = Math.abs(jest.getSeed()) % step
      for (let i = first; i < hostileInputs.length; i += step) {
        const hostile = hostileInputs[i]!
        expect({ [hostile.what]: await refuser.problems(hostile) }).toEqual({ [hostile.what]: [] })
      }
    } finally {
      await refuser.remove()
    }
  }, 120_000)
})
