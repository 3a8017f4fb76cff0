import { describe, expect, it } from '@jest/globals'
import { editDistance, nearest } from '../../scripts/core/near-miss.js'
import { buildFolder, ledgerKeys, namesOf, stackName, targetOfStack } from '../../scripts/core/names.js'
import { ownProject } from '../../scripts/core/project.js'
import {
  type Environment,
  environments,
  isOrganizationName,
  organizationLimit,
  parseEnvironment,
  parseOrganization,
} from '../../scripts/core/target.js'
import { thrownBy } from '../support/failures.js'

const limits: [Environment, number][] = [
  ['dev', 25],
  ['test', 24],
  ['stage', 23],
  ['prod', 24],
]
const account = '123456789012'

describe('an environment', () => {
  it.each(['dev', 'test', 'stage', 'prod'])('%s is one', (env) => expect(parseEnvironment(env)).toBe(env))

  it.each([undefined, ''])('is required (%j)', (value) => {
    const error = thrownBy(() => parseEnvironment(value))
    expect(error.code).toBe('Usage')
    expect(error.message).toContain('dev, test, stage, prod')
    expect(error.hint).toBe('ENV=dev')
  })

  it.each([
    ['DEV', 'ENV=dev'],
    ['staging', 'ENV=stage'],
    ['prdo', 'ENV=prod'],
    ['tset', 'ENV=test'],
    ['whatever', 'ENV=dev'],
  ])('%s is none, and the hint is %s', (value, hint) => {
    const error = thrownBy(() => parseEnvironment(value))
    expect(error.code).toBe('Usage')
    expect(error.message).toContain(`ENV=${value}`)
    expect(error.hint).toBe(hint)
  })
})

describe('an organization', () => {
  it.each(['a', '0', 'myorg', 'my-org', 'a-b-c', '42', 'org1', 'alles', 'all-of-us'])('%s is one', (org) => {
    expect(parseOrganization(org, 'dev')).toBe(org)
    expect(isOrganizationName(org, 'dev')).toBe(true)
  })

  it('is required and has no default', () => {
    expect(thrownBy(() => parseOrganization(undefined, 'dev')).message).toContain('ORG is missing')
    expect(thrownBy(() => parseOrganization('', 'dev')).message).toContain('ORG is missing')
  })

  it.each([
    'MyOrg',
    'my_org',
    'my--org',
    '-org',
    'org-',
    'my org',
    'my.org',
    'a;touch x',
    '$(shell touch x)',
    'örg',
    '../x',
    'a\nb',
    'a\n',
    ' a',
  ])('%j is none', (org) => {
    const error = thrownBy(() => parseOrganization(org, 'dev'))
    expect(error.code).toBe('Usage')
    expect(error.message).toContain(`ORG=${org}`)
    expect(isOrganizationName(org, 'dev')).toBe(false)
  })

  it.each(['all', 'failed', 'outdated'])('%s is reserved', (org) => {
    const error = thrownBy(() => parseOrganization(org, 'dev'))
    expect(error.message).toContain('reserved')
    expect(error.hint).toBe('ORG=myorg')
  })

  it.each(limits)('has at most as many characters as buckets allow in %s: %d', (env, limit) => {
    expect(organizationLimit(env)).toBe(limit)
    expect(parseOrganization('o'.repeat(limit), env)).toHaveLength(limit)
    const error = thrownBy(() => parseOrganization('o'.repeat(limit + 1), env))
    expect(error.message).toContain(`${limit + 1} characters, ${limit} at most in ${env}`)
  })

  it.each(['MyOrg', 'My Org!', '--x--', 'a'.repeat(70), `${'a'.repeat(24)}-${'b'.repeat(9)}`, '###', 'ALL', 'Örg'])(
    'is suggested in a form that can be used: %j',
    (org) => {
      for (const env of environments) {
        const { hint } = thrownBy(() => parseOrganization(org, env))
        expect(hint).toMatch(/^ORG=/)
        expect(isOrganizationName(hint!.slice('ORG='.length), env)).toBe(true)
      }
    },
  )

  it('is suggested as close as possible to what was typed', () => {
    expect(thrownBy(() => parseOrganization('My Org', 'dev')).hint).toBe('ORG=my-org')
    expect(thrownBy(() => parseOrganization('MYORG', 'dev')).hint).toBe('ORG=myorg')
  })
})

describe('a near miss', () => {
  it.each([
    ['', '', 0],
    ['abc', 'abc', 0],
    ['abc', '', 3],
    ['abc', 'abd', 1],
    ['abc', 'acb', 1],
    ['ENABLE_AUHT', 'ENABLE_AUTH', 1],
    ['kitten', 'sitting', 3],
  ])('from %j to %j is %d edits away', (a, b, distance) => {
    expect(editDistance(a, b)).toBe(distance)
    expect(editDistance(b, a)).toBe(distance)
  })

  it('finds the closest candidate, and none where all are far away', () => {
    expect(nearest('rs-deplyo', ['rs-build', 'rs-deploy', 'rs-deploy-only'])).toBe('rs-deploy')
    expect(nearest('xyz', ['rs-build', 'rs-deploy'])).toBeUndefined()
    expect(nearest('anything', [])).toBeUndefined()
  })
})

describe('names', () => {
  it('are those of the table, all computed', () => {
    expect(namesOf({ env: 'stage', org: 'my-org' }, account, ownProject)).toMatchObject({
      stack: 'rawscribe-stage-my-org',
      function: 'rawscribe-stage-my-org-backend',
      layer: 'rawscribe-deps-stage-my-org',
      api: 'rawscribe-stage-my-org-api',
      apiStage: 'stage',
      userPool: 'rawscribe-stage-my-org-userpool',
      userPoolClient: 'rawscribe-stage-my-org-client',
      role: 'rawscribe-stage-my-org-lambda-role',
      buckets: {
        lambda: 'rawscribe-lambda-stage-my-org-123456789012',
        forms: 'rawscribe-forms-stage-my-org-123456789012',
        eln: 'rawscribe-eln-stage-my-org-123456789012',
        drafts: 'rawscribe-eln-drafts-stage-my-org-123456789012',
        frontend: 'syndi-frontend-stage-my-org-123456789012',
      },
      deploymentsBucket: 'rawscribe-sam-deployments-123456789012',
      buildFolder: '.aws-sam-stage-my-org',
    })
  })

  it.each(limits)('fit the limits of AWS for the longest organization of %s', (env, limit) => {
    const names = namesOf({ env, org: 'o'.repeat(limit) }, account, ownProject)
    const lengths = Object.values(names.buckets).map((bucket) => bucket.length)
    expect(Math.max(...lengths)).toBe(63)
    for (const name of [names.function, names.role]) expect(name.length).toBeLessThanOrEqual(64)
    expect(names.deploymentsBucket.length).toBeLessThanOrEqual(63)
  })

  it('of the ledger sort by release number', () => {
    expect(ledgerKeys.artifacts('s')).toBe('s/artifacts')
    expect(ledgerKeys.release('s', 42)).toBe('s/releases/000042.json')
    expect(ledgerKeys.release('s', 9) < ledgerKeys.release('s', 10)).toBe(true)
    expect(ledgerKeys.release('s', 42).startsWith(ledgerKeys.releases('s'))).toBe(true)
  })

  it('of the ledger of one organization never begin with those of another', () => {
    expect(ledgerKeys.releases(stackName({ env: 'dev', org: 'myorg2' }, ownProject))).not.toContain(
      ledgerKeys.releases(stackName({ env: 'dev', org: 'myorg' }, ownProject)),
    )
  })
})

describe('a stack name', () => {
  const targets = environments.flatMap((env) =>
    ['a', 'myorg', 'myorg2', 'my-org', 'dev', 'test', 'prod-x', 'dev-dev', 'backend'].map((org) => ({ env, org })),
  )

  it.each(targets)('leads back to its own target: $env/$org', (target) => {
    expect(targetOfStack(stackName(target, ownProject), ownProject)).toEqual(target)
    expect(buildFolder(target)).toBe(`.aws-sam-${target.env}-${target.org}`)
  })

  it('tells organizations apart whose names begin alike', () => {
    expect(targetOfStack('rawscribe-dev-myorg2', ownProject)).toEqual({ env: 'dev', org: 'myorg2' })
    expect(targetOfStack('rawscribe-dev-myorg', ownProject)).toEqual({ env: 'dev', org: 'myorg' })
  })

  it.each([
    '',
    'rawscribe',
    'rawscribe-dev',
    'rawscribe-dev-',
    'rawscribe-qa-myorg',
    'other-dev-myorg',
    'xrawscribe-dev-myorg',
    'rawscribe-dev-My',
    'rawscribe-dev-all',
    'rawscribe-devx-myorg',
    `rawscribe-dev-${'o'.repeat(26)}`,
  ])('%j is no target’s', (name) => expect(targetOfStack(name, ownProject)).toBeUndefined())
})
