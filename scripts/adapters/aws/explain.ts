import { DeployError } from '../../errors.js'
import { statusOf } from './clients.js'

const expiredErrors = ['ExpiredToken', 'ExpiredTokenException', 'TokenRefreshRequired']
const credentialErrors = [
  ...expiredErrors,
  'InvalidClientTokenId',
  'UnrecognizedClientException',
  'InvalidAccessKeyId',
  'SignatureDoesNotMatch',
  'CredentialsProviderError',
]
const networkCodes = ['ECONNREFUSED', 'ECONNRESET', 'ENOTFOUND', 'ETIMEDOUT', 'EAI_AGAIN', 'EPIPE']

/** Says what an error of the SDK means to a person; anything that did not come from the SDK is undefined. */
export function explainAwsError(error: unknown, local: boolean): DeployError | undefined {
  if (!(error instanceof Error)) return undefined
  const code = (error as { code?: unknown }).code
  if (credentialErrors.includes(error.name)) {
    const expired = expiredErrors.includes(error.name)
    const what = expired ? 'the credentials have expired' : 'AWS does not accept the credentials'
    return new DeployError('AwsFailed', `${what}: ${error.message}`, { hint: signInAgain(expired), cause: error })
  }
  // The answer to a HEAD has no body (S3, HeadBucket: "a generic 400 Bad Request"), so the SDK knows no name for it.
  if (statusOf(error) === 400 && /^Unknown(Error)?$/.test(error.name)) {
    const what = 'AWS answered 400 and not why, as it does to a HEAD request once the credentials have expired'
    return new DeployError('AwsFailed', what, { hint: signInAgain(true), cause: error })
  }
  if (error.name === 'TimeoutError' || (typeof code === 'string' && networkCodes.includes(code))) {
    return new DeployError('AwsFailed', `${local ? 'the local AWS' : 'AWS'} does not answer: ${error.message}`, {
      hint: local ? 'make local-status, then the same command again' : 'check the network, then the same command again',
      cause: error,
    })
  }
  if (statusOf(error) === undefined) return undefined
  const denied = /AccessDenied|Unauthorized|Forbidden/.test(error.name)
  return new DeployError('AwsFailed', `AWS answered ${error.name}: ${error.message}`, {
    hint: denied
      ? 'the credentials in use lack this permission: make rs-doctor shows who is asking'
      : 'the same command again continues where this one ended',
    cause: error,
  })
}

function signInAgain(continues: boolean): string {
  return `sign in again (aws sso login, or new keys), then the same command${continues ? ' continues where this one ended' : ''}; or CLOUD=local for the local emulator`
}
