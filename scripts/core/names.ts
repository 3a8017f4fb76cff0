import { type BucketKey, type Project, bucketKeys } from './project.js'
import { DeployError } from '../errors.js'
import { type Target, environments, isOrganizationName } from './target.js'

export const userGroups = ['ADMINS', 'LAB_MANAGERS', 'RESEARCHERS', 'CLINICIANS'] as const

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
  /** Which of the buckets the project has; the others' names are nobody's. */
  bucketKeys: readonly BucketKey[]
  deploymentsBucket: string
  buildFolder: string
  /** Of the function and of the API's accesses. */
  logGroups: readonly string[]
  /** Every name that a resource of the target may have, for the isolation proof. */
  all: readonly string[]
  /** The words that every name of the project starts with. */
  prefixes: readonly string[]
}

/** Every name of a target. `account` is the 12-digit account id. */
export function namesOf(target: Target, account: string, project: Project): Names {
  const { prefix, frontendPrefix } = project
  const words: Readonly<Record<string, string>> = { ...target, account, prefix, frontendPrefix }
  const named = (pattern: string): string => pattern.replaceAll(/\{(\w+)\}/g, (_all, word: string) => words[word] ?? '')
  const { function: functionName, layer, api, apiStage, userPool, userPoolClient, role, others } = project.names
  const keys = bucketKeys.filter((key) => project.buckets[key] !== undefined)
  const single = {
    stack: stackName(target, project),
    function: named(functionName),
    layer: named(layer),
    api: named(api),
    userPool: named(userPool),
    userPoolClient: named(userPoolClient),
    role: named(role),
  }
  const buckets = Object.fromEntries(bucketKeys.map((key) => [key, named(project.buckets[key] ?? '')]))
  verifyLengths([...keys.map((key) => buckets[key] ?? '')], bucketNameLimit)
  verifyLengths([single.function, single.role], functionNameLimit)
  const logGroups = [`/aws/lambda/${single.function}`, `/aws/apigateway/${single.api}`]
  return {
    ...single,
    apiStage: named(apiStage),
    buckets: buckets as Record<BucketKey, string>,
    bucketKeys: keys,
    deploymentsBucket: `${prefix}-sam-deployments-${account}`,
    buildFolder: buildFolder(target),
    logGroups,
    all: [...Object.values(single), ...keys.map((key) => buckets[key] ?? ''), ...others.map(named), ...logGroups],
    prefixes: [...new Set([prefix, frontendPrefix])],
  }
}

/** S3, "Bucket naming rules"; Lambda, CreateFunction, and IAM, CreateRole. In characters. */
const bucketNameLimit = 63
const functionNameLimit = 64

/** Throws Usage: a project with longer words than ours leaves less room for the organization's. */
function verifyLengths(names: readonly string[], limit: number): void {
  const long = names.find((name) => name.length > limit)
  if (long === undefined) return
  throw new DeployError('Usage', `ORG is too long here: ${long} has ${long.length} characters, ${limit} at most`, {
    hint: `ORG with ${long.length - limit} characters less`,
  })
}

/** The stack's name needs no account, so that it can be shown before anybody signs in. */
export function stackName({ env, org }: Target, { prefix }: Project): string {
  return `${prefix}-${env}-${org}`
}

/** The target that a stack's name stands for; undefined when it is nobody's. */
export function targetOfStack(name: string, project: Project): Target | undefined {
  return targetOfName(name, '{prefix}-{env}-{org}', project)
}

/** The target that a name made by this pattern stands for; undefined when it was not. */
export function targetOfName(name: string, pattern: string, { prefix, frontendPrefix }: Project): Target | undefined {
  const words: Readonly<Record<string, string>> = {
    prefix,
    frontendPrefix,
    env: `(?<env>${environments.join('|')})`,
    org: '(?<org>[a-z0-9-]+)',
    account: '\\d{12}',
  }
  const seen = new Set<string>()
  // A word that stands there twice is the same both times.
  const source = pattern.replaceAll(/\{(\w+)\}|[^\w-]/g, (found, word?: string) => {
    if (word === undefined) return `\\${found}`
    if (!seen.has(word)) return (seen.add(word), words[word] ?? '')
    return word === 'env' || word === 'org' ? `\\k<${word}>` : (words[word] ?? '')
  })
  const { env, org } = new RegExp(`^${source}$`).exec(name)?.groups ?? {}
  const environment = environments.find((one) => one === env)
  return environment !== undefined && org !== undefined && isOrganizationName(org, environment)
    ? { env: environment, org }
    : undefined
}

/** Folder of everything that a build of this target writes, relative to the project. */
export function buildFolder({ env, org }: Target): string {
  return `.aws-sam-${env}-${org}`
}

/** Account-wide role that API Gateway writes its logs with (one per account and region, never per target). */
export function apiGatewayLogRole({ prefix }: Project): string {
  return `${prefix}-apigateway-logs`
}

/** Key prefixes in the deployments bucket. */
export const ledgerKeys = {
  locks: 'locks/',
  lock: (stack: string): string => `locks/${stack}.json`,
  shift: (stack: string): string => `locks/${stack}.shift.json`,
  all: (stack: string): string => `${stack}/`,
  artifacts: (stack: string): string => `${stack}/artifacts`,
  releases: (stack: string): string => `${stack}/releases/`,
  release: (stack: string, number: number): string => `${stack}/releases/${String(number).padStart(6, '0')}.json`,
  pages: (stack: string): string => `${stack}/page/`,
  page: (stack: string, version: number): string => `${stack}/page/${String(version).padStart(6, '0')}.json`,
  /** The number in a key of a release; 0 where it is none. */
  numberOf: (key: string): number => Number(/(\d+)\.json$/.exec(key)?.[1] ?? 0),
}
