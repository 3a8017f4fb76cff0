import { describe, expect, it } from '@jest/globals'
import type { Inputs } from '../../../scripts/core/inputs.js'
import type { Part } from '../../../scripts/flows/take-down/remains.js'
import { takeDown } from '../../../scripts/flows/take-down/take-down.js'
import { type FakeContext, account, fakeStack } from '../../support/fake-context.js'
import { type World, own, resource, worldOf } from '../../support/fake-remains.js'
import { rejectedBy } from '../../support/failures.js'

const forms = `rawscribe-forms-dev-myorg-${account}`
const deployments = `rawscribe-sam-deployments-${account}`
const everything: Part[] = ['stack', 'buckets', 'pool', 'logs', 'releases']
const arn = fakeStack().arn
const bucketResource = resource('FormsBucket', 'AWS::S3::Bucket', forms)
const writes = ({ calls }: FakeContext): string[] =>
  calls.filter((call) => /\.(allow|delete|remove|lift|put|update)\w*\(/.test(call))

const linesOf = ({ events }: FakeContext): string[] =>
  events.flatMap((event) => (event.type === 'step-line' ? [event.text] : []))

describe('taking down', () => {
  it('finds nothing, says so, asks nobody and writes nothing', async () => {
    const context = worldOf({ inputs: {} })
    expect((await takeDown(everything, context)).kind).toBe('nothing-there')
    expect(writes(context)).toEqual([])
  })

  it.each<Part[]>([['buckets'], ['users'], ['pool'], ['buckets', 'users'], everything])(
    'of %j is blocked in prod before anything is read',
    async (...parts) => {
      const context = worldOf({ env: 'prod', inputs: { YES: 'true', FORCE_YES: 'true' }, stack: {} })
      const error = await rejectedBy(takeDown(parts, context))
      expect([error.code, error.exitCode, context.calls]).toEqual(['Refused', 3, []])
    },
  )

  it('of the stack is typed in prod, and nothing stands for typing', async () => {
    const declined = worldOf({ env: 'prod', inputs: { YES: 'true', FORCE_YES: 'true' }, stack: {} })
    expect((await rejectedBy(takeDown(['stack'], declined))).code).toBe('Declined')
    expect(writes(declined)).toEqual([])
    const typed = worldOf({ env: 'prod', stack: { terminationProtected: true }, answer: 'prod/myorg' })
    await takeDown(['stack'], typed)
    expect(writes(typed)).toEqual(['stacks.allowTermination(rawscribe-dev-myorg)', `stacks.deleteStack(${arn})`])
  })

  it.each<Inputs>([{ YES: 'true' }, { FORCE_YES: 'true' }])('needs no typing with %j outside prod', async (inputs) => {
    const context = worldOf({ inputs, stack: {} })
    expect((await takeDown(['stack'], context)).kind).toBe('taken-down')
  })

  it.each(['dev/myorg2', 'yes', ''])('changes nothing when %j is typed', async (answer) => {
    const context = worldOf({ inputs: {}, answer, stack: {}, buckets: { [forms]: ['x'] } })
    expect((await rejectedBy(takeDown(everything, context))).code).toBe('Declined')
    expect(writes(context)).toEqual([])
  })

  it('refuses to delete a stack that would take data with it', async () => {
    const context = worldOf({ stack: {}, resources: [bucketResource], buckets: { [forms]: ['x'] } })
    const error = await rejectedBy(takeDown(['stack'], context))
    expect(error.code).toBe('Refused')
    expect(error.facts).toEqual([{ label: 'FormsBucket', text: `AWS::S3::Bucket ${forms} holds 1 object, 1 byte` }])
    expect(error.hint).toContain('RetainExceptOnCreate')
    expect(writes(context)).toEqual([])
  })

  it.each([
    ['a bucket that is kept', { FormsBucket: 'RetainExceptOnCreate' }, ['x']],
    ['an empty one that is not', {}, []],
  ])('deletes a stack with %s', async (_what, policies, keys) => {
    const context = worldOf({ stack: {}, resources: [bucketResource], policies, buckets: { [forms]: keys } })
    await takeDown(['stack'], context)
    expect(writes(context)).toEqual([`stacks.deleteStack(${arn})`])
  })

  it('is refused where a nested stack would take data with it, at any depth', async () => {
    const nested = {
      'arn:outer': [resource('Inner', 'AWS::CloudFormation::Stack', 'arn:inner')],
      'arn:inner': [bucketResource, resource('Notes', 'AWS::DynamoDB::Table', 'notes')],
    }
    const resources = [resource('Outer', 'AWS::CloudFormation::Stack', 'arn:outer')]
    const context = worldOf({ stack: {}, resources, nested, buckets: { [forms]: ['x'] }, tables: { notes: 1 } })
    const error = await rejectedBy(takeDown(['stack'], context))
    expect(error.code).toBe('Refused')
    expect(error.facts.map(({ label }) => label)).toEqual(['Outer/Inner/FormsBucket', 'Outer/Inner/Notes'])
    expect(writes(context)).toEqual([])
  })

  it('empties what an older template does not keep before the stack goes, when all is to go', async () => {
    const pools = { p1: { ...own, protected: true } }
    const resources = [bucketResource, resource('CognitoUserPool', 'AWS::Cognito::UserPool', 'p1')]
    const context = worldOf({ stack: {}, resources, buckets: { [forms]: ['x'] }, pools })
    await takeDown(everything, context)
    const order = writes(context)
    expect(order.indexOf(`stacks.deleteStack(${arn})`)).toBeGreaterThan(order.indexOf('userPools.liftProtection(p1)'))
    expect(order.indexOf(`buckets.removeVersions(${forms}, object)`)).toBe(0)
  })

  it('names what blocked the deletion, and the command that resolves it', async () => {
    const events = [
      {
        id: 'e1',
        logicalId: 'FormsBucket',
        physicalId: forms,
        type: 'AWS::S3::Bucket',
        status: 'DELETE_FAILED',
        reason: 'no',
      },
      {
        id: 'e2',
        logicalId: 'Role',
        physicalId: 'r',
        type: 'AWS::IAM::Role',
        status: 'DELETE_FAILED',
        reason: 'in use',
      },
    ]
    const policies = { FormsBucket: 'Retain' }
    const buckets = { [forms]: ['x', 'y'] }
    const context = worldOf({
      stack: {},
      resources: [bucketResource],
      policies,
      ends: 'DELETE_FAILED',
      events,
      buckets,
    })
    const error = await rejectedBy(takeDown(['stack'], context))
    expect(error.code).toBe('StackFailed')
    expect(error.facts).toEqual([
      { label: 'FormsBucket', text: `the bucket ${forms} holds 2 objects, 2 bytes` },
      { label: 'Role', text: 'AWS::IAM::Role r: in use' },
    ])
    expect(error.hint).toContain('make rs-nuke-buckets ENV=dev ORG=myorg')
  })

  it('counts the tables that go with the stack, and refuses to lose what is in them', async () => {
    const resources = [resource('Notes', 'AWS::DynamoDB::Table', 'notes')]
    const all = worldOf({ stack: {}, resources, tables: { notes: 3 } })
    await takeDown(everything, all)
    expect(linesOf(all)).toContain('Notes  AWS::DynamoDB::Table, which nothing keeps: with 3 items')
    const stack = worldOf({ stack: {}, resources, tables: { notes: 3 } })
    const error = await rejectedBy(takeDown(['stack'], stack))
    expect(error.facts).toEqual([{ label: 'Notes', text: 'AWS::DynamoDB::Table notes holds 3 items' }])
    expect(writes(stack)).toEqual([])
    const empty = worldOf({ stack: {}, resources, tables: { notes: 0 } })
    expect((await takeDown(['stack'], empty)).kind).toBe('taken-down')
  })

  it('leaves a receipt also where it fails, with the resource that it failed on', async () => {
    const events = [
      { id: 'e1', logicalId: 'Role', physicalId: 'r', type: 'AWS::IAM::Role', status: 'DELETE_FAILED', reason: 'used' },
    ]
    const receipts: Record<string, string> = {}
    const context = worldOf({ stack: {}, ends: 'DELETE_FAILED', events, receipts, buckets: { [deployments]: [] } })
    expect((await rejectedBy(takeDown(['stack'], context))).code).toBe('StackFailed')
    expect(Object.values(receipts).map((text) => JSON.parse(text) as unknown)).toMatchObject([
      {
        outcome: 'not-removed',
        removed: 'the stack (0 resources)',
        cause: { logicalId: 'Role', type: 'AWS::IAM::Role', reason: 'used' },
      },
    ])
    const declined = worldOf({ stack: {}, inputs: {}, receipts: {}, buckets: { [deployments]: [] } })
    expect((await rejectedBy(takeDown(['stack'], declined))).code).toBe('Declined')
  })

  it('empties and keeps the buckets of a stack that stands, and removes those without one', async () => {
    const standing = worldOf({ stack: {}, buckets: { [forms]: ['x', 'y', 'z'] } })
    await takeDown(['buckets'], standing)
    expect(standing.world.buckets).toEqual({ [forms]: [] })
    const orphaned = worldOf({ buckets: { [forms]: ['x'] } })
    await takeDown(['buckets'], orphaned)
    expect(orphaned.world.buckets).toEqual({})
    const halfDeleted = worldOf({ stack: { status: 'DELETE_FAILED' }, buckets: { [forms]: ['x'] } })
    await takeDown(['buckets'], halfDeleted)
    expect(halfDeleted.world.buckets).toEqual({})
  })

  it('leaves a bucket alone that is somebody else’s', async () => {
    const context = worldOf({ buckets: { [forms]: ['x'] }, presence: { [forms]: 'foreign' } })
    const { kind, remains } = await takeDown(['buckets'], context)
    expect([kind, remains.foreign, writes(context)]).toEqual(['nothing-there', [forms], []])
  })

  it('removes the log groups that are left, of the target only', async () => {
    const group = '/aws/lambda/rawscribe-dev-myorg-backend'
    const context = worldOf({ logGroups: [group, `${group}2`] })
    await takeDown(everything, context)
    expect(writes(context)).toEqual([`logs.removeGroup(${group})`])
  })

  it('removes every user and keeps the pool', async () => {
    const context = worldOf({ pools: { p1: own, p2: { name: `${own.name}2`, users: ['c'] } } })
    await takeDown(['users'], context)
    expect(writes(context)).toEqual(['userPools.removeUser(p1, a)', 'userPools.removeUser(p1, b)'])
  })

  it('removes a protected pool with its domains', async () => {
    const context = worldOf({ pools: { p1: { ...own, protected: true } } })
    await takeDown(['pool'], context)
    expect(writes(context).map((call) => call.replace(/^userPools\./, ''))).toEqual([
      'liftProtection(p1)',
      'removeDomain(p1, sign-in)',
      'removePool(p1)',
    ])
  })

  it.each<[string, World]>([
    ['manages', { stack: {}, resources: [resource('CognitoUserPool', 'AWS::Cognito::UserPool', 'p1')] }],
    ['refers to', { stack: { parameters: { CognitoUserPoolId: 'p1' } } }],
  ])('does not remove the pool that a standing stack %s', async (_how, world) => {
    const context = worldOf({ ...world, pools: { p1: own } })
    expect((await rejectedBy(takeDown(['pool'], context))).code).toBe('StackState')
    expect(writes(context)).toEqual([])
  })

  it('never touches a pool that was only lent to the stack', async () => {
    const context = worldOf({
      stack: { parameters: { CognitoUserPoolId: 'shared' } },
      pools: { shared: { name: 'everybody', users: ['x'] } },
    })
    await takeDown(everything, context)
    expect(writes(context).filter((call) => call.startsWith('userPools'))).toEqual([])
  })

  it('refuses two pools of the name with their ids, unless one of them is chosen', async () => {
    const pools = { p1: own, p2: { ...own } }
    const error = await rejectedBy(takeDown(['pool'], worldOf({ pools: { ...pools } })))
    expect(`${error.code} ${error.message}`).toBe(`Refused 2 user pools are named ${own.name}: p1, p2`)
    const chosen = worldOf({ pools: { ...pools }, inputs: { YES: 'true', COGNITO_USER_POOL_ID: 'p2' } })
    await takeDown(['pool'], chosen)
    expect(Object.keys(chosen.world.pools)).toEqual(['p1'])
  })
})
