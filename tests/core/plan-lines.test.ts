import { describe, expect, it } from '@jest/globals'
import { type RatedChange, rateChanges } from '../../scripts/core/change-risk.js'
import type { ResourceChange } from '../../scripts/core/changes.js'
import { planLines } from '../../scripts/core/plan-lines.js'
import { masked, withoutSecrets } from '../../scripts/core/property-values.js'
import type { Template } from '../../scripts/core/template.js'

const change = (logicalId: string, type: string, facts: Partial<ResourceChange> = {}): ResourceChange => ({
  action: 'Modify',
  logicalId,
  physicalId: 'it',
  type,
  replacement: 'False',
  properties: [],
  recreating: [],
  policyAction: undefined,
  ...facts,
})
const nothing: Template = { Resources: {} }
const rate = (...changes: ResourceChange[]): RatedChange[] =>
  rateChanges(changes, { before: nothing, after: nothing }, ['Data'])
const texts = (rated: RatedChange[], form: 'short' | 'full' = 'full'): string[] =>
  planLines(rated, form).map(({ text, depth }) => `${' '.repeat(depth)}${text}`)
const bucket = 'AWS::S3::Bucket'

describe('the lines of a plan', () => {
  it('group by class, the most dangerous first, and say in capitals what goes with its data', () => {
    const rated = rate(
      change('Code', 'AWS::Lambda::Function', { properties: ['Code'] }),
      change('Forms', bucket, { replacement: 'True', recreating: ['BucketName'] }),
      change('New', bucket, { action: 'Add' }),
      change('Old', bucket, { action: 'Remove' }),
    )
    expect(texts(rated)).toEqual([
      '1 leave the stack and hold data',
      ' Data/Old  S3::Bucket  REMOVED with its data',
      '1 may be created anew and hold data',
      ' Data/Forms  S3::Bucket  REPLACED (BucketName), with its data',
      '1 code',
      ' Data/Code  Lambda::Function  (Code)',
      '1 added',
      ' Data/New  S3::Bucket',
    ])
    expect(planLines(rated, 'full')[1]!.mark).toBe('failed')
  })

  it('say what is kept', () => {
    const [, removed, , replaced] = texts(
      rate(
        change('Old', bucket, { action: 'Remove', policyAction: 'Retain' }),
        change('Forms', bucket, { policyAction: 'ReplaceAndRetain', recreating: ['BucketName'] }),
      ),
    )
    expect(removed).toContain('is let go of, and kept')
    expect(replaced).toContain('(BucketName), the old one is kept')
  })

  it('show what changes to what in full, and leave it out in short', () => {
    const values = [
      { name: 'Timeout', path: '/Properties/Timeout', before: '3', after: '30' },
      { name: 'Role', path: '', before: undefined, after: 'it' },
    ]
    const rated = rate(change('Code', 'AWS::Lambda::Function', { properties: ['Timeout'], values }))
    expect(texts(rated).slice(2)).toEqual(['  Timeout: 3 → 30', '  Role: (none) → it'])
    expect(texts(rated, 'short')).toHaveLength(2)
  })

  it('stay readable at a hundred changes, and never leave out where data could go', () => {
    const many = Array.from({ length: 90 }, (_one, i) => change(`Role${i}`, 'AWS::IAM::Role', { properties: ['Path'] }))
    const buckets = Array.from({ length: 10 }, (_one, i) => change(`Bucket${i}`, bucket, { action: 'Remove' }))
    const lines = texts(rate(...many, ...buckets), 'short')
    expect(lines).toHaveLength(1 + 10 + 1 + 6 + 1)
    expect(lines.filter((line) => line.includes('REMOVED'))).toHaveLength(10)
    expect(lines.at(-1)).toBe(' … and 84 more')
    expect(texts(rate(...many, ...buckets))).toHaveLength(102)
  })
})

describe('values of a plan', () => {
  const template: Template = {
    Parameters: { Key: { Type: 'String', NoEcho: true }, Plain: { Type: 'String' } },
    Conditions: { HasKey: { 'Fn::Equals': [{ Ref: 'Key' }, 'x'] } },
    Resources: {
      It: {
        Type: 'AWS::Lambda::Function',
        Properties: {
          Direct: { Ref: 'Key' },
          Sub: { 'Fn::Sub': 'https://${Key}@host' },
          If: { 'Fn::If': ['HasKey', 'a', 'b'] },
          Plain: { Ref: 'Plain' },
        },
      },
    },
  }
  const seen = (name: string, path = ''): string | undefined =>
    withoutSecrets(change('It', 'AWS::Lambda::Function', { values: [{ name, path, before: 'old', after: 'new' }] }), [
      undefined,
      template,
    ]).values![0]!.after

  it.each(['Direct', 'Sub', 'If', 'MasterUserPassword'])('mask %s, which is or is made of a secret', (name) => {
    expect(seen(name)).toBe(masked)
  })

  it('mask what lies at a secret place, and nothing else', () => {
    expect(seen('Environment', '/Properties/Environment/Variables/API_TOKEN')).toBe(masked)
    expect(seen('Plain')).toBe('new')
  })
})
