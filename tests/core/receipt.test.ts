import { describe, expect, it } from '@jest/globals'
import { type ResourceChange, summarizeChanges } from '../../scripts/core/changes.js'
import { type Reality, type Receipt, differences, receiptSchema } from '../../scripts/core/receipt.js'

const inputs = { template: 't', code: 'c', config: 'g', parameters: { A: '1', B: '2' }, place: 'p', tool: '1' }
const receipt: Receipt = {
  format: 1,
  release: 7,
  command: 'rs-deploy',
  outcome: 'live',
  at: '2025-01-01T00:00:00.000Z',
  durationMs: 1,
  who: 'me',
  inputs,
  stack: { arn: 'arn', changedAt: 'then' },
  config: { bucket: 'b', etag: 'e' },
  function: { name: 'f', version: '3', codeSha256: 's' },
}
const reality: Reality = {
  stackArn: 'arn',
  stackChangedAt: 'then',
  stackHealthy: true,
  versions: { f: '3' },
  configEtag: 'e',
}

describe('what differs from the last release', () => {
  it('is nothing where inputs and reality are as the receipt says', () => {
    const reordered = { ...inputs, parameters: { B: '2', A: '1' } }
    expect(differences(receipt, reordered, reality)).toEqual([])
  })

  it.each([
    ['the template changed', { template: 'x' }],
    ['code or requirements changed', { code: 'x' }],
    ['the configuration changed', { config: 'x' }],
    ['parameters changed', { parameters: { A: '1', B: 'x' } }],
    ['parameters changed', { parameters: { A: '1' } }],
    ['another Python or platform', { place: 'x' }],
    ['another version of this tool', { tool: '2' }],
  ])('is among the inputs: %s', (clause, over) => {
    expect(differences(receipt, { ...inputs, ...over }, reality)).toEqual([clause])
  })

  it.each([
    ['the stack is not healthy', { stackHealthy: false }],
    ['the stack was changed by something else', { stackArn: 'x' }],
    ['the stack was changed by something else', { stackChangedAt: 'later' }],
    ['another version is live than the last release', { versions: { f: '4' } }],
    ['another version is live than the last release', { versions: {} }],
    ['the uploaded configuration is not the last release’s', { configEtag: 'x' }],
    ['the uploaded configuration is not the last release’s', { configEtag: undefined }],
  ])('is found in reality: %s', (clause, over) => {
    expect(differences(receipt, inputs, { ...reality, ...over })).toEqual([clause])
  })

  it('is everything where there is no stack, no receipt, or a failed release', () => {
    expect(differences(receipt, inputs, undefined)).toEqual(['not deployed yet'])
    expect(differences(undefined, inputs, reality)).toEqual(['no release of it is recorded'])
    expect(differences({ ...receipt, outcome: 'failed' }, inputs, reality)).toEqual(['the last release failed'])
  })

  it('is told clause by clause', () => {
    const changed = differences(receipt, { ...inputs, code: 'x', config: 'x' }, { ...reality, versions: { f: '9' } })
    expect(changed).toHaveLength(3)
  })
})

describe('a receipt', () => {
  it('survives being written and read', () => {
    expect(receiptSchema.parse(JSON.parse(JSON.stringify(receipt)))).toEqual(receipt)
  })

  it('may hold the hashes of its files and its artifacts; an older one lacks them', () => {
    const whole = { ...receipt, files: { 'a.py': '0123456789ab' }, artifacts: { F: 's3://b/k' } }
    expect(receiptSchema.parse(whole)).toEqual(whole)
    expect(receiptSchema.parse(receipt).files).toBeUndefined()
    expect(receiptSchema.safeParse({ ...receipt, files: { 'a.py': 1 } }).success).toBe(false)
  })

  it.each([{ release: 0 }, { release: 1.5 }, { outcome: 'fine' }, { inputs: {} }, { format: 2 }])(
    'that holds %j is none',
    (over) => expect(receiptSchema.safeParse({ ...receipt, ...over }).success).toBe(false),
  )
})

describe('the changes of a change set', () => {
  const change = (
    action: ResourceChange['action'],
    logicalId: string,
    over: Partial<ResourceChange> = {},
  ): ResourceChange =>
    ({ action, logicalId, physicalId: undefined, type: 'AWS::X', properties: [], ...over }) as unknown as ResourceChange

  it('are counted, and removals are loud', () => {
    expect(summarizeChanges([change('Modify', 'A'), change('Modify', 'B'), change('Add', 'C')])).toBe(
      '2 changed, 1 added, nothing removed',
    )
    expect(summarizeChanges([change('Remove', 'A')])).toBe('0 changed, 0 added, 1 removed')
    expect(summarizeChanges([change('Modify', 'A', { replacement: 'True' })])).toContain('1 of them replaced')
  })
})
