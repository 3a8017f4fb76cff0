import { DeployError } from '../errors.js'
import type { Inputs } from './inputs.js'

/** Where a run acts. `account` is the 12-digit id. */
export interface Cloud {
  kind: 'local' | 'aws' | 'endpoint'
  region: string
  account: string
  /** Address of an emulator or another endpoint; AWS has none. */
  endpoint: string | undefined
  /** ARN of the service role that CloudFormation is to act with. */
  serviceRole?: string
  /** ARN of the policy that no role of a stack may reach beyond. */
  permissionsBoundary?: string
  /** When the credentials end, where they do. */
  expires?: Date
}

export type CloudChoice =
  { kind: 'local'; banner: string | undefined } | { kind: 'aws' } | { kind: 'endpoint'; endpoint: string }

export interface CloudFacts {
  inputs: Inputs
  /** AWS_ENDPOINT_URL as it is set. */
  endpointUrl: string | undefined
  /** Whether credentials for AWS can be found, asked only when it matters. */
  hasCredentials: () => Promise<boolean>
}

/**
 * Which cloud a run acts on: CLOUD if given; a set AWS_ENDPOINT_URL as it is; AWS when credentials are there; else the
 * local emulator for dev and test. Throws Refused for stage and prod, which never go local by accident.
 */
export async function chooseCloud({ inputs, endpointUrl, hasCredentials }: CloudFacts): Promise<CloudChoice> {
  if (inputs.CLOUD === 'local') return { kind: 'local', banner: undefined }
  const elsewhere = endpointUrl !== undefined && endpointUrl !== ''
  if (inputs.CLOUD === 'aws' && elsewhere) {
    throw new DeployError('Refused', `CLOUD=aws, but AWS_ENDPOINT_URL=${endpointUrl} points somewhere else`, {
      hint: 'unset AWS_ENDPOINT_URL, or leave CLOUD out to use that address as it is',
    })
  }
  if (inputs.CLOUD === 'aws') return { kind: 'aws' }
  if (elsewhere) return { kind: 'endpoint', endpoint: endpointUrl }
  if (await hasCredentials()) return { kind: 'aws' }
  if (inputs.ENV === 'stage' || inputs.ENV === 'prod') {
    throw new DeployError(
      'Refused',
      `no AWS credentials, and ${inputs.ENV} does not go to the local emulator by itself`,
      {
        hint: 'sign in (aws sso login, AWS_PROFILE=…), or CLOUD=local if the emulator is meant',
      },
    )
  }
  return {
    kind: 'local',
    banner: 'No AWS credentials: this goes to the LOCAL emulator on this machine (CLOUD=local says so)',
  }
}

/** Asking the instance for credentials costs a laptop seconds: only where a run may really be on an instance. */
export function mayAskInstance(inputs: Inputs, ci: string | undefined): boolean {
  const inCi = ci !== undefined && ci !== '' && ci !== 'false'
  return inputs.CLOUD === 'aws' || inputs.ENV === 'stage' || inputs.ENV === 'prod' || inCi
}

export const localAccount = '000000000000'
export const localRegion = 'us-east-1'

export function cloudTitle(cloud: Cloud): string {
  if (cloud.kind === 'aws') return 'AWS'
  return cloud.kind === 'local' ? 'local AWS' : `AWS at ${cloud.endpoint ?? ''}`
}
