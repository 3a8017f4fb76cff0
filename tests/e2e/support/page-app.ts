import { AdminSetUserPasswordCommand, CreateUserPoolClientCommand } from '@aws-sdk/client-cognito-identity-provider'
import { AdminCreateUserCommand, CreateUserPoolCommand } from '@aws-sdk/client-cognito-identity-provider'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { fetchFrom } from './front-door.js'
import type { LocalClients } from './snapshot.js'

/** The page's own modules, as its main.js puts them together. They are JavaScript, so their shapes are not known here. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any
export async function loadApp(page: string): Promise<any> {
  const load = (name: string): Promise<Record<string, CallableFunction>> =>
    import(pathToFileURL(path.resolve('frontend/app', name)).href) as Promise<Record<string, CallableFunction>>
  const [{ loadConfig }, { signIn }, { makeSession }, { makeApi }] = await Promise.all([
    ...[load('config.js'), load('cognito.js'), load('session.js'), load('api.js')],
  ] as const)
  const fetch = fetchFrom(page)
  const kept = new Map<string, string>()
  const storage = {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => void kept.set(key, value),
    removeItem: (key: string) => void kept.delete(key),
  }
  const config = (await loadConfig?.(fetch)) as { api: string; signIn: unknown }
  const session: unknown = makeSession?.(config.signIn, storage, fetch)
  return { config, session, signIn, fetch, api: makeApi?.(config.api, session, fetch) as unknown }
}

/** The tokens that Cognito gives for a password. */
export async function signInByApi(
  user: string,
  password: string,
  { endpoint, clientId }: { endpoint: string; clientId: string },
): Promise<{ IdToken: string }> {
  const answer = await fetch(endpoint, {
    method: 'POST',
    headers: {
      'X-Amz-Target': 'AWSCognitoIdentityProviderService.InitiateAuth',
      'Content-Type': 'application/x-amz-json-1.1',
    },
    body: JSON.stringify({
      ClientId: clientId,
      AuthFlow: 'USER_PASSWORD_AUTH',
      AuthParameters: { USERNAME: user, PASSWORD: password },
    }),
  })
  return ((await answer.json()) as { AuthenticationResult: { IdToken: string } }).AuthenticationResult
}

/** The ID token of somebody who may sign in elsewhere: another organization's pool of the same account. */
export async function tokenOfAnotherPool(
  { cognito }: LocalClients,
  endpoint: string,
  stranger: { name: string; password: string },
): Promise<string> {
  const { UserPool } = await cognito.send(new CreateUserPoolCommand({ PoolName: 'rawscribe-dev-other-userpool' }))
  const user = { UserPoolId: UserPool?.Id, Username: stranger.name }
  const { UserPoolClient } = await cognito.send(
    new CreateUserPoolClientCommand({
      UserPoolId: UserPool?.Id,
      ClientName: 'other',
      ExplicitAuthFlows: ['ALLOW_USER_PASSWORD_AUTH'],
    }),
  )
  await cognito.send(new AdminCreateUserCommand({ ...user, MessageAction: 'SUPPRESS' }))
  await cognito.send(new AdminSetUserPasswordCommand({ ...user, Password: stranger.password, Permanent: true }))
  const clientId = UserPoolClient?.ClientId ?? ''
  return (await signInByApi(stranger.name, stranger.password, { endpoint, clientId })).IdToken
}
