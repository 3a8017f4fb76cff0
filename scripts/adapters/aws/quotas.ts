import { APIGatewayClient, GetRestApisCommand } from '@aws-sdk/client-api-gateway'
import { CloudFormationClient, ListStacksCommand, type StackStatus } from '@aws-sdk/client-cloudformation'
import { CloudFrontClient, ListDistributionsCommand } from '@aws-sdk/client-cloudfront'
import { CognitoIdentityProviderClient, ListUserPoolsCommand } from '@aws-sdk/client-cognito-identity-provider'
import { GetAccountSummaryCommand, IAMClient } from '@aws-sdk/client-iam'
import { GetAccountSettingsCommand, LambdaClient } from '@aws-sdk/client-lambda'
import { ListBucketsCommand, S3Client } from '@aws-sdk/client-s3'
import {
  GetAWSDefaultServiceQuotaCommand,
  GetServiceQuotaCommand,
  ServiceQuotasClient,
} from '@aws-sdk/client-service-quotas'
import { type Quota, type QuotaKind, globalRegion, knownQuotas } from '../../core/quotas.js'
import { stackStates } from '../../core/stack-state.js'
import type { QuotaReading } from '../../ports.js'
import { type ClientConfig, isNamed, s3Config } from './clients.js'

/** All of them together; whatever takes longer counts as unread. */
const patienceMs = 6_000
/** Pages that one count may take: 40 of 60 pools, 100 stacks or 100 distributions. */
const mostPages = 40
/** Lambda keeps this much for functions that reserve nothing (Lambda, "Configuring reserved concurrency"). */
const keptConcurrency = 100

interface Asking {
  config: ClientConfig
  options: { abortSignal: AbortSignal }
}

type Reader = (asking: Asking) => Promise<Pick<Quota, 'used' | 'limit'> | undefined>

/** What these kinds have in use and may have; one that cannot be read, or not in time, is named instead. */
export async function readQuotas(config: ClientConfig, kinds: readonly QuotaKind[]): Promise<QuotaReading> {
  // The other retries of a run would outlast its patience.
  const asking = { config: { ...config, maxAttempts: 2 }, options: { abortSignal: AbortSignal.timeout(patienceMs) } }
  const read = await Promise.all(
    kinds.map(async (kind) => ({ kind, found: await readers[kind](asking).catch(() => undefined) })),
  )
  return {
    quotas: read.flatMap(({ kind, found }) => (found === undefined ? [] : [{ kind, ...found }])),
    unread: read.flatMap(({ kind, found }) => (found === undefined ? [kind] : [])),
  }
}

const readers: Readonly<Record<QuotaKind, Reader>> = {
  stacks: (asking) => limited('stacks', countStacks, asking),
  buckets: (asking) => limited('buckets', countBuckets, asking),
  apis: (asking) => limited('apis', countApis, asking),
  pools: (asking) => limited('pools', countPools, asking),
  distributions: (asking) => limited('distributions', countDistributions, asking),
  async roles({ config, options }) {
    const { SummaryMap } = await new IAMClient(config).send(new GetAccountSummaryCommand({}), options)
    return known(SummaryMap?.['Roles'], SummaryMap?.['RolesQuota'])
  },
  async codeStorage({ config, options }) {
    const settings = await new LambdaClient(config).send(new GetAccountSettingsCommand({}), options)
    const gib = 1024 ** 3
    return known((settings.AccountUsage?.TotalCodeSize ?? 0) / gib, (settings.AccountLimit?.TotalCodeSize ?? 0) / gib)
  },
  async concurrency({ config, options }) {
    const { AccountLimit } = await new LambdaClient(config).send(new GetAccountSettingsCommand({}), options)
    const { ConcurrentExecutions: limit, UnreservedConcurrentExecutions: free } = AccountLimit ?? {}
    return limit === undefined || free === undefined ? undefined : known(limit - free + keptConcurrency, limit)
  },
}

function known(used: number | undefined, limit: number | undefined): Pick<Quota, 'used' | 'limit'> | undefined {
  return used === undefined || limit === undefined || limit === 0 ? undefined : { used, limit }
}

async function limited(
  kind: QuotaKind,
  count: (asking: Asking) => Promise<number | undefined>,
  asking: Asking,
): Promise<Pick<Quota, 'used' | 'limit'> | undefined> {
  const [used, limit] = await Promise.all([count(asking), limitOf(kind, asking)])
  return known(used, limit)
}

/** The value applied to the account; where it has none of its own, AWS's default (Service Quotas, "GetServiceQuota"). */
async function limitOf(kind: QuotaKind, { config, options }: Asking): Promise<number | undefined> {
  const { service, code, global } = knownQuotas[kind]
  const client = new ServiceQuotasClient(global ? { ...config, region: globalRegion(config.region) } : config)
  const asked = { ServiceCode: service, QuotaCode: code }
  const { Quota } = await client.send(new GetServiceQuotaCommand(asked), options).catch((error: unknown) => {
    if (!isNamed(error, 'NoSuchResourceException')) throw error
    return client.send(new GetAWSDefaultServiceQuotaCommand(asked), options)
  })
  return Quota?.Value
}

/** Undefined where there are more pages than are worth reading. */
async function counted<Page>(
  fetchPage: (token: string | undefined) => Promise<Page>,
  size: (page: Page) => number,
  next: (page: Page) => string | undefined,
): Promise<number | undefined> {
  let total = 0
  let token: string | undefined
  for (let page = 0; page < mostPages; page++) {
    const found = await fetchPage(token)
    total += size(found)
    token = next(found)
    if (token === undefined || token === '') return total
  }
  return undefined
}

/** Deleted stacks stay listed for 90 days and count no more. */
const standing = Object.keys(stackStates).filter((status) => status !== 'DELETE_COMPLETE') as StackStatus[]

function countStacks({ config, options }: Asking): Promise<number | undefined> {
  const client = new CloudFormationClient(config)
  return counted(
    (NextToken) => client.send(new ListStacksCommand({ StackStatusFilter: standing, NextToken }), options),
    ({ StackSummaries }) => StackSummaries?.length ?? 0,
    ({ NextToken }) => NextToken,
  )
}

function countBuckets({ config, options }: Asking): Promise<number | undefined> {
  const client = new S3Client(s3Config(config))
  return counted(
    (ContinuationToken) => client.send(new ListBucketsCommand({ MaxBuckets: 10_000, ContinuationToken }), options),
    ({ Buckets }) => Buckets?.length ?? 0,
    ({ ContinuationToken }) => ContinuationToken,
  )
}

function countApis({ config, options }: Asking): Promise<number | undefined> {
  const client = new APIGatewayClient(config)
  return counted(
    (position) => client.send(new GetRestApisCommand({ limit: 500, position }), options),
    ({ items }) => items?.filter((api) => api.endpointConfiguration?.types?.includes('REGIONAL')).length ?? 0,
    ({ position }) => position,
  )
}

function countPools({ config, options }: Asking): Promise<number | undefined> {
  const client = new CognitoIdentityProviderClient(config)
  return counted(
    (NextToken) => client.send(new ListUserPoolsCommand({ MaxResults: 60, NextToken }), options),
    ({ UserPools }) => UserPools?.length ?? 0,
    ({ NextToken }) => NextToken,
  )
}

function countDistributions({ config, options }: Asking): Promise<number | undefined> {
  const client = new CloudFrontClient(config)
  return counted(
    (Marker) => client.send(new ListDistributionsCommand({ Marker, MaxItems: 100 }), options),
    ({ DistributionList }) => DistributionList?.Items?.length ?? 0,
    ({ DistributionList }) => DistributionList?.NextMarker,
  )
}
