import {
  AdminCreateUserCommand,
  AdminSetUserPasswordCommand,
  CognitoIdentityProviderClient,
  DescribeUserPoolCommand,
  InitiateAuthCommand,
} from '@aws-sdk/client-cognito-identity-provider'
import { DeployError } from '../../errors.js'
import type { UserPools } from '../../ports.js'
import { type ClientConfig, isNamed, isOwnEcho } from './clients.js'
import { poolRemoval } from './pool-removal.js'
import { poolSearch } from './pool-search.js'
import { poolUsers } from './pool-users.js'

export function makeUserPools(config: ClientConfig): UserPools {
  const client = new CognitoIdentityProviderClient(config)
  return {
    ...poolRemoval(client),
    ...poolSearch(client),
    ...poolUsers(client),
    async passwordPolicy(UserPoolId) {
      const { UserPool } = await client.send(new DescribeUserPoolCommand({ UserPoolId }))
      const policy = UserPool?.Policies?.PasswordPolicy
      return {
        minimumLength: policy?.MinimumLength ?? 8,
        lowercase: policy?.RequireLowercase === true,
        uppercase: policy?.RequireUppercase === true,
        digits: policy?.RequireNumbers === true,
        symbols: policy?.RequireSymbols === true,
      }
    },
    async signIn(_poolId, ClientId, username, password) {
      try {
        const { AuthenticationResult, ChallengeName } = await client.send(
          new InitiateAuthCommand({
            ClientId,
            AuthFlow: 'USER_PASSWORD_AUTH',
            AuthParameters: { USERNAME: username, PASSWORD: password },
          }),
        )
        if (ChallengeName === undefined || ChallengeName === 'NEW_PASSWORD_REQUIRED')
          return AuthenticationResult?.IdToken
        throw cannotSignIn(username, `its sign-in asks for ${ChallengeName}`)
      } catch (error) {
        if (isNamed(error, ...newPasswordHelps)) return undefined
        if (!isNamed(error, 'NotAuthorizedException')) throw error
        const said = (error as Error).message
        if (!wrongPassword.test(said)) throw cannotSignIn(username, said)
        return undefined
      }
    },
    async createUser(UserPoolId, email, name) {
      const created = new AdminCreateUserCommand({
        UserPoolId,
        Username: email,
        MessageAction: 'SUPPRESS',
        UserAttributes: [
          { Name: 'email', Value: email },
          { Name: 'email_verified', Value: 'true' },
          ...(name === undefined ? [] : [{ Name: 'name', Value: name }]),
        ],
      })
      await client.send(created).catch((error: unknown) => {
        if (!isOwnEcho(error, 'UsernameExistsException')) throw error
      })
    },
    async setPassword(UserPoolId, Username, Password) {
      await client.send(new AdminSetUserPasswordCommand({ UserPoolId, Username, Password, Permanent: true }))
    },
  }
}

/** Nobody can sign in as they are; setting a password mends it, or finds that there is no such user. */
const newPasswordHelps = [
  'UserNotFoundException',
  'UserNotConfirmedException',
  'PasswordResetRequiredException',
] as const

/** Cognito says everything else by the same name: disabled users, too many attempts, a client with a secret. */
const wrongPassword = /^incorrect username or password|temporary password has expired/i

/** Setting a new password would not help, and would hide the reason. */
function cannotSignIn(username: string, why: string): DeployError {
  return new DeployError('Refused', `${username} cannot sign in: ${why}`, {
    hint: 'nothing was done to the user; resolve that in the user pool, then the same command again',
  })
}
