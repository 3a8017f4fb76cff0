import { type Surroundings, resolverFor, truthOf } from './intrinsics.js'

interface KnownQuota {
  title: string
  service: string
  code: string
  /** Of the whole account: read and raised in one region of the partition. */
  global: boolean
}

/**
 * What an account is allowed of each kind. The codes are those that `aws service-quotas list-service-quotas` lists for
 * the service (Service Quotas, "GetServiceQuota"; AWS General Reference, "Service endpoints and quotas").
 */
export const knownQuotas = {
  stacks: { title: 'CloudFormation stacks', service: 'cloudformation', code: 'L-0485CB21', global: false },
  buckets: { title: 'S3 buckets', service: 's3', code: 'L-DC2B2D3D', global: true },
  apis: { title: 'regional REST APIs', service: 'apigateway', code: 'L-AA0FF27B', global: false },
  pools: { title: 'Cognito user pools', service: 'cognito-idp', code: 'L-66E6DF30', global: false },
  roles: { title: 'IAM roles', service: 'iam', code: 'L-FE177D64', global: true },
  distributions: { title: 'CloudFront distributions', service: 'cloudfront', code: 'L-24B04930', global: true },
  codeStorage: { title: 'Lambda code storage (GiB)', service: 'lambda', code: 'L-2ACBD22F', global: false },
  concurrency: { title: 'reserved Lambda concurrency', service: 'lambda', code: 'L-B99A9384', global: false },
} as const satisfies Record<string, KnownQuota>

export type QuotaKind = keyof typeof knownQuotas
export const quotaKinds = Object.keys(knownQuotas) as QuotaKind[]

/** How much of a kind there is, and how much there may be. */
export interface Quota {
  kind: QuotaKind
  used: number
  limit: number
}

/** A package of a function or layer takes at least this (GiB); how much is known only once it is built. */
const leastPackage = 1 / 1024
/** From this part of a quota on it is told. */
const near = 0.9

/** How much of each kind a first deployment of the template makes, what its conditions leave out aside. */
export function demandOf(surroundings: Surroundings): Partial<Record<QuotaKind, number>> {
  const resolve = resolverFor(surroundings)
  const demand: Partial<Record<QuotaKind, number>> = { stacks: 1 }
  const add = (kind: QuotaKind, count: number): void => void (demand[kind] = (demand[kind] ?? 0) + count)
  for (const { Type, Condition, Properties } of Object.values(surroundings.template.Resources)) {
    if (typeof Condition === 'string' && truthOf({ Condition }, surroundings) === false) continue
    const properties = resolve(Properties ?? {}) as Record<string, unknown>
    for (const [kind, count] of demandOfOne(Type, properties)) add(kind, count)
  }
  return demand
}

function demandOfOne(type: string, properties: Record<string, unknown>): readonly (readonly [QuotaKind, number])[] {
  switch (type) {
    case 'AWS::CloudFormation::Stack':
    case 'AWS::Serverless::Application':
      return [['stacks', 1]]
    case 'AWS::S3::Bucket':
      return [['buckets', 1]]
    case 'AWS::ApiGateway::RestApi':
    case 'AWS::Serverless::Api':
      return JSON.stringify(properties['EndpointConfiguration'] ?? '').includes('REGIONAL') ? [['apis', 1]] : []
    case 'AWS::Cognito::UserPool':
      return [['pools', 1]]
    case 'AWS::IAM::Role':
      return [['roles', 1]]
    case 'AWS::CloudFront::Distribution':
      return [['distributions', 1]]
    case 'AWS::Serverless::LayerVersion':
    case 'AWS::Lambda::LayerVersion':
      return [['codeStorage', leastPackage]]
    case 'AWS::Serverless::Function':
    case 'AWS::Lambda::Function': {
      const reserved = Number(properties['ReservedConcurrentExecutions'] ?? 0)
      const role = properties['Role'] === undefined ? [['roles', 1] as const] : []
      return [['codeStorage', leastPackage], ...role, ...(reserved > 0 ? [['concurrency', reserved] as const] : [])]
    }
    default:
      return []
  }
}

export interface QuotaVerdict {
  /** What the demand does not fit into. */
  passed: Quota[]
  /** Nine tenths or more are used once it is met. */
  near: Quota[]
}

/** Holds what a deployment makes against what is left. */
export function judgeQuotas(demand: Partial<Record<QuotaKind, number>>, quotas: readonly Quota[]): QuotaVerdict {
  const after = ({ kind, used }: Quota): number => used + (demand[kind] ?? 0)
  const wanted = quotas.filter(({ kind }) => (demand[kind] ?? 0) > 0)
  const passed = wanted.filter((quota) => after(quota) > quota.limit)
  return { passed, near: wanted.filter((quota) => !passed.includes(quota) && after(quota) >= quota.limit * near) }
}

/** `9998 of 10000 used`. */
export function describeQuota({ used, limit }: Quota): string {
  return `${rounded(used)} of ${rounded(limit)} used`
}

/** The command that asks AWS for half as much again. */
export function raiseCommand({ kind, limit }: Quota, region: string): string {
  const { service, code, global } = knownQuotas[kind]
  const where = global ? globalRegion(region) : region
  const value = Math.ceil(limit * 1.5)
  return `aws service-quotas request-service-quota-increase --service-code ${service} --quota-code ${code} --desired-value ${value} --region ${where}`
}

/** Where quotas of the whole account are kept: one region of the partition (Service Quotas, "global quotas"). */
export function globalRegion(region: string): string {
  if (region.startsWith('us-gov-')) return 'us-gov-west-1'
  return region.startsWith('cn-') ? 'cn-northwest-1' : 'us-east-1'
}

function rounded(value: number): string {
  return String(Math.round(value * 10) / 10)
}
