/** Part of a release's inputs: a new version of this tool may deploy the same sources differently. */
export const toolVersion = '1'

/** What a bucket is for. */
export type BucketKey = 'lambda' | 'forms' | 'eln' | 'drafts' | 'frontend'

/** In the order in which they are shown. */
export const bucketKeys: readonly BucketKey[] = ['lambda', 'forms', 'eln', 'drafts', 'frontend']

/**
 * What is peculiar to one SAM project: the words that its names start with, how its parts are named, and what its
 * outputs and parameters are called. Patterns hold {prefix}, {frontendPrefix}, {env}, {org} and {account}.
 */
export interface Project {
  prefix: string
  frontendPrefix: string
  names: {
    function: string
    layer: string
    api: string
    apiStage: string
    userPool: string
    userPoolClient: string
    role: string
    /** Whatever else its template names explicitly: the isolation proof lets nothing through that it cannot compute. */
    others: readonly string[]
  }
  /** Whether its template gives the API that name; else it is known by its id. */
  namesApi: boolean
  /** The buckets that it has. Settings are uploaded where there is a `lambda` bucket, a page where there is a `frontend` one. */
  buckets: Readonly<Partial<Record<BucketKey, string>>>
  /** What its template calls the outputs that this tool reads, by our names for them. */
  outputs: Readonly<Partial<Record<KnownOutput, string>>>
  /** What its template calls the parameters that this tool decides, by our names for them. */
  parameters: Readonly<Partial<Record<KnownParameter, string>>>
  api: ProjectApi
}

/** What the API promises about who may ask what; asked after every deployment. */
export interface ProjectApi {
  healthPath: string
  /** What a healthy answer is: 200 alone (`any`), or with JSON that says `"status": "healthy"` (`status`). */
  health: 'status' | 'any'
  /** Asked without a token: the open ones must answer, the guarded ones must refuse while auth is on. */
  openPaths: readonly string[]
  guardedPaths: readonly string[]
  /** A list that the administrator's token opens: JSON with an array under `key`; shown under `title`. */
  list: { path: string; key: string; title: string } | undefined
}

export const knownOutputs = [
  'ApiEndpoint',
  'ApiGatewayId',
  'CloudFrontURL',
  'CloudFrontDomainName',
  'CloudFrontDistributionId',
  'CognitoUserPoolId',
  'CognitoClientId',
] as const
export type KnownOutput = (typeof knownOutputs)[number]

export const knownParameters = [
  'Environment',
  'Organization',
  'EnableAuth',
  'ManageUserPool',
  'UserPoolProtection',
  'CognitoUserPoolId',
  'CognitoClientId',
  'CreateBuckets',
  'DomainName',
  'CertificateArn',
  'AlarmEmail',
  'PermissionsBoundary',
] as const
export type KnownParameter = (typeof knownParameters)[number]

/** The project that this tool is part of. Another one says in infra/project.json what differs. */
export const ownProject: Project = {
  prefix: 'rawscribe',
  frontendPrefix: 'syndi',
  names: {
    function: '{prefix}-{env}-{org}-backend',
    layer: '{prefix}-deps-{env}-{org}',
    api: '{prefix}-{env}-{org}-api',
    apiStage: '{env}',
    userPool: '{prefix}-{env}-{org}-userpool',
    userPoolClient: '{prefix}-{env}-{org}-client',
    role: '{prefix}-{env}-{org}-lambda-role',
    others: [
      '{prefix}-{env}-{org}-frontend',
      '{prefix}-{env}-{org}-single-page',
      '{prefix}-{env}-{org}-alarms',
      '{prefix}-{env}-{org}-errors',
      '{prefix}-{env}-{org}-throttles',
      '{prefix}-{env}-{org}-slow',
      '{prefix}-{env}-{org}-api-5xx',
    ],
  },
  namesApi: true,
  buckets: {
    lambda: '{prefix}-lambda-{env}-{org}-{account}',
    forms: '{prefix}-forms-{env}-{org}-{account}',
    eln: '{prefix}-eln-{env}-{org}-{account}',
    drafts: '{prefix}-eln-drafts-{env}-{org}-{account}',
    frontend: '{frontendPrefix}-frontend-{env}-{org}-{account}',
  },
  outputs: {},
  parameters: {},
  api: {
    healthPath: '/health',
    health: 'status',
    openPaths: ['/', '/health', '/api/config/runtime'],
    guardedPaths: ['/api/config/private', '/api/v1/sops/list'],
    list: { path: '/api/v1/sops/list', key: 'sops', title: 'SOPs' },
  },
}

/** `values` with what the project's template calls otherwise also under our names. */
export function underOurNames(
  values: Readonly<Record<string, string>>,
  theirs: Readonly<Record<string, string | undefined>>,
): Record<string, string> {
  const ours = Object.entries(theirs).flatMap(([name, their]) => {
    const value = their === undefined ? undefined : values[their]
    return value === undefined ? [] : [[name, value] as const]
  })
  return { ...values, ...Object.fromEntries(ours) }
}

/** The parameters of a stack, a template or a receipt, also under our names. */
export function ourParameters(
  values: Readonly<Record<string, string>>,
  { parameters }: Project,
): Readonly<Record<string, string>> {
  return underOurNames(values, parameters)
}

/** Whether an authorizer guards the API of a stack with these parameters: a template without the switch has it always on. */
export function isAuthOn(parameters: Readonly<Record<string, string>>, project: Project): boolean {
  return (ourParameters(parameters, project)['EnableAuth'] ?? 'true') === 'true'
}
