import {
  AdminAddUserToGroupCommand,
  AdminCreateUserCommand,
  AdminGetUserCommand,
  AdminListGroupsForUserCommand,
  AdminSetUserPasswordCommand,
  CognitoIdentityProviderClient,
  CreateGroupCommand,
  DescribeUserPoolCommand,
  GetGroupCommand,
  InitiateAuthCommand,
} from '@aws-sdk/client-cognito-identity-provider'
import { DeployError } from '../../errors.js'
import type { UserPools } from '../../ports.js'
import { type ClientConfig, everyPage, isNamed } from './clients.js'
import { poolRemoval } from './pool-removal.js'

export function makeUserPools(config: ClientConfig): UserPools {
  const client = new CognitoIdentityProviderClient(config)
  return {
    ...poolRemoval(client),
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
    async user(UserPoolId, Username) {
      try {
        const found = await client.send(new AdminGetUserCommand({ UserPoolId, Username }))
        return { enabled: found.Enabled !== false, status: found.UserStatus ?? 'UNKNOWN' }
      } catch (error) {
        if (isNamed(error, 'UserNotFoundException')) return undefined
        throw error
      }
    },
    async groupsOf(UserPoolId, Username) {
      const groups = await everyPage(
        (NextToken) => client.send(new AdminListGroupsForUserCommand({ UserPoolId, Username, NextToken })),
        (page) => page.Groups,
        (page) => page.NextToken,
      )
      return groups.flatMap(({ GroupName }) => (GroupName === undefined ? [] : [GroupName]))
    },
    async group(UserPoolId, GroupName) {
      try {
        await client.send(new GetGroupCommand({ UserPoolId, GroupName }))
        return true
      } catch (error) {
        if (isNamed(error, 'ResourceNotFoundException')) return false
        throw error
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
        if (!isNamed(error, 'NotAuthorizedException', 'UserNotFoundException', 'PasswordResetRequiredException'))
          throw error
        const said = (error as Error).message
        if (/disabled|attempts exceeded/i.test(said)) throw cannotSignIn(username, said)
        return undefined
      }
    },
    async createUser(UserPoolId, email) {
      await client.send(
        new AdminCreateUserCommand({
          UserPoolId,
          Username: email,
          MessageAction: 'SUPPRESS',
          UserAttributes: [
            { Name: 'email', Value: email },
            { Name: 'email_verified', Value: 'true' },
          ],
        }),
      )
    },
    async createGroup(UserPoolId, GroupName) {
      await client.send(new CreateGroupCommand({ UserPoolId, GroupName }))
    },
    async addToGroup(UserPoolId, Username, GroupName) {
      await client.send(new AdminAddUserToGroupCommand({ UserPoolId, Username, GroupName }))
    },
    async setPassword(UserPoolId, Username, Password) {
      await client.send(new AdminSetUserPasswordCommand({ UserPoolId, Username, Password, Permanent: true }))
    },
  }
}

/** Setting a new password would not help, and would hide the reason. */
function cannotSignIn(username: string, why: string): DeployError {
  return new DeployError('Refused', `${username} cannot sign in: ${why}`, {
    hint: 'nothing was done to the user; resolve that in the user pool, then the same command again',
  })
}
