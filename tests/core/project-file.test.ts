import { describe, expect, it } from '@jest/globals'
import { namesOf, stackName, targetOfName, targetOfStack } from '../../scripts/core/names.js'
import { parameterRecord, planParameters } from '../../scripts/core/parameters.js'
import { parseProject } from '../../scripts/core/project-file.js'
import { isAuthOn, knownParameters, ourParameters, ownProject, underOurNames } from '../../scripts/core/project.js'
import type { Template } from '../../scripts/core/template.js'
import { thrownBy } from '../support/failures.js'

const target = { env: 'stage', org: 'acme' } as const
const account = '123456789012'

describe('another project says of itself', () => {
  const shop = parseProject(
    JSON.stringify({
      prefix: 'shop',
      names: { function: '{prefix}-web-{org}-{env}', apiStage: '$default' },
      buckets: { lambda: 'shop-settings-{env}-{org}-{account}' },
      outputs: { ApiEndpoint: 'Url' },
      parameters: { Environment: 'Stage' },
    }),
  )

  it('what its names start with, and nothing that it does not have', () => {
    const names = namesOf(target, account, shop)
    expect(names).toMatchObject({
      stack: 'shop-stage-acme',
      function: 'shop-web-acme-stage',
      apiStage: '$default',
      role: 'shop-stage-acme-lambda-role',
      bucketKeys: ['lambda'],
      deploymentsBucket: 'shop-sam-deployments-123456789012',
      prefixes: ['shop'],
    })
    expect(names.buckets.lambda).toBe('shop-settings-stage-acme-123456789012')
    expect(names.all.filter((name) => /syndi|rawscribe|^$/.test(name))).toEqual([])
  })

  it('whether its API has a name of its own', () => {
    const named = parseProject('{"prefix": "shop", "names": {"api": "{prefix}-{env}-{org}-web"}}')
    expect([named.namesApi, shop.namesApi, ownProject.namesApi]).toEqual([true, false, true])
  })

  it('which stacks are its own', () => {
    expect(targetOfStack(stackName(target, shop), shop)).toEqual(target)
    expect(targetOfStack(stackName(target, ownProject), shop)).toBeUndefined()
  })

  it.each([
    ['{prefix}.users-{org}-{env}', 'shop.users-my-dev-dev', { env: 'dev', org: 'my-dev' }],
    ['{prefix}.users-{org}-{env}', 'shopXusers-acme-dev', undefined],
    ['{env}-{org}-{account}-in-{env}', 'dev-acme-123456789012-in-dev', { env: 'dev', org: 'acme' }],
    ['{env}-{org}-{account}-in-{env}', 'dev-acme-123456789012-in-prod', undefined],
    ['{prefix}-{env}-{org}-users', 'shop-dev-Acme-users', undefined],
  ])('whose a name of the pattern %s is: %s', (pattern, name, owner) => {
    expect(targetOfName(name, pattern, shop)).toEqual(owner)
  })

  it('whether its API is guarded, by its own name for that; without one it is', () => {
    const guard = { ...shop, parameters: { EnableAuth: 'Guard' } }
    expect(isAuthOn({ Guard: 'false', EnableAuth: 'true' }, guard)).toBe(false)
    expect(isAuthOn({ Guard: 'true' }, guard)).toBe(true)
    expect([isAuthOn({}, shop), isAuthOn({ EnableAuth: 'false' }, shop)]).toEqual([true, false])
  })

  it('what its outputs are called, beside their own names', () => {
    expect(underOurNames({ Url: 'https://x', Other: 'y' }, shop.outputs)).toEqual({
      Url: 'https://x',
      Other: 'y',
      ApiEndpoint: 'https://x',
    })
  })

  it('what every parameter that the tool decides is called', () => {
    const theirs = Object.fromEntries(knownParameters.map((name) => [name, `Their${name}`]))
    const project = parseProject(JSON.stringify({ prefix: 'shop', parameters: theirs }))
    const Parameters = Object.fromEntries(Object.values(theirs).map((name) => [name, {}]))
    const given = { ENABLE_AUTH: 'false', DOMAIN_NAME: 'd', CERTIFICATE_ARN: 'c', ALARM_EMAIL: 'a' } as const
    const decided = { ManageUserPool: 'false', UserPoolProtection: 'INACTIVE', CreateBuckets: 'false' }
    const kept = { CognitoUserPoolId: 'p', CognitoClientId: 'i' }
    const planned = planParameters({
      ...{ target, inputs: given, template: { Parameters } as Template, names: project.parameters, stack: undefined },
      decided: { ...decided, ...kept },
      place: { PermissionsBoundary: 'b' },
    })
    const values = ourParameters(parameterRecord(planned), project)
    expect(values).toMatchObject({
      Environment: 'stage',
      Organization: 'acme',
      EnableAuth: 'false',
      ...decided,
      ...kept,
    })
    expect(values).toMatchObject({ DomainName: 'd', CertificateArn: 'c', AlarmEmail: 'a', PermissionsBoundary: 'b' })
    expect(Object.keys(values)).toEqual(expect.arrayContaining([...knownParameters]))
  })

  it.each([
    ['{', 'infra/project.json is not JSON'],
    ['[]', 'infra/project.json: '],
    ['{}', 'infra/project.json: prefix:'],
    ['{"prefix": "Shop"}', 'prefix: lowercase letters and digits'],
    ['{"prefix": "shop", "names": {"function": "web-{org}"}}', 'names.function: must hold {env} and {org}'],
    ['{"prefix": "shop", "names": {"function": "{env}-{org}-{user}"}}', 'names.function: may hold {prefix}'],
    ['{"prefix": "shop", "bucket": {}}', 'Unrecognized key'],
    ['{"prefix": "shop", "outputs": {"Api": "Url"}}', 'outputs'],
  ])('%s is refused with the field', (text, message) => {
    expect(thrownBy(() => parseProject(text))).toMatchObject({
      code: 'Usage',
      message: expect.stringContaining(message) as unknown,
      hint: expect.stringContaining('docs/adopting.md') as unknown,
    })
  })
})
