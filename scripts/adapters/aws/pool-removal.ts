import {
  type CognitoIdentityProviderClient,
  DeleteUserPoolCommand,
  DeleteUserPoolDomainCommand,
  DescribeUserPoolCommand,
  ListUsersCommand,
  UpdateUserPoolCommand,
  type UpdateUserPoolRequest,
  type UserPoolType,
} from '@aws-sdk/client-cognito-identity-provider'
import type { PoolRemoval } from '../../ports/removal.js'
import { everyPage, isNamed } from './clients.js'

/** Most users of one page (Cognito, "ListUsers"). */
const Limit = 60

/** What a pool holds, and its removal. */
export function poolRemoval(client: CognitoIdentityProviderClient): PoolRemoval {
  return {
    async look(poolId) {
      const pool = await describe(client, poolId)
      if (pool === undefined) return undefined
      const domains = [pool.Domain, pool.CustomDomain].filter((domain) => domain !== undefined && domain !== '')
      return { name: pool.Name ?? '', protected: pool.DeletionProtection === 'ACTIVE', domains: domains as string[] }
    },
    async usernames(UserPoolId) {
      const users = await everyPage(
        (PaginationToken) => client.send(new ListUsersCommand({ UserPoolId, Limit, PaginationToken })),
        (page) => page.Users,
        (page) => page.PaginationToken,
      )
      return users.flatMap(({ Username }) => (Username === undefined ? [] : [Username]))
    },
    async countUsers(UserPoolId, after) {
      try {
        const page = await client.send(new ListUsersCommand({ UserPoolId, Limit, PaginationToken: after }))
        return { users: page.Users?.length ?? 0, next: page.PaginationToken }
      } catch (error) {
        if (isNamed(error, 'ResourceNotFoundException')) return { users: 0, next: undefined }
        throw error
      }
    },
    async liftProtection(poolId) {
      const pool = await describe(client, poolId)
      if (pool !== undefined) await client.send(new UpdateUserPoolCommand(unprotected(poolId, pool)))
    },
    async removeDomain(UserPoolId, Domain) {
      await client.send(new DeleteUserPoolDomainCommand({ UserPoolId, Domain }))
    },
    async removePool(UserPoolId) {
      await client.send(new DeleteUserPoolCommand({ UserPoolId })).catch(unless('ResourceNotFoundException'))
    },
  }
}

async function describe(client: CognitoIdentityProviderClient, UserPoolId: string): Promise<UserPoolType | undefined> {
  try {
    return (await client.send(new DescribeUserPoolCommand({ UserPoolId }))).UserPool
  } catch (error) {
    if (isNamed(error, 'ResourceNotFoundException')) return undefined
    throw error
  }
}

function unless(name: string): (error: unknown) => void {
  return (error) => {
    if (!isNamed(error, name)) throw error
  }
}

/**
 * The pool as it is, but for its protection. UpdateUserPool sets to its default whatever is not sent (API reference), so
 * everything it takes is sent back; a field that the SDK learns does not compile until it stands here.
 */
export function unprotected(poolId: string, pool: UserPoolType): UpdateUserPoolRequest {
  const kept: Record<Exclude<keyof UpdateUserPoolRequest, 'UserPoolId' | 'DeletionProtection'>, unknown> = {
    PoolName: pool.Name,
    Policies: pool.Policies,
    LambdaConfig: pool.LambdaConfig,
    AutoVerifiedAttributes: pool.AutoVerifiedAttributes,
    SmsVerificationMessage: pool.SmsVerificationMessage,
    EmailVerificationMessage: pool.EmailVerificationMessage,
    EmailVerificationSubject: pool.EmailVerificationSubject,
    VerificationMessageTemplate: pool.VerificationMessageTemplate,
    SmsAuthenticationMessage: pool.SmsAuthenticationMessage,
    UserAttributeUpdateSettings: pool.UserAttributeUpdateSettings,
    MfaConfiguration: pool.MfaConfiguration,
    DeviceConfiguration: pool.DeviceConfiguration,
    EmailConfiguration: pool.EmailConfiguration,
    SmsConfiguration: pool.SmsConfiguration,
    UserPoolTags: pool.UserPoolTags,
    AdminCreateUserConfig: adminCreateUserConfig(pool),
    UserPoolAddOns: pool.UserPoolAddOns,
    DcrConfiguration: pool.DcrConfiguration,
    AccountRecoverySetting: pool.AccountRecoverySetting,
    UserPoolTier: pool.UserPoolTier,
    KeyConfiguration: pool.KeyConfiguration,
    IssuerConfiguration: pool.IssuerConfiguration,
    AcrConfiguration: pool.AcrConfiguration,
  }
  return { ...(kept as Partial<UpdateUserPoolRequest>), UserPoolId: poolId, DeletionProtection: 'INACTIVE' }
}

/** Cognito tells the same period twice, and refuses to be told it twice: the one of the password policy counts. */
function adminCreateUserConfig({
  AdminCreateUserConfig: config,
  Policies,
}: UserPoolType): UserPoolType['AdminCreateUserConfig'] {
  if (Policies?.PasswordPolicy?.TemporaryPasswordValidityDays === undefined) return config
  return config === undefined ? undefined : { ...config, UnusedAccountValidityDays: undefined }
}
