import { describe, expect, it } from '@jest/globals'
import { namesOf, stackName, targetOfStack } from '../../scripts/core/names.js'
import { parseProject } from '../../scripts/core/project-file.js'
import { ownProject, underOurNames } from '../../scripts/core/project.js'
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

  it('which stacks are its own', () => {
    expect(targetOfStack(stackName(target, shop), shop)).toEqual(target)
    expect(targetOfStack(stackName(target, ownProject), shop)).toBeUndefined()
  })

  it('what its outputs are called, beside their own names', () => {
    expect(underOurNames({ Url: 'https://x', Other: 'y' }, shop.outputs)).toEqual({
      Url: 'https://x',
      Other: 'y',
      ApiEndpoint: 'https://x',
    })
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
