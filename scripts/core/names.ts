import { identity } from './identity.js'
import { type Target, environments, isOrganizationName } from './target.js'

export const userGroups = ['ADMINS', 'LAB_MANAGERS', 'RESEARCHERS', 'CLINICIANS'] as const

export type BucketKey = 'lambda' | 'forms' | 'eln' | 'drafts' | 'frontend'

/** The five buckets of a target, in the order in which they are shown. */
export const bucketKeys: readonly BucketKey[] = ['lambda', 'forms', 'eln', 'drafts', 'frontend']

export interface Names {
  stack: string
  function: string
  layer: string
  api: string
  apiStage: string
  userPool: string
  userPoolClient: string
  role: string
  buckets: Record<BucketKey, string>
  deploymentsBucket: string
  buildFolder: string
  /** Of the function and of the API's accesses. */
  logGroups: readonly string[]
  /** Every name that a resource of the target may have, for the isolation proof. */
  all: readonly string[]
}

/** Every name of a target. `account` is the 12-digit account id. */
export function namesOf(target: Target, account: string): Names {
  const { env, org } = target
  const base = `${identity.prefix}-${env}-${org}`
  const bucket = (service: string): string => `${identity.prefix}-${service}-${env}-${org}-${account}`
  const named = {
    stack: stackName(target),
    function: `${base}-backend`,
    layer: `${identity.prefix}-deps-${env}-${org}`,
    api: `${base}-api`,
    apiStage: env,
    userPool: `${base}-userpool`,
    userPoolClient: `${base}-client`,
    role: `${base}-lambda-role`,
    buckets: {
      lambda: bucket('lambda'),
      forms: bucket('forms'),
      eln: bucket('eln'),
      drafts: bucket('eln-drafts'),
      frontend: `${identity.frontendPrefix}-frontend-${env}-${org}-${account}`,
    },
    deploymentsBucket: `${identity.prefix}-sam-deployments-${account}`,
    buildFolder: buildFolder(target),
  }
  const delivery = [`${base}-frontend`, `${base}-single-page`]
  const logGroups = [`/aws/lambda/${named.function}`, `/aws/apigateway/${named.api}`]
  const single = [named.stack, named.function, named.layer, named.api, named.userPool, named.userPoolClient, named.role]
  return { ...named, logGroups, all: [...single, ...Object.values(named.buckets), ...delivery, ...logGroups] }
}

/** The stack's name needs no account, so that it can be shown before anybody signs in. */
export function stackName({ env, org }: Target): string {
  return `${identity.prefix}-${env}-${org}`
}

/** The target that a stack's name stands for; undefined when it is nobody's. */
export function targetOfStack(name: string): Target | undefined {
  for (const env of environments) {
    const start = `${identity.prefix}-${env}-`
    const org = name.slice(start.length)
    if (name.startsWith(start) && isOrganizationName(org, env)) return { env, org }
  }
  return undefined
}

/** Folder of everything that a build of this target writes, relative to the project. */
export function buildFolder({ env, org }: Target): string {
  return `.aws-sam-${env}-${org}`
}

/** Account-wide role that API Gateway writes its logs with (one per account and region, never per target). */
export const apiGatewayLogRole = `${identity.prefix}-apigateway-logs`

/** Key prefixes in the deployments bucket. */
export const ledgerKeys = {
  lock: (stack: string): string => `locks/${stack}.json`,
  all: (stack: string): string => `${stack}/`,
  artifacts: (stack: string): string => `${stack}/artifacts`,
  releases: (stack: string): string => `${stack}/releases/`,
  release: (stack: string, number: number): string => `${stack}/releases/${String(number).padStart(6, '0')}.json`,
}
