import { afterAll, describe, expect, it } from '@jest/globals'
import { hostileInputs } from './support/hostile.js'
import { makeRefuser } from './support/refuse.js'

const refuser = await makeRefuser('hostile')

describe('a hostile or broken input', () => {
  afterAll(async () => refuser.remove(), 120_000)

  it.each(hostileInputs.map((hostile) => [hostile.what, hostile] as const))(
    'is refused clearly, and nothing is written: %s',
    async (_, hostile) => expect(await refuser.problems(hostile)).toEqual([]),
    300_000,
  )
})
