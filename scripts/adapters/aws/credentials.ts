import { fromNodeProviderChain } from '@aws-sdk/credential-providers'
import { loadSharedConfigFiles } from '@smithy/core/config'
import type { AwsCredentialIdentityProvider } from '@smithy/types'

type Environment = Readonly<Record<string, string | undefined>>

/**
 * Credentials as the AWS CLI finds them: environment, profile (keys, role, SSO, process), web identity, container. The
 * instance is asked last, and not at all where the caller has set AWS_EC2_METADATA_DISABLED.
 */
export function credentialChain(environment: Environment): AwsCredentialIdentityProvider {
  const profile = environment['AWS_PROFILE']
  return fromNodeProviderChain({
    ...(profile === undefined ? {} : { profile }),
    timeout: 1000,
    maxRetries: 1,
  })
}

export async function hasCredentials(provider: AwsCredentialIdentityProvider): Promise<boolean> {
  try {
    await provider()
    return true
  } catch {
    return false
  }
}

/** AWS_REGION, AWS_DEFAULT_REGION (which the SDK alone ignores), then the profile's region. */
export async function configuredRegion(environment: Environment): Promise<string | undefined> {
  const named = environment['AWS_REGION'] ?? environment['AWS_DEFAULT_REGION']
  if (named !== undefined && named !== '') return named
  const files = await loadSharedConfigFiles()
  const profile = environment['AWS_PROFILE'] ?? 'default'
  return files.configFile?.[profile]?.['region'] ?? files.credentialsFile?.[profile]?.['region']
}
