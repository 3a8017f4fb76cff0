import { expect, it } from '@jest/globals'
import { disabled } from '../../../scripts/flows/users/sign-in.js'
import { fakeContext } from '../../support/fake-context.js'

it.each([
  ["o'brien@myorg.com", String.raw`'o'\''brien@myorg.com'`],
  ['`x`@evil.org', "'`x`@evil.org'"],
  ['bob@myorg.com', 'bob@myorg.com'],
])('a command for %s can be pasted into a shell', (user, word) => {
  const { hint } = disabled(user, fakeContext())
  expect(hint).toBe(`make rs-add-user ENV=dev ORG=myorg USER_NAME=${word} GROUP=… enables the user again`)
})
