import { environments } from './target.js'

/**
 * The variables that make targets and flags take. `everywhere` ones count from the environment and the command line;
 * all others only from the command line or as RS_<NAME> (WSL sets NAME, CI systems set RELEASE).
 */
export interface Variable {
  summary: string
  kind: 'text' | 'flag' | 'secret'
  choices?: readonly string[]
  everywhere?: true
  example?: string
}

const trueOrFalse = ['true', 'false'] as const

export const variables = {
  ENV: {
    summary: 'environment',
    kind: 'text',
    choices: environments,
    everywhere: true,
    example: 'dev',
  },
  ORG: {
    summary: 'organization: lowercase letters, digits, single hyphens',
    kind: 'text',
    everywhere: true,
    example: 'myorg',
  },
  CLOUD: {
    summary: 'where: the local emulator or AWS; unset decides by what the machine has',
    kind: 'text',
    choices: ['local', 'aws'],
    everywhere: true,
  },
  ENABLE_AUTH: {
    summary: 'whether the authorizer guards the API (unset: as the stack is; true on a fresh one)',
    kind: 'text',
    choices: trueOrFalse,
    everywhere: true,
  },
  CREATE_BUCKETS: {
    summary: 'whether the stack creates its buckets (unset: by what exists)',
    kind: 'text',
    choices: trueOrFalse,
    everywhere: true,
  },
  ADMIN_USERNAME: {
    summary: 'e-mail address of an administrator to create; goes with ADMIN_PASSWORD',
    kind: 'text',
    everywhere: true,
    example: 'admin@myorg.com',
  },
  ADMIN_PASSWORD: {
    summary: 'the administrator’s password; set it in the environment, not on the command line',
    kind: 'secret',
    everywhere: true,
  },
  ADMIN_PASSWORD_FILE: {
    summary: 'file that holds the administrator’s password',
    kind: 'text',
    everywhere: true,
  },
  USER_NAME: { summary: 'e-mail address of the user', kind: 'text', example: 'bob@myorg.com' },
  NAME: { summary: 'the user’s name, as people read it', kind: 'text', example: 'Bob Smith' },
  GROUP: { summary: 'the user’s group, or several by comma', kind: 'text', example: 'RESEARCHERS' },
  PASSWORD: {
    summary: 'the user’s password; set it in the environment, not on the command line',
    kind: 'secret',
    everywhere: true,
  },
  PASSWORD_FILE: {
    summary: 'file whose first line is the user’s password; `-` is standard input',
    kind: 'text',
    everywhere: true,
  },
  OTHER_TOKEN: {
    summary: 'ID token of another organization, which this one must refuse; set it in the environment',
    kind: 'secret',
    everywhere: true,
  },
  DOMAIN_NAME: {
    summary: 'domain of the page; goes with CERTIFICATE_ARN; `none` takes it away',
    kind: 'text',
    example: 'app.myorg.com',
  },
  CERTIFICATE_ARN: { summary: 'certificate of DOMAIN_NAME, in us-east-1; `none` takes it away', kind: 'text' },
  ALARM_EMAIL: {
    summary: 'who is written to when an alarm goes on; without it there are none; `none` takes them away',
    kind: 'text',
    example: 'ops@myorg.com',
  },
  COGNITO_USER_POOL_ID: { summary: 'an existing user pool to use instead of one of the stack’s own', kind: 'text' },
  COGNITO_CLIENT_ID: { summary: 'the client of COGNITO_USER_POOL_ID', kind: 'text' },
  STRATEGY: {
    summary: 'how requests move to a new version: AllAtOnce, or a share of them first, watched (docs/releases.md)',
    kind: 'text',
    example: 'LambdaCanary10Percent5Minutes',
  },
  HEALTH_ATTEMPTS: { summary: 'how often /health is asked before a release counts as failed (15)', kind: 'text' },
  HEALTH_PATH: { summary: 'path that must answer healthy (/health)', kind: 'text', example: '/health' },
  KEEP_VERSIONS: {
    summary: 'how many versions of a function are kept beside those in use, and releases’ artifacts (10)',
    kind: 'text',
  },
  CODE: {
    summary: 'which code rs-deploy-only leaves live where one was released after the build: that (live) or the build’s',
    kind: 'text',
    choices: ['live', 'build'],
  },
  FUNCTION: {
    summary: 'functions by their names or logical ids, by comma; * stands for anything (unset: all)',
    kind: 'text',
    example: 'RawscribeLambda',
  },
  IMAGE: {
    summary: 'image in ECR that a function of package type Image is to run, by tag or digest',
    kind: 'text',
    example: '123456789012.dkr.ecr.eu-west-1.amazonaws.com/orders:v7',
  },
  ALLOW_DATA_LOSS: {
    summary: 'exact logical ids, by comma, of what may be removed or replaced with its data',
    kind: 'text',
    example: 'FormsBucket',
  },
  SKIP: {
    summary: 'exact names, by comma, of resources that a rollback passes over as they are',
    kind: 'text',
    example: 'FormsBucket,Inner.Queue',
  },
  LOCK_WAIT: { summary: 'how many seconds to wait for another run on the same target (3600)', kind: 'text' },
  SINCE: { summary: 'how far back: 30s, 10m, 2h, 1d, or a time in ISO 8601 (10m)', kind: 'text', example: '1h' },
  FILTER: { summary: 'only lines that hold this text, whatever its case', kind: 'text', example: 'error' },
  WITH: { summary: 'the organization to compare with', kind: 'text', example: 'myorg-blue' },
  WITH_ENV: { summary: 'environment of WITH (unset: ENV)', kind: 'text', example: 'stage' },
  AUTO: { summary: 'deploy also what needs CloudFormation', kind: 'flag' },
  FOLLOW: { summary: 'false: print what is there and end (true)', kind: 'flag' },
  WHY: { summary: 'the reason, for whoever meets the lock', kind: 'text', example: 'migration' },
  WHAT: {
    summary: 'what to take back: the code (unset), the page, or all but the page and data',
    kind: 'text',
    choices: ['code', 'frontend', 'all'],
  },
  RELEASE: { summary: 'number of a release, as rs-history shows it', kind: 'text', example: '7' },
  FORMAT: { summary: 'how outputs are written', kind: 'text', choices: ['env', 'json'] },
  FRONTEND_DIR: { summary: 'folder of the built page (frontend/dist, else frontend)', kind: 'text', example: 'dist' },
  EXPLAIN: { summary: 'name the file that each value comes from', kind: 'flag' },
  WAIT: { summary: 'wait until it has taken effect', kind: 'flag' },
  FILE: { summary: 'the file to copy', kind: 'text', example: 'sops/cell-count.yaml' },
  WATCH: { summary: 'look again every few seconds, until Ctrl-C', kind: 'flag' },
  OVERWRITE: { summary: 'let addresses of an emulator replace those of AWS', kind: 'flag' },
  CHECK: { summary: 'change nothing; exit code 7 where something is not as it should be', kind: 'flag' },
  FORCE: { summary: 'go on where nothing changed, or where more changed than the command takes along', kind: 'flag' },
  YES: { summary: 'answer yes to what would be asked', kind: 'flag' },
  FORCE_YES: { summary: 'the old name of YES', kind: 'flag' },
  JSON: { summary: 'one JSON object per line on standard output', kind: 'flag' },
  PROJECT_DIR: { summary: 'folder of another SAM project to act on (docs/adopting.md)', kind: 'text' },
  TARGET_NAME: { summary: 'the make target to explain', kind: 'text', example: 'rs-deploy' },
  ONLY: { summary: 'only the tests whose path holds this text', kind: 'text' },
} as const satisfies Record<string, Variable>

export type VariableName = keyof typeof variables

export const variableNames = Object.keys(variables) as VariableName[]

export function isVariableName(name: string): name is VariableName {
  return Object.hasOwn(variables, name)
}

/** `ENABLE_AUTH` as a flag: `enable-auth`. */
export function flagOf(name: VariableName): string {
  return name.toLowerCase().replaceAll('_', '-')
}
