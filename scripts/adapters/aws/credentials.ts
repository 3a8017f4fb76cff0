import { fromEnv, fromNodeProviderChain, fromTemporaryCredentials } from '@aws-sdk/credential-providers'
import { loadSharedConfigFiles } from '@smithy/core/config'
import type { AwsCredentialIdentityProvider } from '@smithy/types'
import { type Caller, type EnvironmentEntry, environmentsFile, isRole } from '../../core/environments-file.js'
import { DeployError, messageOf } from '../../errors.js'
import type { ClientConfig } from './clients.js'

type Environment = Readonly<Record<string, string | undefined>>

const isFilled = (value: string | undefined): value is string => value !== undefined && value !== ''

/** The profile in the order of the AWS CLI, else the one that the project names for the environment. */
function profileOf(environment: Environment, named: string | undefined): string | undefined {
  return [environment['AWS_PROFILE'], environment['AWS_DEFAULT_PROFILE'], named].find(isFilled)
}

/**
 * Credentials in the order of the AWS CLI: keys in the environment, then the profile (keys, role, SSO, process), web
 * identity, container. The instance is asked last, and not at all where the caller has set AWS_EC2_METADATA_DISABLED.
 * Throws AwsFailed when a profile is named and gives none: that is no reason to go elsewhere.
 */
export function credentialChain(environment: Environment, named?: string): AwsCredentialIdentityProvider {
  if (isFilled(environment['AWS_ACCESS_KEY_ID']) && isFilled(environment['AWS_SECRET_ACCESS_KEY'])) return fromEnv()
  const profile = profileOf(environment, named)
  if (profile === undefined) return fromNodeProviderChain({ timeout: 1000, maxRetries: 1 })
  const chain = fromNodeProviderChain({ profile, timeout: 1000, maxRetries: 1 })
  return (options) =>
    chain(options).catch((error: unknown) => {
      const text = messageOf(error)
      throw new DeployError('AwsFailed', `the profile ${profile} gives no credentials: ${text}`, {
        hint: `aws sso login --profile ${profile}, or another AWS_PROFILE, or CLOUD=local`,
        cause: error,
      })
    })
}

/** Whether credentials can be had. Throws AwsFailed when a profile is named and gives none. */
export async function hasCredentials(provider: AwsCredentialIdentityProvider): Promise<boolean> {
  try {
    await provider()
    return true
  } catch (error) {
    if (error instanceof DeployError) throw error
    return false
  }
}

/** AWS_REGION, AWS_DEFAULT_REGION (which the SDK alone ignores), then the profile's region. */
export async function configuredRegion(environment: Environment, profileNamed?: string): Promise<string | undefined> {
  const named = [environment['AWS_REGION'], environment['AWS_DEFAULT_REGION']].find(isFilled)
  if (named !== undefined) return named
  const files = await loadSharedConfigFiles()
  const profile = profileOf(environment, profileNamed) ?? 'default'
  return files.configFile?.[profile]?.['region'] ?? files.credentialsFile?.[profile]?.['region']
}

/** STS, AssumeRole: RoleSessionName holds up to 64 of these characters. */
const sessionName = (who: string): string => who.replaceAll(/[^\w+=,.@-]/g, '-').slice(0, 64)

/**
 * Credentials of the role that infra/environments.json names, taken with the caller's own; the caller's own where that
 * is the role already. Throws Refused when it cannot be assumed.
 */
export function assumed(
  own: ClientConfig,
  caller: Caller,
  { role = '', externalId }: EnvironmentEntry,
  who: string,
): ClientConfig['credentials'] {
  if (isRole(caller.arn, role)) return own.credentials
  const { credentials: masterCredentials, ...clientConfig } = own
  const params = {
    RoleArn: role,
    RoleSessionName: sessionName(who),
    ...(externalId === undefined ? {} : { ExternalId: externalId }),
  }
  const assume = fromTemporaryCredentials({ masterCredentials, params, clientConfig })
  return async () => {
    try {
      return await assume()
    } catch (error) {
      const text = messageOf(error)
      throw new DeployError('Refused', `the role ${role} cannot be assumed: ${text}`, {
        facts: [{ label: 'Caller', text: caller.arn }],
        hint: `let its trust policy name this caller, or correct role in ${environmentsFile}`,
        cause: error,
      })
    }
  }
}
