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
import type { UserPools } from '../../ports.js'
import { type ClientConfig, everyPage, isNamed } from './clients.js'

export function makeUserPools(config: ClientConfig): UserPools {
  const client = new CognitoIdentityProviderClient(config)
  return {
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
        const { AuthenticationResult } = await client.send(
          new InitiateAuthCommand({
            ClientId,
            AuthFlow: 'USER_PASSWORD_AUTH',
            AuthParameters: { USERNAME: username, PASSWORD: password },
          }),
        )
        return AuthenticationResult?.IdToken
      } catch (error) {
        if (isNamed(error, 'NotAuthorizedException', 'UserNotFoundException')) return undefined
        throw error
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
