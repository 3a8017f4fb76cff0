import { describe, expect, it } from '@jest/globals'
import { readFileSync, readdirSync } from 'node:fs'
import path from 'node:path'
import { resolverFor } from '../../scripts/core/intrinsics.js'
import { parseTemplate } from '../../scripts/core/template.js'
import { byType, bySam, otherwise, services } from '../support/iam-actions.js'

/** Actions that reach beyond names and tags: reads that IAM does not limit, and deliveries of logs. */
const unlimited =
  /:(Describe\w+|List\w+|Get\w+|ValidateTemplate|CreateLogDelivery|UpdateLogDelivery|DeleteLogDelivery|PutResourcePolicy)$/

interface Statement {
  Sid: string
  Effect: 'Allow' | 'Deny'
  Action: string | string[]
  Resource?: string | string[]
  Condition?: unknown
}

const file = 'infra/policies/deployer.yaml'
const template = parseTemplate(readFileSync(file, 'utf8'), file)

/** The documents of a role's policies, as AWS would have them. */
function documentsOf(role: string, Environment: string, BoundaryArn = ''): { Statement: Statement[] }[] {
  const names = { Prefix: 'rawscribe', FrontendPrefix: 'syndi' }
  const parameters = { Environment, ...names, TrustedArn: 'arn:aws:iam::1:root', BoundaryArn }
  const surroundings = { template, parameters, account: '123456789012', region: 'eu-west-1', stackName: 's' }
  const policies = template.Resources[role]?.Properties?.['ManagedPolicyArns'] as { Ref: string }[]
  return policies.map(({ Ref }) => {
    const document = template.Resources[Ref]?.Properties?.['PolicyDocument']
    return resolverFor(surroundings)(document) as { Statement: Statement[] }
  })
}
const statementsOf = (role: string, env = 'dev'): Statement[] =>
  documentsOf(role, env).flatMap(({ Statement }) => Statement)
const listed = (value: string | string[] | undefined): string[] => [value ?? []].flat()

function isAllowed(action: string, statements: readonly Statement[]): boolean {
  const matches = (pattern: string): boolean => new RegExp(`^${pattern.replaceAll('*', '.*')}$`).test(action)
  const effects = statements.filter((one) => listed(one.Action).some(matches)).map(({ Effect }) => Effect)
  return effects.includes('Allow') && !effects.includes('Deny')
}

/** The actions of every SDK command that the adapters use. */
function usedActions(): string[] {
  const folder = 'scripts/adapters/aws'
  const texts = readdirSync(folder).map((name) => readFileSync(path.join(folder, name), 'utf8'))
  const imports = texts.flatMap((text) => [...text.matchAll(/import \{([^}]*)\} from '@aws-sdk\/client-([\w-]+)'/g)])
  const actions = imports.flatMap(([, names = '', client = '']) =>
    [...names.matchAll(/\b(\w+)Command\b/g)].flatMap(([, name = '']) => {
      return otherwise[name] ?? [`${services[client] ?? client}:${name}`]
    }),
  )
  return [...new Set(actions)].sort()
}

describe('the rights of who deploys', () => {
  it('are enough for every call that this tool makes, and for those of sam', () => {
    const used = usedActions()
    expect(used.length).toBeGreaterThan(60)
    const statements = statementsOf('Deployer')
    expect([...used, ...bySam].filter((action) => !isAllowed(action, statements))).toEqual([])
  })

  it('do not remove data in prod', () => {
    const statements = statementsOf('Deployer', 'prod')
    expect([...new Set([...usedActions(), ...bySam])].filter((action) => !isAllowed(action, statements))).toEqual([
      'cognito-idp:DeleteUserPool',
      's3:DeleteBucket',
      's3:DeleteObjectVersion',
    ])
  })

  it('let CloudFormation do what each resource of the template needs', () => {
    const source = parseTemplate(readFileSync('template.yaml', 'utf8'), 'template.yaml')
    const types = [...new Set(Object.values(source.Resources).map(({ Type }) => Type))]
    const statements = statementsOf('CloudFormationRole')
    for (const type of types) {
      expect([type, byType[type]?.filter((action) => !isAllowed(action, statements))]).toEqual([type, []])
    }
  })

  it.each(['Deployer', 'CloudFormationRole'])('end at names and tags of the environment: %s', (role) => {
    for (const { Sid, Effect, Action, Resource, Condition } of statementsOf(role)) {
      if (Effect === 'Deny') continue
      expect([Sid, listed(Action).filter((action) => /^(\*|\w+:\*)$/.test(action))]).toEqual([Sid, []])
      const everywhere = listed(Resource).includes('*') && Condition === undefined
      expect([Sid, everywhere ? listed(Action).filter((action) => !unlimited.test(action)) : []]).toEqual([Sid, []])
    }
  })

  it.each(['Deployer', 'CloudFormationRole'])(
    'reach no bucket, stack or function of another environment: %s',
    (role) => {
      const names = ['forms', 'lambda', 'eln', 'eln-drafts'].map(
        (kind) => `s3:::rawscribe-${kind}-prod-my-dev-acme-123456789012`,
      )
      const others = [
        ...names.flatMap((name) => [`arn:aws:${name}`, `arn:aws:${name}/config.json`]),
        'arn:aws:lambda:eu-west-1:123456789012:function:rawscribe-prod-dev-acme-backend',
        'arn:aws:cloudformation:eu-west-1:123456789012:stack/rawscribe-prod-dev-acme/1',
        'arn:aws:iam::123456789012:role/rawscribe-prod-dev-acme-lambda-role',
      ]
      const patterns = statementsOf(role)
        .flatMap(({ Resource }) => listed(Resource))
        .filter((one) => one !== '*')
      const reaching = others.filter((arn) =>
        patterns.some((pattern) => new RegExp(`^${pattern.replaceAll('*', '.*')}$`).test(arn)),
      )
      expect(reaching).toEqual([])
    },
  )

  it('ask for a permissions boundary of every role where one is named', () => {
    const boundary = 'arn:aws:iam::123456789012:policy/acme-boundary'
    const rights = (BoundaryArn: string): Statement | undefined =>
      documentsOf('CloudFormationRole', 'dev', BoundaryArn)
        .flatMap(({ Statement }) => Statement)
        .find(({ Action }) => listed(Action).includes('iam:CreateRole'))
    expect(rights(boundary)?.Condition).toEqual({ StringEquals: { 'iam:PermissionsBoundary': boundary } })
    expect(rights('')?.Condition).toBeUndefined()
    const all = documentsOf('CloudFormationRole', 'dev', boundary).flatMap(({ Statement }) => Statement)
    expect(isAllowed('iam:DeleteRolePermissionsBoundary', all)).toBe(false)
  })

  it('fit into policies as IAM takes them: 6144 characters each', () => {
    for (const role of ['Deployer', 'CloudFormationRole']) {
      for (const document of documentsOf(role, 'stage', `arn:aws:iam::123456789012:policy/${'x'.repeat(128)}`)) {
        expect(JSON.stringify(document).length).toBeLessThan(6144)
      }
    }
  })
})
