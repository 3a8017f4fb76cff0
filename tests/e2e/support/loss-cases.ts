import type { Template } from '../../../scripts/core/template.js'

type Resource = Template['Resources'][string]

/** One way in which a deployment could remove or replace what holds data. */
export interface LossCase {
  what: string
  /** What is changed of the template that is deployed. */
  change?: (template: Template) => void
  words?: string[]
  /** What the refusal says; `harmless` is deployed, `fails` is tried by CloudFormation and rolled back. */
  ends: 'data would be lost' | 'would not keep' | 'reaches beyond' | 'harmless' | 'fails'
}

const retained = { DeletionPolicy: 'RetainExceptOnCreate', UpdateReplacePolicy: 'Retain' }

/**
 * The project's template with two more resources: a table and a bucket that nothing protects (deployed by naming them in
 * ALLOW_DATA_LOSS), and a switch that the bucket hangs on.
 */
export function withUnprotected(template: Template): Template {
  const Resources: Template['Resources'] = {
    ...template.Resources,
    Notes: {
      Type: 'AWS::DynamoDB::Table',
      Properties: {
        BillingMode: 'PAY_PER_REQUEST',
        AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
        KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
      },
    },
    Attic: { Type: 'AWS::S3::Bucket', Condition: 'HasAttic', Properties: {} },
  }
  return {
    ...template,
    Parameters: { ...template.Parameters, KeepAttic: { Type: 'String', Default: 'yes' } },
    Conditions: { ...template.Conditions, HasAttic: { 'Fn::Equals': [{ Ref: 'KeepAttic' }, 'yes'] } },
    Resources,
  }
}

function at(template: Template, logicalId: string): Resource {
  const resource = template.Resources[logicalId]
  if (resource === undefined) throw new Error(`${logicalId} is not in the template`)
  return resource
}

function setProperties(template: Template, logicalId: string, properties: Record<string, unknown>): void {
  const resource = at(template, logicalId)
  resource.Properties = { ...resource.Properties, ...properties }
}

function remove(template: Template, ...logicalIds: string[]): void {
  for (const logicalId of logicalIds) Reflect.deleteProperty(template.Resources, logicalId)
}

function rename(template: Template, from: string, to: string): void {
  template.Resources[to] = at(template, from)
  remove(template, from)
}

function unprotect(template: Template, logicalId: string, ...policies: (keyof typeof retained)[]): void {
  for (const policy of policies) Reflect.deleteProperty(at(template, logicalId), policy)
}

const otherKey = {
  AttributeDefinitions: [{ AttributeName: 'key', AttributeType: 'S' }],
  KeySchema: [{ AttributeName: 'key', KeyType: 'HASH' }],
}

export const lossCases: LossCase[] = [
  {
    what: 'a bucket that is taken out of the template',
    change: (all) => remove(all, 'Attic'),
    ends: 'data would be lost',
  },
  {
    what: 'a table whose key schema changes',
    change: (all) => setProperties(all, 'Notes', otherKey),
    ends: 'data would be lost',
  },
  {
    what: 'a bucket whose policies are taken away while its name changes',
    change: (all) => {
      unprotect(all, 'FormsBucket', 'DeletionPolicy', 'UpdateReplacePolicy')
      setProperties(all, 'FormsBucket', {
        BucketName: { 'Fn::Sub': 'rawscribe-eln-${Environment}-${Organization}-${AWS::AccountId}' },
      })
    },
    ends: 'data would be lost',
  },
  {
    what: 'a bucket that moves into a nested stack',
    change: (all) => {
      remove(all, 'Attic')
      all.Resources['Inner'] = { Type: 'AWS::CloudFormation::Stack', Properties: { TemplateURL: 'inner.json' } }
    },
    ends: 'data would be lost',
  },
  { what: 'ENABLE_AUTH that is flipped', words: ['ENABLE_AUTH=false'], ends: 'harmless' },
  {
    what: 'a table that is renamed logically',
    change: (all) => rename(all, 'Notes', 'Jottings'),
    ends: 'data would be lost',
  },
  {
    what: 'a bucket that is renamed logically',
    change: (all) => rename(all, 'Attic', 'Loft'),
    ends: 'data would be lost',
  },
  {
    what: 'a condition that is flipped',
    change: (all) => {
      all.Conditions = { ...all.Conditions, HasAttic: { 'Fn::Equals': [{ Ref: 'KeepAttic' }, 'no'] } }
    },
    ends: 'data would be lost',
  },
  {
    what: 'a table that gets a name',
    change: (all) => setProperties(all, 'Notes', { TableName: { 'Fn::Sub': '${AWS::StackName}' } }),
    ends: 'data would be lost',
  },
  {
    what: 'a table whose billing and name change together',
    change: (all) =>
      setProperties(all, 'Notes', {
        BillingMode: 'PROVISIONED',
        ProvisionedThroughput: { ReadCapacityUnits: 1, WriteCapacityUnits: 1 },
        TableName: { 'Fn::Sub': '${AWS::StackName}' },
      }),
    ends: 'data would be lost',
  },
  {
    what: 'everything that nothing protects, at once',
    change: (all) => remove(all, 'Attic', 'Notes'),
    words: ['ALLOW_DATA_LOSS=attic,Not,Notes2,*'],
    ends: 'data would be lost',
  },
  {
    what: 'a bucket without DeletionPolicy',
    change: (all) => unprotect(all, 'FormsBucket', 'DeletionPolicy'),
    ends: 'would not keep',
  },
  {
    what: 'a bucket without UpdateReplacePolicy',
    change: (all) => unprotect(all, 'ELNBucket', 'UpdateReplacePolicy'),
    ends: 'would not keep',
  },
  {
    what: 'a user pool whose policies become Delete',
    change: (all) =>
      Object.assign(at(all, 'CognitoUserPool'), { DeletionPolicy: 'Delete', UpdateReplacePolicy: 'Delete' }),
    ends: 'would not keep',
  },
  {
    what: 'a bucket whose policy is one that buckets do not have',
    change: (all) =>
      Object.assign(at(all, 'DraftsBucket'), { DeletionPolicy: 'Snapshot', UpdateReplacePolicy: 'Snapshot' }),
    ends: 'would not keep',
  },
  {
    what: 'a bucket that takes another one’s name',
    change: (all) =>
      setProperties(all, 'DraftsBucket', {
        BucketName: { 'Fn::Sub': 'rawscribe-eln-${Environment}-other-${AWS::AccountId}' },
      }),
    ends: 'reaches beyond',
  },
  { what: 'CREATE_BUCKETS that is flipped', words: ['CREATE_BUCKETS=false'], ends: 'harmless' },
  {
    what: 'the default of a parameter that a bucket hangs on',
    change: (all) => {
      all.Parameters = { ...all.Parameters, KeepAttic: { Type: 'String', Default: 'no' } }
    },
    ends: 'harmless',
  },
  {
    what: 'a user pool with another schema',
    change: (all) =>
      setProperties(all, 'CognitoUserPool', { Schema: [{ Name: 'lab', AttributeDataType: 'String', Mutable: true }] }),
    ends: 'harmless',
  },
  {
    what: 'a kept bucket under another logical id',
    change: (all) => {
      rename(all, 'DraftsBucket', 'NotebookDrafts')
      remove(all, 'DraftsBucketPolicy')
    },
    ends: 'fails',
  },
]

/** Takes the table away and protects the bucket: one loss, and nothing else to allow. */
export function withoutNotes(template: Template): void {
  remove(template, 'Notes')
  Object.assign(at(template, 'Attic'), retained)
}
