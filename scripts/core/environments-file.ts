import * as z from 'zod'
import { DeployError } from '../errors.js'
import { whereJsonBreaks } from './config-file.js'
import { environments } from './target.js'

export const environmentsFile = 'infra/environments.json'

const account = z.string().regex(/^\d{12}$/, 'is an account id of 12 digits, as a text')
const region = z.string().regex(/^[a-z]{2}(-[a-z]+)+-\d$/, 'is a region, like eu-west-1')
const roleArn = z.string().regex(/^arn:aws[a-z-]*:iam::\d{12}:role\/[\w+=,.@/-]+$/, 'is the ARN of a role')

const policyArn = z.string().regex(/^arn:aws[a-z-]*:iam::(\d{12}|aws):policy\/[\w+=,.@/-]+$/, 'is the ARN of a policy')

const entry = z.strictObject({
  account: account.optional(),
  region: region.optional(),
  /** A profile of the AWS CLI; keys in the environment go before it. */
  profile: z.string().min(1).optional(),
  /** A role that is assumed for everything that this tool does there. */
  role: roleArn.optional(),
  externalId: z.string().min(2).optional(),
  /** The service role that CloudFormation acts with. */
  cloudFormationRole: roleArn.optional(),
  /** The policy that no role of a stack may reach beyond. */
  permissionsBoundary: policyArn.optional(),
})

const schema = z.strictObject({
  $schema: z.string().optional(),
  ...Object.fromEntries(environments.map((env) => [env, entry.optional()])),
})

/** Where one environment lives and who deploys there. */
export type EnvironmentEntry = z.infer<typeof entry>

/** Reads infra/environments.json. Throws Usage with line and column, or with the path inside and what is expected. */
export function parseEnvironments(text: string): Readonly<Record<string, EnvironmentEntry | undefined>> {
  const hint = `correct ${environmentsFile}: docs/accounts.md has every field`
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    throw new DeployError('Usage', `${environmentsFile}${whereJsonBreaks(text)}`, { hint })
  }
  const parsed = schema.safeParse(value)
  if (!parsed.success) {
    const issue = parsed.error.issues[0]
    const where = issue === undefined || issue.path.length === 0 ? '' : ` ${issue.path.join('.')}`
    throw new DeployError('Usage', `${environmentsFile}:${where} ${issue?.message ?? ''}`, { hint })
  }
  return parsed.data as Readonly<Record<string, EnvironmentEntry | undefined>>
}

export interface Caller {
  account: string
  arn: string
}

/** Throws Refused when a run of `env` is about to act on another account or region than the file names. */
export function verifyAccount(env: string, expected: EnvironmentEntry, caller: Caller, region: string): void {
  if (expected.account !== undefined && expected.account !== caller.account) {
    throw new DeployError(
      'Refused',
      `${env} lives in account ${expected.account}, these credentials are of ${caller.account}`,
      {
        facts: [{ label: 'Caller', text: caller.arn }],
        hint: `sign in to ${expected.account}${expected.profile === undefined ? '' : `: aws sso login --profile ${expected.profile}`}; ${environmentsFile} names it`,
      },
    )
  }
  if (expected.region !== undefined && expected.region !== region) {
    throw new DeployError('Refused', `${env} lives in ${expected.region}, this run goes to ${region}`, {
      hint: `unset AWS_REGION, or AWS_REGION=${expected.region}; ${environmentsFile} names it`,
    })
  }
}

/** Whether the caller acts as this role already: assuming it from itself would need a trust of its own. */
export function isRole(callerArn: string, role: string): boolean {
  const caller = /^arn:[\w-]+:sts::(\d{12}):assumed-role\/([^/]+)\//.exec(callerArn)
  const named = /:iam::(\d{12}):role\/(?:.*\/)?([^/]+)$/.exec(role)
  return caller !== null && named !== null && caller[1] === named[1] && caller[2] === named[2]
}
