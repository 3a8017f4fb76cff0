import { type Surroundings, resolverFor, unknownPart } from './intrinsics.js'
import { type Names, namesOf } from './names.js'
import type { Project } from './project.js'
import type { Target } from './target.js'

/** Services whose resources are a target's own: what is allowed on all of them is allowed on other targets' too. */
const ownServices = new Set([
  ...['*', 's3', 'dynamodb', 'lambda', 'cognito-idp', 'secretsmanager', 'sqs', 'sns', 'ssm', 'logs'],
  // By these somebody becomes, makes or changes whatever reaches the rest: roles, and stacks with their roles.
  ...['sts', 'iam', 'cloudformation'],
])
/**
 * Lists of an account's resources, and what is said of one: not what it holds (ListBucket tells every key, ListUsers
 * every person, GetParameter a value). Writing logs as well, which every function of AWS may do everywhere
 * (AWSLambdaBasicExecutionRole), and what delivers them, for which IAM knows no narrower resource.
 */
const ofTheAccount = new RegExp(
  [
    's3:ListAllMyBuckets|cognito-idp:ListUserPools',
    'logs:(?:CreateLogGroup|CreateLogStream|PutLogEvents|(?:Create|Get|Update|Delete|List)LogDeliver(?:y|ies)|PutResourcePolicy)$',
    '(?:dynamodb|lambda|secretsmanager|sqs|ssm|logs):(?:List|Describe)',
    '(?:sns|iam|cloudformation):(?:List|Describe|Get|BatchDescribe|Validate|Estimate|Simulate|Generate)',
    'sts:(?:Get|DecodeAuthorizationMessage)',
  ]
    .map((one) => `^(?:${one})`)
    .join('|'),
  'i',
)

/** Policies of AWS's that reach the data of no target: they write logs, traces and measurements, and join a network. */
const harmlessPolicies = new Set([
  'service-role/AWSLambdaBasicExecutionRole',
  'service-role/AWSLambdaVPCAccessExecutionRole',
  'service-role/AWSLambdaENIManagementAccess',
  'AWSXRayDaemonWriteAccess',
  'AWSXrayWriteOnlyAccess',
  'CloudWatchLambdaInsightsExecutionRolePolicy',
  'CloudWatchLambdaApplicationSignalsExecutionRolePolicy',
])

/**
 * The policies from outside the template that a role, a user or a group is given and that may reach other targets: all
 * but a few of AWS's, because what is in them cannot be read here. One of the template itself is read where it stands.
 */
export function foreignPolicies(properties: unknown, surroundings: Surroundings): string[] {
  const given = (properties as { ManagedPolicyArns?: unknown } | undefined)?.ManagedPolicyArns
  const named = texts(resolverFor(surroundings)(given)).flatMap((text) => text.split(','))
  const known = named.filter((arn) => arn !== unknownPart)
  const imported = JSON.stringify(given ?? null).includes('"Fn::ImportValue"') ? ['the policy of another stack'] : []
  return [...known.filter((arn) => !harmlessPolicies.has(arn.replace(/^arn:aws:iam::aws:policy\//, ''))), ...imported]
}

/** What the policies in a resource (functions worked out) allow beyond the target by a wildcard, one text each. */
export function wideGrants(
  resource: unknown,
  neighbours: readonly Names[],
  { account, region }: Surroundings,
): string[] {
  const foreign = neighbours.flatMap((names) => arnsOf(names, account, region))
  return statementsIn(resource).flatMap((statement) => {
    const all = texts(statement['Action'])
    // Everything that it allows only tells what there is, wherever.
    if (all.length > 0 && all.every((action) => ofTheAccount.test(action))) return []
    const actions = all.filter(
      (action) => ownServices.has(action.split(':')[0]?.toLowerCase() ?? '') && !ofTheAccount.test(action),
    )
    const everything = statement['NotResource'] !== undefined || statement['NotAction'] !== undefined
    const wide = texts(statement['Resource']).filter((place) => place.startsWith('arn:') && foreign.some(globOf(place)))
    const anywhere = everything || texts(statement['Resource']).some((place) => /^\*+$/.test(place))
    return [
      ...wide,
      ...(anywhere && (actions.length > 0 || everything) ? [`${actions.join(', ') || 'all but some'} on *`] : []),
    ]
  })
}

/** Statements that allow something to whoever has the policy; one with a Principal is about its own resource. */
function statementsIn(value: unknown): Record<string, unknown>[] {
  if (value === null || typeof value !== 'object') return []
  const below = Object.values(value).flatMap(statementsIn)
  const one = value as Record<string, unknown>
  const allows = one['Effect'] === 'Allow' && one['Principal'] === undefined && one['NotPrincipal'] === undefined
  return allows ? [one, ...below] : below
}

function texts(value: unknown): string[] {
  return (Array.isArray(value) ? value : [value]).filter((one): one is string => typeof one === 'string')
}

/** Names of targets that stand for all others: of another organization, of another environment. */
export function neighboursOf({ env, org }: Target, account: string, project: Project): Names[] {
  return [
    namesOf({ env, org: org === 'other' ? 'another' : 'other' }, account, project),
    namesOf({ env: env === 'test' ? 'dev' : 'test', org }, account, project),
  ]
}

function arnsOf(names: Names, account: string, region: string): string[] {
  const buckets = names.bucketKeys
    .map((key) => names.buckets[key])
    .flatMap((name) => [`arn:aws:s3:::${name}`, `arn:aws:s3:::${name}/key`])
  const within = (service: string, resource: string): string => `arn:aws:${service}:${region}:${account}:${resource}`
  return [
    ...buckets,
    within('lambda', `function:${names.function}`),
    within('dynamodb', `table/${names.stack}-table`),
    within('secretsmanager', `secret:${names.stack}-secret-AbCdEf`),
    within('sqs', `${names.stack}-queue`),
    within('sns', `${names.stack}-topic`),
    within('ssm', `parameter/${names.stack}-parameter`),
    within('ssm', `parameter/${names.stack}/parameter`),
    within('cloudformation', `stack/${names.stack}/1`),
    within('cognito-idp', `userpool/${region}_Neighbour`),
    ...names.logGroups.flatMap((group) => [
      within('logs', `log-group:${group}`),
      within('logs', `log-group:${group}:log-stream:1`),
    ]),
    `arn:aws:iam::${account}:role/${names.role}`,
  ]
}

/** IAM's wildcards: `*` any characters, `?` any one (IAM, "Resource"). */
function globOf(text: string): (arn: string) => boolean {
  const pattern = text
    .replaceAll(/[.+^$()|[\]{}\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.')
  const expression = new RegExp(`^${pattern}$`)
  return (arn) => expression.test(arn)
}
