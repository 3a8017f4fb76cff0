import { describe, expect, it } from '@jest/globals'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { answerWithin } from '../../scripts/adapters/aws/clients.js'
import { makeUserPools } from '../../scripts/adapters/aws/user-pools.js'
import { rejectedBy } from '../support/failures.js'

/** A sign-in at a Cognito that answers with this error. */
async function signIn(type: string, message: string): Promise<string | undefined> {
  const server = createServer((_request, response) => {
    response.writeHead(400, { 'content-type': 'application/x-amz-json-1.1' })
    response.end(JSON.stringify({ __type: type, message }))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const pools = makeUserPools({
    region: 'us-east-1',
    credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    maxAttempts: 1,
    retryMode: 'standard',
    requestHandler: answerWithin,
  })
  try {
    return await pools.signIn('pool', 'client', 'bob@myorg.com', 'wrong')
  } finally {
    server.closeAllConnections()
    server.close()
  }
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
