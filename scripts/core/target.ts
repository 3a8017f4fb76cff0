import { DeployError } from '../errors.js'
import { nearest } from './near-miss.js'

export const environments = ['dev', 'test', 'stage', 'prod'] as const
export type Environment = (typeof environments)[number]

/** What every command acts on. */
export interface Target {
  env: Environment
  org: string
}

const reservedOrganizations = ['all', 'failed', 'outdated']

/** Bucket names end at 63 characters (S3, "Bucket naming rules"): `rawscribe-eln-drafts-{env}-{org}-{12 digits}`. */
const bucketNameLimit = 63
const longestBucketPrefix = 'rawscribe-eln-drafts-'
const accountSuffixLength = '-000000000000'.length

/** The longest organization name, in characters, whose bucket names still fit S3's limit. */
export function organizationLimit(env: Environment): number {
  return bucketNameLimit - longestBucketPrefix.length - env.length - 1 - accountSuffixLength
}

/** Throws Usage with the offending value when `value` is not an environment. */
export function parseEnvironment(value: string | undefined): Environment {
  if (value === undefined || value === '') {
    throw new DeployError('Usage', `ENV is missing: it is one of ${environments.join(', ')}`, {
      hint: 'ENV=dev',
    })
  }
  const known = environments.find((env) => env === value)
  if (known !== undefined) return known
  const written = value.toLowerCase()
  // `production`, `staging` and `development` are what people type.
  const close = environments.find((env) => written.startsWith(env.slice(0, 3))) ?? nearest(written, environments)
  throw new DeployError('Usage', `ENV=${value} is not an environment: it is one of ${environments.join(', ')}`, {
    hint: `ENV=${close ?? 'dev'}`,
  })
}

/** Throws Usage with the offending value and the rule it breaks when `value` cannot name an organization in `env`. */
export function parseOrganization(value: string | undefined, env: Environment): string {
  if (value === undefined || value === '') {
    throw new DeployError('Usage', 'ORG is missing: it names the organization and has no default', {
      hint: 'ORG=myorg',
    })
  }
  const problem = organizationProblem(value, env)
  if (problem === undefined) return value
  const mended = value
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, organizationLimit(env))
    .replace(/^-+|-+$/g, '')
  const usable = mended !== '' && organizationProblem(mended, env) === undefined
  throw new DeployError('Usage', `ORG=${value} ${problem}`, { hint: `ORG=${usable ? mended : 'myorg'}` })
}

function organizationProblem(value: string, env: Environment): string | undefined {
  if (!/^[a-z0-9]+(-[a-z0-9]+)*$/.test(value)) {
    return 'is not an organization name: lowercase letters and digits, single hyphens inside'
  }
  if (reservedOrganizations.includes(value)) return `is reserved (${reservedOrganizations.join(', ')})`
  const limit = organizationLimit(env)
  if (value.length > limit) {
    return `is too long: ${value.length} characters, ${limit} at most in ${env} (bucket names end at ${bucketNameLimit})`
  }
  return undefined
}

export function isOrganizationName(value: string, env: Environment): boolean {
  return organizationProblem(value, env) === undefined
}
