import { describe, expect, it } from '@jest/globals'
import { type WatchOptions, watchTarget } from '../../../scripts/flows/look/watch-target.js'
import { fakeContext } from '../../support/fake-context.js'
import { rejectedBy } from '../../support/failures.js'

const never: WatchOptions = { auto: true, up: async () => Promise.reject(new Error('nothing may be deployed')) }

describe('watching', () => {
  it('is refused in prod before anything is read', async () => {
    const context = fakeContext({ target: { env: 'prod', org: 'myorg' } })
    expect(await rejectedBy(watchTarget(never, context))).toMatchObject({
      code: 'Refused',
      hint: 'make rs-up ENV=prod ORG=myorg',
    })
    expect(context.calls).toEqual([])
  })
})
