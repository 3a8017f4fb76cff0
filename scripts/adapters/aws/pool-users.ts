import {
  AdminAddUserToGroupCommand,
  AdminDeleteUserCommand,
  AdminEnableUserCommand,
  AdminGetUserCommand,
  AdminListGroupsForUserCommand,
  AdminRemoveUserFromGroupCommand,
  AdminUpdateUserAttributesCommand,
  type AttributeType,
  type CognitoIdentityProviderClient,
  CreateGroupCommand,
  DescribeUserPoolClientCommand,
  DescribeUserPoolCommand,
  GetGroupCommand,
  ListGroupsCommand,
  ListUsersCommand,
  ListUsersInGroupCommand,
  type UserType,
} from '@aws-sdk/client-cognito-identity-provider'
import type { PoolUser } from '../../core/users.js'
import type { PoolUsers } from '../../ports/users.js'
import { everyPage, isNamed, isOwnEcho } from './clients.js'

/** Most items of one page (Cognito, "ListUsers", "ListUsersInGroup", "ListGroups"). */
const Limit = 60

type Directory = Omit<PoolUsers, 'passwordPolicy' | 'signIn' | 'createUser' | 'setPassword'>

/** The users of a pool, their groups, and the pool's own settings. */
export function poolUsers(client: CognitoIdentityProviderClient): Directory {
  return {
    async user(UserPoolId, Username) {
      try {
        const found = await client.send(new AdminGetUserCommand({ UserPoolId, Username }))
        return userOf({ ...found, Attributes: found.UserAttributes })
      } catch (error) {
        if (isNamed(error, 'UserNotFoundException')) return undefined
        throw error
      }
    },
    async users(UserPoolId) {
      const users = await everyPage(
        (PaginationToken) => client.send(new ListUsersCommand({ UserPoolId, Limit, PaginationToken })),
        (page) => page.Users,
        (page) => page.PaginationToken,
      )
      return users.map(userOf)
    },
    async groups(UserPoolId) {
      const groups = await everyPage(
        (NextToken) => client.send(new ListGroupsCommand({ UserPoolId, Limit, NextToken })),
        (page) => page.Groups,
        (page) => page.NextToken,
      )
      return groups
        .map(({ GroupName = '', Description, Precedence }) => ({
          name: GroupName,
          description: Description,
          precedence: Precedence,
        }))
        .sort((one, other) => (one.precedence ?? Infinity) - (other.precedence ?? Infinity))
    },
    async members(UserPoolId, GroupName) {
      const users = await everyPage(
        (NextToken) => client.send(new ListUsersInGroupCommand({ UserPoolId, GroupName, Limit, NextToken })),
        (page) => page.Users,
        (page) => page.NextToken,
      )
      return users.flatMap(({ Username }) => Username ?? [])
    },
    async groupsOf(UserPoolId, Username) {
      const groups = await everyPage(
        (NextToken) => client.send(new AdminListGroupsForUserCommand({ UserPoolId, Username, NextToken })),
        (page) => page.Groups,
        (page) => page.NextToken,
      )
      return groups.flatMap(({ GroupName }) => GroupName ?? [])
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
    async settings(UserPoolId, ClientId) {
      const [{ UserPool }, { UserPoolClient }] = await Promise.all([
        client.send(new DescribeUserPoolCommand({ UserPoolId })),
        client.send(new DescribeUserPoolClientCommand({ UserPoolId, ClientId })),
      ])
      const units = UserPoolClient?.TokenValidityUnits
      return {
        deletionProtected: UserPool?.DeletionProtection === 'ACTIVE',
        selfSignUp: UserPool?.AdminCreateUserConfig?.AllowAdminCreateUserOnly !== true,
        client: {
          hidesUsers: UserPoolClient?.PreventUserExistenceErrors === 'ENABLED',
          revokesTokens: UserPoolClient?.EnableTokenRevocation === true,
          // Without a number: an hour and 30 days. Without a unit: hours and days ("TokenValidityUnitsType").
          idTokenMinutes: (UserPoolClient?.IdTokenValidity || 1) * minutesOf(units?.IdToken ?? 'hours'),
          refreshTokenDays:
            ((UserPoolClient?.RefreshTokenValidity || 30) * minutesOf(units?.RefreshToken ?? 'days')) /
            minutesOf('days'),
        },
      }
    },
    async removeUser(UserPoolId, Username) {
      await client.send(new AdminDeleteUserCommand({ UserPoolId, Username })).catch((error: unknown) => {
        if (!isNamed(error, 'UserNotFoundException')) throw error
      })
    },
    async createGroup(UserPoolId, GroupName) {
      await client.send(new CreateGroupCommand({ UserPoolId, GroupName })).catch((error: unknown) => {
        if (!isOwnEcho(error, 'GroupExistsException')) throw error
      })
    },
    async addToGroup(UserPoolId, Username, GroupName) {
      await client.send(new AdminAddUserToGroupCommand({ UserPoolId, Username, GroupName }))
    },
    async removeFromGroup(UserPoolId, Username, GroupName) {
      await client.send(new AdminRemoveUserFromGroupCommand({ UserPoolId, Username, GroupName }))
    },
    async enableUser(UserPoolId, Username) {
      await client.send(new AdminEnableUserCommand({ UserPoolId, Username }))
    },
    async setName(UserPoolId, Username, name) {
      const UserAttributes = [{ Name: 'name', Value: name }]
      await client.send(new AdminUpdateUserAttributesCommand({ UserPoolId, Username, UserAttributes }))
    },
  }
}

function userOf({ Username = '', Attributes = [], Enabled, UserStatus, UserCreateDate }: UserType): PoolUser {
  return {
    username: Username,
    email: valueOf('email', Attributes),
    name: valueOf('name', Attributes),
    enabled: Enabled !== false,
    status: UserStatus ?? 'UNKNOWN',
    createdAt: UserCreateDate?.toISOString(),
  }
}

function valueOf(name: string, attributes: readonly AttributeType[]): string | undefined {
  return attributes.find(({ Name }) => Name === name)?.Value
}

function minutesOf(unit: 'seconds' | 'minutes' | 'hours' | 'days'): number {
  return { seconds: 1 / 60, minutes: 1, hours: 60, days: 24 * 60 }[unit]
}
