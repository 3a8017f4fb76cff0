/** Signing in with a Cognito user pool, by its own HTTP API: no library, no redirect. */

export class SignInError extends Error {}

const words = {
  NotAuthorizedException: 'This e-mail address and password are not known here.',
  UserNotFoundException: 'This e-mail address and password are not known here.',
  PasswordResetRequiredException: 'Your password must be set anew: ask an administrator.',
  UserNotConfirmedException: 'This account is not confirmed yet: ask an administrator.',
  TooManyRequestsException: 'Too many attempts. Wait a minute, then try again.',
  LimitExceededException: 'Too many attempts. Wait a minute, then try again.',
  ResourceNotFoundException: 'This page’s sign-in does not exist any more: ask an administrator to deploy it again.',
}

/** Answers `{ kind: 'signed-in', tokens }` or `{ kind: 'new-password', session, user }`. Throws SignInError. */
export async function signIn(pool, user, password, fetch = globalThis.fetch) {
  const answer = await ask(pool, 'InitiateAuth', fetch, {
    AuthFlow: 'USER_PASSWORD_AUTH',
    ClientId: pool.clientId,
    AuthParameters: { USERNAME: user, PASSWORD: password },
  })
  return outcomeOf(answer, user)
}

/** The answer to `new-password`. */
export async function setNewPassword(pool, { user, session }, password, fetch = globalThis.fetch) {
  const answer = await ask(pool, 'RespondToAuthChallenge', fetch, {
    ChallengeName: 'NEW_PASSWORD_REQUIRED',
    ClientId: pool.clientId,
    Session: session,
    ChallengeResponses: { USERNAME: user, NEW_PASSWORD: password },
  })
  return outcomeOf(answer, user)
}

/** Fresh tokens for a refresh token. Throws SignInError when it is not good any more. */
export async function refresh(pool, refreshToken, fetch = globalThis.fetch) {
  const answer = await ask(pool, 'InitiateAuth', fetch, {
    AuthFlow: 'REFRESH_TOKEN_AUTH',
    ClientId: pool.clientId,
    AuthParameters: { REFRESH_TOKEN: refreshToken },
  })
  return outcomeOf(answer).tokens
}

function outcomeOf(answer, user) {
  const {
    AuthenticationResult: result,
    ChallengeName: challenge,
    Session: session,
    ChallengeParameters: about,
  } = answer
  if (result !== undefined && result !== null) {
    return { kind: 'signed-in', tokens: { id: result.IdToken, refresh: result.RefreshToken } }
  }
  if (challenge === 'NEW_PASSWORD_REQUIRED') {
    return { kind: 'new-password', session, user: about?.USER_ID_FOR_SRP ?? user }
  }
  throw new SignInError(`This account asks for ${challenge ?? 'something'}, which this page does not offer.`)
}

async function ask(pool, action, fetch, body) {
  const answer = await fetch(pool.endpoint, {
    method: 'POST',
    headers: {
      'Content-Type': 'application/x-amz-json-1.1',
      'X-Amz-Target': `AWSCognitoIdentityProviderService.${action}`,
    },
    body: JSON.stringify(body),
  }).catch(() => undefined)
  if (answer === undefined) throw new SignInError('The sign-in service cannot be reached. Check your connection.')
  const parsed = await answer.json().catch(() => ({}))
  if (answer.ok) return parsed
  const type = String(parsed.__type ?? '')
    .split('#')
    .at(-1)
  if (type === 'InvalidPasswordException') throw new SignInError(parsed.message ?? 'This password is too weak.')
  // A session for a new password ends after some minutes; Cognito calls that "not authorized", too.
  if (type === 'NotAuthorizedException' && action === 'RespondToAuthChallenge') {
    throw new SignInError('This took too long: sign in again with the old password.')
  }
  throw new SignInError(words[type] ?? `Signing in failed (${type || answer.status}). Try again later.`)
}
