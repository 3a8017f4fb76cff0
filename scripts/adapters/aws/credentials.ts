import { fromEnv, fromNodeProviderChain } from '@aws-sdk/credential-providers'
import { loadSharedConfigFiles } from '@smithy/core/config'
import type { AwsCredentialIdentityProvider } from '@smithy/types'
import { DeployError } from '../../errors.js'

type Environment = Readonly<Record<string, string | undefined>>

const isFilled = (value: string | undefined): value is string => value !== undefined && value !== ''

/** The profile in the order of the AWS CLI. */
function profileOf(environment: Environment): string | undefined {
  return [environment['AWS_PROFILE'], environment['AWS_DEFAULT_PROFILE']].find(isFilled)
}

/**
 * Credentials in the order of the AWS CLI: keys in the environment, then the profile (keys, role, SSO, process), web
 * identity, container. The instance is asked last, and not at all where the caller has set AWS_EC2_METADATA_DISABLED.
 */
export function credentialChain(environment: Environment): AwsCredentialIdentityProvider {
  if (isFilled(environment['AWS_ACCESS_KEY_ID']) && isFilled(environment['AWS_SECRET_ACCESS_KEY'])) return fromEnv()
  const profile = profileOf(environment)
  return fromNodeProviderChain({ ...(profile === undefined ? {} : { profile }), timeout: 1000, maxRetries: 1 })
}

/** Whether credentials can be had. Throws AwsFailed when some are named and do not work: that is no reason to go local. */
export async function hasCredentials(
  provider: AwsCredentialIdentityProvider,
  environment: Environment,
): Promise<boolean> {
  try {
    await provider()
    return true
  } catch (error) {
    const profile = profileOf(environment)
    if (profile === undefined) return false
    const text = error instanceof Error ? error.message : String(error)
    throw new DeployError('AwsFailed', `AWS_PROFILE=${profile} gives no credentials: ${text}`, {
      hint: `aws sso login --profile ${profile}, or unset AWS_PROFILE, or CLOUD=local`,
      cause: error,
    })
  }
}

/** AWS_REGION, AWS_DEFAULT_REGION (which the SDK alone ignores), then the profile's region. */
export async function configuredRegion(environment: Environment): Promise<string | undefined> {
  const named = [environment['AWS_REGION'], environment['AWS_DEFAULT_REGION']].find(isFilled)
  if (named !== undefined) return named
  const files = await loadSharedConfigFiles()
  const profile = profileOf(environment) ?? 'default'
  return files.configFile?.[profile]?.['region'] ?? files.credentialsFile?.[profile]?.['region']
}
