import type { PasswordPolicy } from './password-policy.js'
import type { PoolSettings } from './pool-settings.js'
import { shellWord } from './shell-words.js'
import { type PoolUser, nameOf } from './users.js'

/** Something that should not be so in production, and what to do about it. */
export interface Finding {
  what: string
  fix: string
}

export interface SecurityFacts {
  /** `ENV=prod ORG=myorg`. */
  where: string
  authOn: boolean
  settings: PoolSettings
  policy: PasswordPolicy
  /** Of users outside every group. */
  groupless: readonly PoolUser[]
  /** `cors.allowOrigins` of the configuration in force. */
  origins: readonly string[]
  template: StageTemplate
}

/** As much of a processed template as says what the API logs. */
export interface StageTemplate {
  Resources?: Record<string, { Type?: string; Properties?: { MethodSettings?: unknown } }>
}

const shortestPassword = 12
const longestIdTokenMinutes = 60
const longestRefreshTokenDays = 30

/** What is wrong, the worst first; empty when nothing is. */
export function securityFindings(facts: SecurityFacts): Finding[] {
  return [...accessFindings(facts), ...poolFindings(facts), ...openFindings(facts)]
}

function accessFindings({ where, authOn, groupless }: SecurityFacts): Finding[] {
  return [
    ...(authOn
      ? []
      : [{ what: 'auth is off: everybody reads everything', fix: `make rs-deploy-only ${where} ENABLE_AUTH=true` }]),
    ...groupless.map((user) => {
      const whose = `${where} USER_NAME=${shellWord(nameOf(user))}`
      return {
        what: `${nameOf(user)} is in no group`,
        fix: `make rs-set-group ${whose} GROUP=…, or make rs-remove-user ${whose}`,
      }
    }),
  ]
}

function poolFindings({ where, settings, policy }: SecurityFacts): Finding[] {
  const { client } = settings
  const weak = [
    policy.minimumLength < shortestPassword && `passwords may be as short as ${policy.minimumLength} characters`,
    !(policy.lowercase && policy.uppercase && policy.digits && policy.symbols) && 'passwords need not mix characters',
    settings.selfSignUp && 'anybody can make himself a user',
    !settings.deletionProtected && 'the user pool is not protected from deletion',
    !client.hidesUsers && 'a sign-in tells which users there are',
    !client.revokesTokens && 'tokens cannot be revoked',
    client.idTokenMinutes > longestIdTokenMinutes && `ID tokens are good for ${client.idTokenMinutes} minutes`,
    client.refreshTokenDays > longestRefreshTokenDays && `sign-ins last ${client.refreshTokenDays} days`,
  ].filter((what) => what !== false)
  return weak.map((what) => ({ what, fix: `correct template.yaml (or the pool itself), then make rs-deploy ${where}` }))
}

function openFindings({ where, origins, template }: SecurityFacts): Finding[] {
  const open = origins.filter((origin) => origin === '*' || !origin.startsWith('https://'))
  return [
    ...open.map((origin) => ({
      what: `pages of ${origin === '*' ? 'every site' : origin} may read the API’s answers (cors.allowOrigins)`,
      fix: `take ${origin} out of infra/.config/lambda, then make rs-deploy-only ${where}`,
    })),
    ...(logsRequests(template)
      ? [
          {
            what: 'the API logs what requests and answers hold (DataTraceEnabled)',
            fix: `DataTraceEnabled: false in template.yaml, then make rs-deploy ${where}`,
          },
        ]
      : []),
  ]
}

function logsRequests({ Resources = {} }: StageTemplate): boolean {
  return Object.values(Resources).some(({ Type, Properties }) => {
    const methods = Type === 'AWS::ApiGateway::Stage' ? Properties?.MethodSettings : undefined
    const list = Array.isArray(methods) ? (methods as { DataTraceEnabled?: unknown }[]) : []
    return list.some(({ DataTraceEnabled }) => DataTraceEnabled === true || DataTraceEnabled === 'true')
  })
}
