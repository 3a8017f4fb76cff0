import { describe, expect, it } from '@jest/globals'
import { type ChangeClass, lossesOf, rateChanges, unprotectedResources } from '../../scripts/core/change-risk.js'
import type { ResourceChange } from '../../scripts/core/changes.js'
import type { Template } from '../../scripts/core/template.js'

const change = (type: string, facts: Partial<ResourceChange> = {}): ResourceChange => ({
  action: 'Modify',
  logicalId: 'It',
  physicalId: 'it',
  type,
  replacement: 'False',
  properties: [],
  recreating: [],
  policyAction: undefined,
  ...facts,
})
const templateOf = (type: string, policies: object = {}): Template => ({
  Resources: { It: { Type: type, ...policies } },
})
const bucket = 'AWS::S3::Bucket'
const role = 'AWS::IAM::Role'
const retained = { DeletionPolicy: 'RetainExceptOnCreate', UpdateReplacePolicy: 'Retain' }

describe('rating a change', () => {
  const cases: [string, ResourceChange, ChangeClass][] = [
    ['an addition', change(bucket, { action: 'Add' }), 'additive'],
    ['an import', change(bucket, { action: 'Import' }), 'additive'],
    ['new code', change('AWS::Lambda::Function', { properties: ['Code', 'Layers'] }), 'code'],
    ['a new setting', change('AWS::Lambda::Function', { properties: ['Code', 'Timeout'] }), 'configuration'],
    ['a replaced role', change(role, { replacement: 'True' }), 'replacing-stateless'],
    ['a role that may be replaced', change(role, { replacement: 'Conditional' }), 'replacing-stateless'],
    ['a removed role', change(role, { action: 'Remove' }), 'removing-stateless'],
    ['a bucket’s new tags', change(bucket, { properties: ['Tags'] }), 'stateful-in-place'],
    ['a bucket that may be replaced', change(bucket, { replacement: 'Conditional' }), 'stateful-replacing'],
    ['a replacement by policy', change(bucket, { policyAction: 'ReplaceAndDelete' }), 'stateful-replacing'],
    ['a removed bucket', change(bucket, { action: 'Remove' }), 'stateful-removing'],
    ['a bucket of which CloudFormation does not know yet', change(bucket, { action: 'Dynamic' }), 'stateful-replacing'],
    ['a bucket that is only noted anew', change(bucket, { action: 'SyncWithActual' }), 'stateful-in-place'],
    [
      'a bucket of which nothing is told but what recreates it',
      change(bucket, { replacement: undefined, recreating: ['BucketName'] }),
      'stateful-replacing',
    ],
    ['a function of which no property is told', change('AWS::Lambda::Function'), 'configuration'],
  ]
  it.each(cases)('takes %s for what it is', (_what, one, expected) => {
    const templates = { before: templateOf(one.type), after: templateOf(one.type) }
    expect(rateChanges([one], templates)[0]!.class).toBe(expected)
  })

  it('puts the most dangerous first', () => {
    const changes = cases.map(([, one]) => one)
    const rated = rateChanges(changes, { before: templateOf(bucket), after: templateOf(bucket) })
    expect(rated[0]!.class).toBe('stateful-removing')
    expect(rated.at(-1)!.class).toBe('additive')
  })
})

describe('what would be lost', () => {
  const losses = (one: ResourceChange, before: object, after: object): number =>
    lossesOf(rateChanges([one], { before: templateOf(one.type, before), after: templateOf(one.type, after) })).length
  const removal = change(bucket, { action: 'Remove' })
  const replacement = change(bucket, { replacement: 'True', recreating: ['BucketName'] })

  it('is a removal that the deployed template does not retain, whatever the new one says', () => {
    expect(losses(removal, {}, retained)).toBe(1)
    expect(losses(removal, { DeletionPolicy: 'Delete' }, retained)).toBe(1)
    expect(losses(removal, retained, {})).toBe(0)
    expect(losses(removal, { DeletionPolicy: 'Snapshot' }, {})).toBe(1)
    const database = change('AWS::RDS::DBInstance', { action: 'Remove' })
    expect(losses(database, { DeletionPolicy: 'Snapshot' }, {})).toBe(0)
  })

  it('is a replacement that the new template does not retain, whatever the deployed one says', () => {
    expect(losses(replacement, retained, {})).toBe(1)
    expect(losses(replacement, retained, { DeletionPolicy: 'Retain' })).toBe(1)
    expect(losses(replacement, {}, retained)).toBe(0)
    expect(losses(replacement, retained, { UpdateReplacePolicy: 'RetainExceptOnCreate' })).toBe(1)
  })

  it('is what CloudFormation itself says, before any template', () => {
    expect(losses({ ...removal, policyAction: 'Delete' }, retained, retained)).toBe(1)
    expect(losses({ ...removal, policyAction: 'Retain' }, {}, {})).toBe(0)
    expect(losses({ ...replacement, policyAction: 'ReplaceAndDelete' }, retained, retained)).toBe(1)
    expect(losses({ ...replacement, policyAction: 'ReplaceAndSnapshot' }, {}, {})).toBe(0)
  })

  it('is what the deployed template keeps, of whatever type, where the new one does not', () => {
    const fresh = change('AWS::Fresh::Database', { replacement: 'True' })
    expect(losses(fresh, { DeletionPolicy: 'Retain' }, { DeletionPolicy: 'Retain' })).toBe(1)
    expect(losses(fresh, { DeletionPolicy: 'Snapshot' }, {})).toBe(1)
    expect(losses(fresh, retained, retained)).toBe(0)
    const logs = change('AWS::Logs::LogGroup', { replacement: 'True' })
    expect([losses(logs, retained, {}), losses(logs, {}, {})]).toEqual([1, 0])
    const layer = change('AWS::Lambda::LayerVersion', { replacement: 'True' })
    expect(losses(layer, { DeletionPolicy: 'Retain' }, {})).toBe(0)
  })

  it('is never a stateless resource', () => {
    expect(losses(change(role, { action: 'Remove' }), {}, {})).toBe(0)
    expect(losses(change(role, { replacement: 'True' }), {}, {})).toBe(0)
  })

  it('is removed data also where the deployed template cannot be read', () => {
    expect(lossesOf(rateChanges([removal], { before: undefined, after: templateOf(bucket) }))).toHaveLength(1)
  })
})

describe('what CloudFormation does not know yet', () => {
  const dynamic = change(bucket, { action: 'Dynamic' })
  const rate = (before: Template | undefined, after: Template): boolean =>
    lossesOf(rateChanges([dynamic], { before, after })).length > 0
  it('is lost unless it is kept whatever happens', () => {
    expect(rate(templateOf(bucket, retained), templateOf(bucket, retained))).toBe(false)
    expect(rate(templateOf(bucket), templateOf(bucket, retained))).toBe(true)
    expect(rate(templateOf(bucket, retained), templateOf(bucket))).toBe(true)
    expect(rate(templateOf(bucket, retained), { Resources: {} })).toBe(false)
  })
})

describe('a template', () => {
  const unprotected = (after: Template, isWanted?: (condition: string) => boolean): string[] =>
    unprotectedResources({ before: undefined, after }, isWanted)
  it('names what it would not keep', () => {
    expect(unprotected(templateOf(bucket, retained))).toEqual([])
    expect(unprotected(templateOf(bucket, { DeletionPolicy: 'Retain' }))).toEqual(['It'])
    expect(unprotected(templateOf(role))).toEqual([])
    expect(unprotected(templateOf(bucket, { ...retained, DeletionPolicy: 'Delete' }))).toEqual(['It'])
    expect(unprotected(templateOf(bucket, { ...retained, UpdateReplacePolicy: 'Snapshot' }))).toEqual(['It'])
  })

  it('names what it would not keep any more, of whatever type, but for what SAM keeps', () => {
    const taken = (type: string, was: object, now: object): string[] =>
      unprotectedResources({ before: templateOf(type, was), after: templateOf(type, now) })
    const fresh = 'AWS::Fresh::Database'
    expect(taken(fresh, { DeletionPolicy: 'Retain' }, {})).toEqual(['It'])
    expect(taken(fresh, { UpdateReplacePolicy: 'Snapshot' }, { UpdateReplacePolicy: 'Delete' })).toEqual(['It'])
    expect(taken(fresh, { DeletionPolicy: 'Retain' }, { DeletionPolicy: 'RetainExceptOnCreate' })).toEqual([])
    expect(taken(fresh, {}, {})).toEqual([])
    expect(taken('AWS::Lambda::LayerVersion', { DeletionPolicy: 'Retain' }, {})).toEqual([])
  })

  it('names only what the conditions bring about', () => {
    const template = templateOf(bucket, { Condition: 'Wanted' })
    expect(unprotected(template, () => false)).toEqual([])
    expect(unprotected(template, (condition) => condition === 'Wanted')).toEqual(['It'])
  })
})
