import { describe, expect, it } from '@jest/globals'
import { readFileSync } from 'node:fs'
import type { Surroundings } from '../../scripts/core/intrinsics.js'
import { type Quota, demandOf, describeQuota, judgeQuotas, raiseCommand } from '../../scripts/core/quotas.js'
import { type Template, parseTemplate } from '../../scripts/core/template.js'

const around = (template: Template, parameters: Record<string, string> = {}): Surroundings => {
  const all = Object.entries(template.Parameters ?? {}).map(([name, { Default }]) => [name, String(Default ?? '')])
  const values = { ...Object.fromEntries(all), Environment: 'dev', Organization: 'myorg', ...parameters }
  return { template, parameters: values, account: '123456789012', region: 'eu-west-1', stackName: 's' }
}
const of = (Type: string, Properties: Record<string, unknown> = {}): Template => ({
  Resources: { It: { Type, Properties } },
})

describe('what a first deployment makes of what has a quota', () => {
  const own = parseTemplate(readFileSync('template.yaml', 'utf8'), 'template.yaml')

  it('is counted in the project’s own template', () => {
    const { codeStorage, ...counted } = demandOf(around(own))
    expect(counted).toEqual({ stacks: 1, buckets: 5, apis: 1, pools: 1, roles: 1, distributions: 1 })
    expect(codeStorage).toBeGreaterThan(0)
  })

  it('leaves out what its conditions leave out', () => {
    const demand = demandOf(around(own, { CreateBuckets: 'false', ManageUserPool: 'false' }))
    expect([demand.buckets, demand.pools]).toEqual([undefined, undefined])
  })

  it.each([
    ['a nested stack', of('AWS::Serverless::Application'), { stacks: 2 }],
    ['the role that SAM makes', of('AWS::Serverless::Function'), { roles: 1 }],
    ['reserved concurrency', of('AWS::Lambda::Function', { ReservedConcurrentExecutions: 7 }), { concurrency: 7 }],
  ])('has %s', (_what, template, expected) => {
    expect(demandOf(around(template))).toMatchObject(expected)
  })

  it('has no regional API where it is an edge-optimized one', () => {
    expect(demandOf(around(of('AWS::Serverless::Api', { StageName: 'x' })))).toEqual({ stacks: 1 })
  })
})

describe('a quota', () => {
  const buckets = (used: number, limit: number): Quota => ({ kind: 'buckets', used, limit })
  it.each([
    ['is met exactly', buckets(95, 100), [[], ['buckets']]],
    ['is passed by one', buckets(96, 100), [['buckets'], []]],
    ['is near at nine tenths', buckets(85, 100), [[], ['buckets']]],
    ['is far below that', buckets(84, 100), [[], []]],
  ])('that %s', (_what, quota, expected) => {
    const { passed, near } = judgeQuotas({ buckets: 5 }, [quota])
    expect([passed.map(({ kind }) => kind), near.map(({ kind }) => kind)]).toEqual(expected)
  })

  it('that this deployment takes nothing of is nobody’s business', () => {
    expect(judgeQuotas({ stacks: 1 }, [buckets(200, 100)])).toEqual({ passed: [], near: [] })
  })

  it('of code storage is passed by the first package beyond it', () => {
    const storage: Quota = { kind: 'codeStorage', used: 75, limit: 75 }
    expect(judgeQuotas({ codeStorage: 1 / 1024 }, [storage]).passed).toEqual([storage])
    expect(describeQuota({ ...storage, used: 12.345 })).toBe('12.3 of 75 used')
  })

  it('of the whole account is raised where its partition keeps it, others where they are', () => {
    expect(raiseCommand(buckets(1, 100), 'eu-west-1')).toMatch(/--desired-value 150 --region us-east-1$/)
    expect(raiseCommand(buckets(1, 100), 'us-gov-east-1')).toMatch(/--region us-gov-west-1$/)
    expect(raiseCommand({ kind: 'pools', used: 1, limit: 1000 }, 'eu-west-1')).toBe(
      'aws service-quotas request-service-quota-increase --service-code cognito-idp --quota-code L-66E6DF30 --desired-value 1500 --region eu-west-1',
    )
  })
})
