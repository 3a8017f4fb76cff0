import { describe, expect, it } from '@jest/globals'
import { readFileSync } from 'node:fs'
import { type AdoptionFacts, bucketsOf, importTemplate, planAdoption } from '../../scripts/core/bucket-adoption.js'
import { policiesOf } from '../../scripts/core/bucket-policies.js'
import type { BucketPresence } from '../../scripts/core/buckets-plan.js'
import { namesOf } from '../../scripts/core/names.js'
import { bucketKeys, ownProject } from '../../scripts/core/project.js'
import { type Template, parseTemplate } from '../../scripts/core/template.js'
import { DeployError } from '../../scripts/errors.js'

const account = '123456789012'
const names = namesOf({ env: 'dev', org: 'demo' }, account, ownProject)
const template = parseTemplate(readFileSync('template.yaml', 'utf8'), 'template.yaml')
const surroundings = (CreateBuckets: string): Parameters<typeof policiesOf>[0] => ({
  template,
  parameters: { Environment: 'dev', Organization: 'demo', CreateBuckets },
  account,
  region: 'eu-west-1',
  stackName: names.stack,
})
const buckets = bucketsOf(surroundings('false'))
const presences = (over: Partial<Record<string, BucketPresence>> = {}): AdoptionFacts['presence'] =>
  Object.fromEntries(bucketKeys.map((key) => [key, over[key] ?? 'ours']))
const plan = (over: Partial<AdoptionFacts> = {}): ReturnType<typeof planAdoption> =>
  planAdoption({ names, presence: presences(), template, buckets, held: new Map(), ...over })
function refused(over: Partial<AdoptionFacts>): DeployError {
  try {
    plan(over)
  } catch (error) {
    if (error instanceof DeployError) return error
    throw error
  }
  throw new Error('nothing was refused')
}
const changed = (logicalId: string, over: object): Template => ({
  ...template,
  Resources: { ...template.Resources, [logicalId]: { ...template.Resources[logicalId]!, ...over } },
})

describe('taking buckets over', () => {
  it('takes every bucket of the target that is outside the stack, by the name that the template gives it', () => {
    expect(plan()).toEqual({
      adopted: [
        { logicalId: 'LambdaConfigBucket', name: names.buckets.lambda },
        { logicalId: 'FormsBucket', name: names.buckets.forms },
        { logicalId: 'ELNBucket', name: names.buckets.eln },
        { logicalId: 'DraftsBucket', name: names.buckets.drafts },
        { logicalId: 'FrontendBucket', name: names.buckets.frontend },
      ],
      missing: [],
    })
  })

  it('takes those that exist where only some do, and tells what is missing', () => {
    const presence = presences({ lambda: 'absent', eln: 'absent' })
    const { adopted, missing } = plan({ presence })
    expect(adopted.map(({ logicalId }) => logicalId)).toEqual(['FormsBucket', 'DraftsBucket', 'FrontendBucket'])
    expect(missing).toEqual([names.buckets.lambda, names.buckets.eln])
  })

  it('leaves what the stack holds already', () => {
    const held = new Map(buckets.map(({ logicalId, name }) => [logicalId, name] as const))
    expect(plan({ held }).adopted).toEqual([])
  })

  it.each([
    ['a bucket of another account', { presence: presences({ eln: 'foreign' }) }, names.buckets.eln],
    ['a bucket of another region', { presence: presences({ forms: 'other-region' }) }, names.buckets.forms],
    ['a bucket that the template does not know', { buckets: buckets.slice(1) }, names.buckets.lambda],
    [
      'a bucket that nothing would keep',
      { template: changed('FormsBucket', { DeletionPolicy: 'Delete' }) },
      'FormsBucket',
    ],
    [
      'a bucket that a replacement would take',
      { template: changed('ELNBucket', { UpdateReplacePolicy: 'Delete' }) },
      'ELNBucket',
    ],
    ['a bucket in the place of another one', { held: new Map([['DraftsBucket', 'other']]) }, 'other'],
  ])('refuses %s', (_what, over, named) => {
    const error = refused(over)
    expect(error.code).toBe('Refused')
    expect(error.message).toContain(named)
    expect(error.hint).not.toBe('')
  })

  it('leaves the stack’s own template as it is, and says of a bucket no more than its name', () => {
    const adopted = plan().adopted.slice(1, 2)
    const { Resources, ...rest } = importTemplate(template, adopted)
    const { FormsBucket, ...others } = Resources
    const { Resources: before, ...restBefore } = template
    expect([rest, { ...others, FormsBucket: before['FormsBucket'] }]).toEqual([restBefore, before])
    expect(FormsBucket).toEqual({
      Type: 'AWS::S3::Bucket',
      DeletionPolicy: 'Retain',
      UpdateReplacePolicy: 'Retain',
      Properties: { BucketName: names.buckets.forms },
    })
    expect(Object.keys(importTemplate(undefined, adopted).Resources)).toEqual(['FormsBucket'])
  })
})

describe('the policies that a stack gives to buckets', () => {
  const made = (createBuckets: string): string[] =>
    policiesOf(surroundings(createBuckets)).map(({ logicalId, name }) => `${logicalId} ${name}`)

  it('are five where it makes the buckets, each with the name of its bucket', () => {
    expect(made('true')).toEqual([
      `LambdaConfigBucketPolicy ${names.buckets.lambda}`,
      `FormsBucketPolicy ${names.buckets.forms}`,
      `ELNBucketPolicy ${names.buckets.eln}`,
      `DraftsBucketPolicy ${names.buckets.drafts}`,
      `FrontendBucketPolicy ${names.buckets.frontend}`,
    ])
  })

  it('are the page’s alone where the buckets are outside', () => {
    expect(made('false')).toEqual([`FrontendBucketPolicy ${names.buckets.frontend}`])
  })
})
