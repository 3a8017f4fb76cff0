import { describe, expect, it } from '@jest/globals'
import type { ResourceChange } from '../../../scripts/core/changes.js'
import type { Inputs } from '../../../scripts/core/inputs.js'
import type { ParameterValue } from '../../../scripts/core/parameters.js'
import type { Template } from '../../../scripts/core/template.js'
import { type Verdict, judgeChanges } from '../../../scripts/flows/stack/judge-changes.js'
import type { Buckets, ChangeSet, StackResource, Stacks } from '../../../scripts/ports.js'
import { type FakeContext, fakeContext, fakeStack } from '../../support/fake-context.js'
import { rejectedBy, wordsOf } from '../../support/failures.js'
import { fakePort } from '../../support/fake-ports.js'

const retained = { DeletionPolicy: 'RetainExceptOnCreate', UpdateReplacePolicy: 'Retain' }
const bucket = (over: object = {}): Template['Resources'][string] => ({ Type: 'AWS::S3::Bucket', ...over })
const nestedStack = (TemplateURL: unknown = 'unknown'): Template['Resources'][string] => ({
  Type: 'AWS::CloudFormation::Stack',
  Properties: { TemplateURL },
})
const change = (logicalId: string, type: string, over: Partial<ResourceChange> = {}): ResourceChange => ({
  action: 'Modify',
  logicalId,
  physicalId: `${logicalId} itself`,
  type,
  replacement: 'False',
  properties: [],
  recreating: [],
  policyAction: undefined,
  ...over,
})
const inner = (over: Partial<ResourceChange> = {}): ResourceChange =>
  change('Inner', 'AWS::CloudFormation::Stack', over)

interface World {
  changes: ResourceChange[]
  /** Templates by stack or set. */
  templates: Record<string, Template>
  sets?: Record<string, Partial<ChangeSet>>
  resources?: StackResource[]
  objects?: Record<string, string>
  inputs?: Inputs
}

const set = (changes: ResourceChange[], over: Partial<ChangeSet> = {}): ChangeSet => ({
  arn: 'root set',
  stackArn: 'root',
  status: 'CREATE_COMPLETE',
  statusReason: undefined,
  changes,
  ...over,
})

function contextOf({ templates, sets = {}, resources = [], objects = {}, inputs = {} }: World): FakeContext {
  const stacks: Partial<Stacks> = {
    template: async (stack, changeSet) => JSON.stringify(templates[changeSet ?? stack] ?? { Resources: {} }),
    changeSet: async (arn) => set([], { arn, stackArn: 'inner', ...sets[arn] }),
    resources: async () => resources,
  }
  const buckets: Partial<Buckets> = {
    versions: async () => ({
      versions: [{ key: 'a', versionId: '1', bytes: 5, latest: true, deleteMarker: false }],
      next: undefined,
    }),
    read: async (name, key) => {
      const text = objects[`${name}/${key}`]
      return text === undefined ? undefined : { etag: '"1"', text }
    },
  }
  return fakeContext({
    inputs,
    ports: (calls) => ({
      stacks: fakePort<Stacks>('stacks', stacks, calls),
      buckets: fakePort<Buckets>('buckets', buckets, calls),
    }),
  })
}

describe('a condition over a parameter whose value nobody here knows', () => {
  const foreign = { Type: 'AWS::S3::Bucket', Condition: 'Empty', ...retained }
  const template = (parameter: object): Template => ({
    Parameters: { Key: { Type: 'String', ...parameter } },
    Conditions: { Empty: { 'Fn::Equals': [{ Ref: 'Key' }, ''] } },
    Resources: { It: { ...foreign, Properties: { BucketName: 'rawscribe-eln-dev-other-1' } } },
  })
  const refusalOf = async (parameter: object, value: string, from: ParameterValue['from']): Promise<unknown> => {
    const world = { changes: [], templates: { 'root set': template(parameter) } }
    return (await judgeChanges(set([]), [{ name: 'Key', value, from }], fakeStack(), contextOf(world))).refusal
  }

  it('may hold: of a secret that is kept, and of what lies in Parameter Store', async () => {
    expect(await refusalOf({ NoEcho: true }, '****', 'kept')).toBeDefined()
    expect(await refusalOf({ Type: 'AWS::SSM::Parameter::Value<String>' }, '/a/place', 'stack')).toBeDefined()
    expect(await refusalOf({ NoEcho: true }, 'given', 'given')).toBeUndefined()
    expect(await refusalOf({}, '****', 'stack')).toBeUndefined()
  })
})

const judge = (world: World): Promise<Verdict> => judgeChanges(set(world.changes), [], fakeStack(), contextOf(world))
const root = 'rawscribe-dev-myorg'

describe('a nested stack', () => {
  it('is judged by its own change set', async () => {
    const { losses, refusal } = await judge({
      changes: [inner({ nestedSet: 'inner set' })],
      templates: {
        [root]: { Resources: { Inner: nestedStack() } },
        'root set': { Resources: { Inner: nestedStack() } },
        'Inner itself': { Resources: { Data: bucket() } },
      },
      sets: { 'inner set': { changes: [change('Data', 'AWS::S3::Bucket', { action: 'Remove' })] } },
    })
    expect(losses).toEqual([expect.objectContaining({ id: 'Inner/Data', holds: '1 object, 5 bytes', fate: 'removed' })])
    expect(wordsOf(refusal!)).toContain('ALLOW_DATA_LOSS=Inner/Data')
  })

  it('takes with it, when it is removed, what its own template does not keep', async () => {
    const { losses } = await judge({
      changes: [inner({ action: 'Remove' })],
      templates: {
        [root]: { Resources: { Inner: nestedStack() } },
        'Inner itself': { Resources: { Data: bucket(), Kept: bucket(retained) } },
      },
      resources: ['Data', 'Kept'].map((logicalId) => ({
        logicalId,
        physicalId: logicalId,
        type: 'AWS::S3::Bucket',
        status: 'CREATE_COMPLETE',
      })),
    })
    expect(losses.map(({ id }) => id)).toEqual(['Inner/Data'])
  })

  it('is proved to be this target’s own', async () => {
    const foreign = {
      Resources: { Data: bucket({ ...retained, Properties: { BucketName: 'rawscribe-eln-dev-other-1' } }) },
    }
    const { refusal } = await judge({
      changes: [inner({ action: 'Add', nestedSet: 'inner set' })],
      templates: { 'root set': { Resources: { Inner: nestedStack() } }, 'inner set': foreign },
    })
    expect(wordsOf(refusal!)).toContain('Inner/Data')
    expect(refusal!.message).toContain('reaches beyond')
  })

  it('is judged by both its templates where no set tells of it', async () => {
    const url = 'https://s3.eu-west-1.amazonaws.com/rawscribe-sam-deployments-123456789012/a/inner.template'
    const world: World = {
      changes: [inner()],
      templates: {
        'root set': { Resources: { Inner: nestedStack(url) } },
        'Inner itself': { Resources: { Data: bucket(retained), Gone: bucket() } },
      },
      resources: ['Data', 'Gone'].map((logicalId) => ({
        logicalId,
        physicalId: logicalId,
        type: 'AWS::S3::Bucket',
        status: 'CREATE_COMPLETE',
      })),
      objects: {
        'rawscribe-sam-deployments-123456789012/a/inner.template': JSON.stringify({
          Resources: { Data: bucket({ ...retained, Properties: { VersioningConfiguration: { Status: 'Enabled' } } }) },
        }),
      },
    }
    const { rated, losses } = await judge(world)
    expect(losses.map(({ id }) => id)).toEqual(['Inner/Gone'])
    expect(rated.map((one) => one.class)).toEqual(['stateful-removing', 'stateful-replacing', 'configuration'])
    expect((await rejectedBy(judge({ ...world, objects: {} }))).message).toContain('cannot be read')
  })

  it('or its policies are to name their resources, which is another mend than a name', async () => {
    const grant = { Effect: 'Allow', Action: 's3:*', Resource: '*' }
    const Wide = { Type: 'AWS::IAM::Policy', Properties: { PolicyDocument: { Statement: [grant] } } }
    const { refusal } = await judge({ changes: [], templates: { 'root set': { Resources: { Wide } } } })
    expect(refusal?.hint).toBe(
      'give each role in template.yaml what it needs of its own resources (docs/adopting.md, policies)',
    )
  })

  it('that CloudFormation finds nothing to change in is left alone', async () => {
    const { rated } = await judge({
      changes: [inner({ nestedSet: 'inner set' })],
      templates: { 'root set': { Resources: { Inner: nestedStack() } } },
      sets: { 'inner set': { status: 'FAILED', statusReason: "The submitted information didn't contain changes." } },
    })
    expect(rated).toHaveLength(1)
  })
})

describe('a policy that keeps data', () => {
  const weakened = { changes: [], templates: { 'root set': { Resources: { Data: bucket() } } } }
  it('cannot be taken away', async () => {
    expect(wordsOf((await judge(weakened)).refusal!)).toContain('ALLOW_DATA_LOSS=Data')
  })

  it('may be, by the exact name alone', async () => {
    expect((await judge({ ...weakened, inputs: { ALLOW_DATA_LOSS: 'data,Dat,Data2' } })).refusal).toBeDefined()
    expect((await judge({ ...weakened, inputs: { ALLOW_DATA_LOSS: ' Data ,' } })).refusal).toBeUndefined()
  })
})

describe('a name in ALLOW_DATA_LOSS that is nothing', () => {
  const kept = { changes: [], templates: { 'root set': { Resources: { Data: bucket(retained) } } } }
  it('is refused where nothing else is, with what may be meant', async () => {
    const { refusal } = await judge({ ...kept, inputs: { ALLOW_DATA_LOSS: 'Data,Date,Elsewhere' } })
    expect([refusal?.code, refusal?.facts.map(({ text }) => text)]).toEqual([
      'Usage',
      [
        'Date is nothing that this deployment changes: Data is meant?',
        'Elsewhere is nothing that this deployment changes',
      ],
    ])
  })

  it('is told beside what would be lost', async () => {
    const gone = { ...kept, changes: [change('Notes', 'AWS::S3::Bucket', { action: 'Remove' })] }
    const { refusal } = await judge({ ...gone, inputs: { ALLOW_DATA_LOSS: 'Note' } })
    expect(refusal?.code).toBe('Refused')
    expect(wordsOf(refusal!)).toContain('Note is nothing that this deployment changes: Notes is meant?')
    expect((await judge({ ...gone, inputs: { ALLOW_DATA_LOSS: 'Notes' } })).refusal).toBeUndefined()
  })

  it('is none where remains that went before were what it meant', async () => {
    const context = { ...contextOf({ ...kept, inputs: { ALLOW_DATA_LOSS: 'Queue' } }), usedUp: ['Queue'] }
    expect((await judgeChanges(set([]), [], fakeStack(), context)).refusal).toBeUndefined()
  })

  it('is none where it is changed, or holds data and stays as it is', async () => {
    const changed = { ...kept, changes: [change('Inner', 'AWS::Lambda::Function')] }
    expect((await judge({ ...changed, inputs: { ALLOW_DATA_LOSS: 'Inner,Data' } })).refusal).toBeUndefined()
  })
})
