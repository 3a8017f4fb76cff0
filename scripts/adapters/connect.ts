import type { AwsCredentialIdentity } from '@smithy/types'
import { type Cloud, type CloudChoice, chooseCloud, localAccount, localRegion, mayAskInstance } from '../core/cloud.js'
import type { Inputs } from '../core/inputs.js'
import { DeployError } from '../errors.js'
import type { Project } from '../core/project.js'
import type { Clock, Emulator, Ports } from '../ports.js'
import type { EnvironmentEntry } from '../core/environments-file.js'
import { type ClientConfig, answerWithin } from './aws/clients.js'
import { lazily } from './lazy.js'

export interface Connection {
  cloud: Cloud
  banner: string | undefined
  /** What a child needs to reach the same cloud as the same caller; resolved anew each time, credentials expire. */
  cloudEnv: () => Promise<Record<string, string>>
  ports: Pick<
    Ports,
    'stacks' | 'functions' | 'buckets' | 'userPools' | 'account' | 'logs' | 'tables' | 'cdn' | 'metrics' | 'images'
  >
}

export interface ConnectFacts {
  inputs: Inputs
  project: Project
  /** What infra/environments.json says about ENV. */
  place: EnvironmentEntry | undefined
  /** user@host, for the name of an assumed role's session. */
  who: string
  environment: Readonly<Record<string, string | undefined>>
  emulator: Emulator
  clock: Clock
  /** Keeps the SDK from asking the instance for credentials. */
  forbidInstance: () => void
}

/** Attempts of one call: an emulator on this machine either answers or is gone. */
const maxAttempts = { aws: 8, local: 2 }

/** Decides which cloud the run acts on, starts the emulator if that is it, and asks who is calling. */
export async function connect(facts: ConnectFacts, startEmulator: boolean): Promise<Connection | undefined> {
  const { inputs, environment, place } = facts
  if (!mayAskInstance(inputs, environment['CI'])) facts.forbidInstance()
  const choice = await chooseCloud({
    inputs,
    endpointUrl: environment['AWS_ENDPOINT_URL'],
    hasCredentials: async () => {
      const { credentialChain, hasCredentials } = await import('./aws/credentials.js')
      return hasCredentials(credentialChain(environment, place?.profile))
    },
  })
  if (choice.kind !== 'local') return connectAws(choice, facts)
  const emulator = startEmulator ? await facts.emulator.start() : await facts.emulator.running()
  return emulator === undefined ? undefined : connectLocal(choice.banner, emulator.endpoint, facts)
}

function connectLocal(banner: string | undefined, endpoint: string, facts: ConnectFacts): Connection {
  const keys = { accessKeyId: 'test', secretAccessKey: 'test' }
  const config: ClientConfig = {
    region: localRegion,
    credentials: keys,
    endpoint,
    maxAttempts: maxAttempts.local,
    retryMode: 'standard',
    requestHandler: answerWithin,
  }
  return {
    cloud: { kind: 'local', region: localRegion, account: localAccount, endpoint },
    banner,
    cloudEnv: async () => childCloud(keys, localRegion, endpoint),
    ports: awsPorts(config, localAccount, facts),
  }
}

async function connectAws(choice: Exclude<CloudChoice, { kind: 'local' }>, facts: ConnectFacts): Promise<Connection> {
  const { environment, clock, place, inputs } = facts
  const { assumed, configuredRegion, credentialChain } = await import('./aws/credentials.js')
  const region = (await configuredRegion(environment, place?.profile)) ?? place?.region
  if (region === undefined) {
    throw new DeployError('Usage', 'no AWS region is set', {
      hint: 'AWS_REGION=us-east-1 (or region in the AWS profile, or in infra/environments.json)',
    })
  }
  const endpoint = choice.kind === 'endpoint' ? choice.endpoint : undefined
  const connection = {
    region,
    ...(endpoint === undefined ? {} : { endpoint }),
    maxAttempts: maxAttempts.aws,
    retryMode: 'adaptive' as const,
    requestHandler: answerWithin,
  }
  const { makeAccount } = await import('./aws/account.js')
  const own: ClientConfig = { ...connection, credentials: credentialChain(environment, place?.profile) }
  const first = await makeAccount(own, clock).caller()
  const config = place?.role === undefined ? own : { ...own, credentials: assumed(own, first, place, facts.who) }
  const caller = config === own ? first : await makeAccount(config, clock).caller()
  if (place !== undefined) {
    const { verifyAccount } = await import('../core/environments-file.js')
    verifyAccount(inputs.ENV ?? '', place, caller, region)
  }
  const { account } = caller
  const { expiration } = await resolved(config)
  return {
    cloud: {
      kind: choice.kind,
      region,
      account,
      endpoint,
      ...(place?.cloudFormationRole === undefined ? {} : { serviceRole: place.cloudFormationRole }),
      ...(place?.permissionsBoundary === undefined ? {} : { permissionsBoundary: place.permissionsBoundary }),
      ...(expiration === undefined ? {} : { expires: expiration }),
    },
    banner: undefined,
    cloudEnv: async () => childCloud(await resolved(config), region, endpoint),
    ports: awsPorts(config, account, facts),
  }
}

async function resolved({ credentials }: ClientConfig): Promise<AwsCredentialIdentity> {
  return typeof credentials === 'function' ? credentials() : credentials
}

/**
 * sam gets the very credentials and region that this program uses, and no profile or file to decide otherwise: botocore
 * resolves them in another order than the SDK, and both must act on one account.
 */
function childCloud(
  credentials: AwsCredentialIdentity,
  region: string,
  endpoint: string | undefined,
): Record<string, string> {
  const { accessKeyId, secretAccessKey, sessionToken } = credentials
  return {
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: secretAccessKey,
    ...(sessionToken === undefined ? {} : { AWS_SESSION_TOKEN: sessionToken }),
    AWS_REGION: region,
    AWS_DEFAULT_REGION: region,
    AWS_EC2_METADATA_DISABLED: 'true',
    AWS_RETRY_MODE: 'standard',
    AWS_MAX_ATTEMPTS: '6',
    AWS_CONFIG_FILE: '/dev/null',
    AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
    ...(endpoint === undefined ? {} : { AWS_ENDPOINT_URL: endpoint }),
  }
}

function awsPorts(config: ClientConfig, account: string, { clock, project }: ConnectFacts): Connection['ports'] {
  return {
    stacks: lazily(async () => (await import('./aws/stacks.js')).makeStacks(config, project.outputs)),
    functions: lazily(async () => (await import('./aws/functions.js')).makeFunctions(config)),
    buckets: lazily(async () => (await import('./aws/buckets.js')).makeBuckets(config, account)),
    userPools: lazily(async () => (await import('./aws/user-pools.js')).makeUserPools(config)),
    logs: lazily(async () => (await import('./aws/logs.js')).makeLogs(config)),
    metrics: lazily(async () => (await import('./aws/metrics.js')).makeMetrics(config)),
    tables: lazily(async () => (await import('./aws/tables.js')).makeTables(config)),
    images: lazily(async () => (await import('./aws/images.js')).makeImages(config)),
    cdn: lazily(async () => (await import('./aws/cdn.js')).makeCdn(config)),
    account: lazily(async () => (await import('./aws/account.js')).makeAccount(config, clock)),
  }
}
