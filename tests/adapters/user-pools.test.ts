import { describe, expect, it } from '@jest/globals'
import { makeUserPools } from '../../scripts/adapters/aws/user-pools.js'
import { withAws } from '../support/answering-aws.js'
import { rejectedBy } from '../support/failures.js'

/** A sign-in at a Cognito that answers with this error. */
function signIn(type: string, message: string): Promise<string | undefined> {
  return withAws(
    (_request, response) => {
      response.writeHead(400, { 'content-type': 'application/x-amz-json-1.1' })
      response.end(JSON.stringify({ __type: type, message }))
    },
    (config) => makeUserPools(config).signIn('pool', 'client', 'bob@myorg.com', 'wrong'),
  )
}

describe('a sign-in', () => {
  it.each([
    ['NotAuthorizedException', 'Incorrect username or password.'],
    ['NotAuthorizedException', 'Temporary password has expired and must be reset by an administrator.'],
    ['UserNotFoundException', 'User does not exist.'],
    ['UserNotConfirmedException', 'User is not confirmed.'],
    ['PasswordResetRequiredException', 'Password reset required for the user'],
  ])('that a new password mends gives no token: %s, %s', async (type, message) => {
    expect(await signIn(type, message)).toBeUndefined()
  })

  it.each([
    'User is disabled.',
    'Password attempts exceeded',
    'Client 1abc is configured with secret but SECRET_HASH was not received',
    'PreAuthentication failed with error closed.',
  ])('that no password mends is refused in Cognito’s words: %s', async (message) => {
    const error = await rejectedBy(signIn('NotAuthorizedException', message))
    expect([error.code, error.message]).toEqual(['Refused', `bob@myorg.com cannot sign in: ${message}`])
  })
})
