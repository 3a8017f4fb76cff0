import { describe, expect, it } from '@jest/globals'
import { findCause, stackFailure } from '../../../scripts/flows/stack/find-cause.js'
import type { Logs, Stack, StackEvent, StackResource, Stacks } from '../../../scripts/ports.js'
import { type FakeContext, fakeContext, fakeStack } from '../../support/fake-context.js'
import { fakePort } from '../../support/fake-ports.js'

const { arn } = fakeStack()
const nested = 'arn:aws:cloudformation:eu-west-1:123456789012:stack/inner/2'
let count = 0
/** One event; `at` is its second. */
const event = (at: number, logicalId: string, status: string, over: Partial<StackEvent> = {}): StackEvent => ({
  id: `e${++count}`,
  at: new Date(at * 1000),
  stackName: 's',
  logicalId,
  physicalId: undefined,
  type: 'AWS::X',
  status,
  reason: undefined,
  ...over,
})
const begun = event(1, 'stack', 'UPDATE_IN_PROGRESS', { physicalId: arn })
const stackType = { type: 'AWS::CloudFormation::Stack' }

interface World {
  events?: Record<string, StackEvent[]>
  resources?: StackResource[]
  template?: string
  stack?: Stack
  validation?: StackEvent[]
  lines?: string[] | Error
}

function world({ events = {}, resources = [], template = '', validation = [], lines = [], stack }: World): FakeContext {
  const stacks: Partial<Stacks> = {
    eventsBackTo: async (which) => events[which] ?? Promise.reject(new Error('Stack does not exist')),
    resources: async () => resources,
    template: async () => template,
    describe: async () => stack,
    validationErrors: async () => validation,
  }
  const lastLines: Logs['lastLines'] = async () => {
    if (lines instanceof Error) throw lines
    return lines
  }
  return fakeContext({
    ports: (calls) => ({
      stacks: fakePort<Stacks>('stacks', stacks, calls),
      logs: fakePort<Logs>('logs', { lastLines }, calls),
    }),
  })
}

const templateText = ['Resources:', '  Inner:', '    Type: X', '  Api:', '    Type: X'].join('\n')

describe('the cause', () => {
  const failedInside = [
    event(0, 'Old', 'UPDATE_FAILED', { reason: 'of an operation before' }),
    event(2, 'First', 'UPDATE_FAILED', { reason: 'the cause' }),
    event(3, 'Second', 'UPDATE_FAILED', { reason: 'Resource update cancelled' }),
  ]
  const other = event(4, 'Other', 'UPDATE_FAILED', { reason: 'later, of its own' })

  it('is the innermost earliest failure, with the line of the nested stack', async () => {
    const inner = event(5, 'Inner', 'UPDATE_FAILED', { ...stackType, physicalId: nested, reason: 'First: the cause' })
    const cause = await findCause(
      arn,
      [begun, other, inner],
      templateText,
      world({ events: { [nested]: failedInside } }),
    )
    expect(cause).toMatchObject({ event: { logicalId: 'First' }, path: ['Inner'], line: 2 })
  })

  it('is found where two stacks are nested, and where the event lacks the ARN', async () => {
    const deeper = 'arn:deeper'
    const events = { [nested]: [event(3, 'Deep', 'UPDATE_FAILED', { ...stackType, physicalId: deeper, reason: 'x' })] }
    const resource = { logicalId: 'Inner', physicalId: nested, ...stackType, status: 'UPDATE_FAILED' }
    const inner = event(5, 'Inner', 'UPDATE_FAILED', { ...stackType, reason: 'x' })
    const context = world({ events: { ...events, [deeper]: failedInside }, resources: [resource] })
    expect(await findCause(arn, [begun, inner], undefined, context)).toMatchObject({
      event: { logicalId: 'First' },
      path: ['Inner', 'Deep'],
      line: undefined,
    })
  })

  it('is the nested stack itself where nothing more can be read of it', async () => {
    const inner = event(2, 'Inner', 'CREATE_FAILED', {
      ...stackType,
      physicalId: nested,
      reason: 'TemplateURL is wrong',
    })
    const cause = await findCause(arn, [begun, inner, other], templateText, world({}))
    expect(cause).toMatchObject({ event: { logicalId: 'Inner', reason: 'TemplateURL is wrong' }, path: [], line: 2 })
  })

  it('stands at the resource that SAM made it of', async () => {
    const made = event(2, 'ApiDeployment1a2b3c', 'CREATE_FAILED', { reason: 'no' })
    expect((await findCause(arn, [begun, made], templateText, world({})))?.line).toBe(4)
  })

  it('is what a validation found, where the stack only says that one failed', async () => {
    const reason = 'Validation failed with 1 error(s). Call DescribeEvents to retrieve the full list'
    const own = event(2, 'stack', 'CREATE_FAILED', { ...stackType, physicalId: arn, reason })
    const found = event(2, 'Api', 'CREATE_FAILED', { reason: 'it already exists' })
    const before = event(0, 'Old', 'CREATE_FAILED', { reason: 'earlier' })
    const cause = await findCause(arn, [begun, own], templateText, world({ validation: [before, found] }))
    expect(cause).toMatchObject({ event: { logicalId: 'Api', reason: 'it already exists' }, line: 4 })
  })

  it('is none where no resource failed', async () => {
    expect(await findCause(arn, [begun], templateText, world({}))).toBeUndefined()
    expect(await findCause(arn, [], templateText, world({}))).toBeUndefined()
  })
})

describe('the log behind a cause', () => {
  const lines = ['START RequestId: 1', 'it broke', 'END RequestId: 1']
  const logOf = async (failed: StackEvent, facts: World, text?: string): Promise<string[] | undefined> =>
    (
      await findCause(
        arn,
        [begun, event(1, 'Fn', 'CREATE_COMPLETE', { physicalId: 'my-fn' }), failed],
        text,
        world(facts),
      )
    )?.log
  const custom = event(2, 'Made', 'CREATE_FAILED', { type: 'Custom::Thing', reason: 'see the log' })
  const templateWith = (token: unknown): string =>
    JSON.stringify({ Resources: { Made: { Type: 'Custom::Thing', Properties: { ServiceToken: token } } } })

  it('is that of a function itself', async () => {
    const failed = event(2, 'F', 'UPDATE_FAILED', { type: 'AWS::Lambda::Function', physicalId: 'f', reason: 'no' })
    expect(await logOf(failed, { lines })).toEqual(['it broke'])
  })

  it.each([
    ['its ARN', 'arn:aws:lambda:eu-west-1:123456789012:function:my-fn:live'],
    ['an attribute', { 'Fn::GetAtt': ['Fn', 'Arn'] }],
    ['an attribute in one word', { 'Fn::GetAtt': 'Fn.Arn' }],
  ])('is that of the function behind a custom resource, named by %s', async (_how, token) => {
    expect(await logOf(custom, { lines, template: templateWith(token) })).toEqual(['it broke'])
    expect(await logOf(custom, { lines }, templateWith(token))).toEqual(['it broke'])
  })

  it('is found through a parameter', async () => {
    const stack = fakeStack({ parameters: { Maker: 'arn:aws:lambda:eu-west-1:123456789012:function:other' } })
    expect(await logOf(custom, { lines, stack, template: templateWith({ Ref: 'Maker' }) })).toEqual(['it broke'])
  })

  it('is none for other resources, and hides no cause when it cannot be read', async () => {
    expect(await logOf(event(2, 'B', 'CREATE_FAILED', { reason: 'no' }), { lines })).toEqual([])
    expect(await logOf(custom, { lines, template: templateWith({ 'Fn::ImportValue': 'x' }) })).toEqual([])
    const unreadable = await logOf(custom, { lines: new Error('denied'), template: templateWith({ Ref: 'Fn' }) })
    expect(unreadable).toEqual(['the log could not be read: denied'])
    expect(await logOf(custom, { lines, template: 'not a template' })).toEqual([
      expect.stringContaining('could not be read'),
    ])
  })
})

describe('a failed operation', () => {
  it('ends with its cause, a few lines of its log, what to do, and where there is more', async () => {
    const failed = event(2, 'F', 'UPDATE_FAILED', { type: 'AWS::Lambda::Function', physicalId: 'f', reason: 'no' })
    const context = world({ lines: ['1', '2', '3', '4', '5'] })
    const stack = fakeStack({ status: 'UPDATE_ROLLBACK_COMPLETE' })
    const error = await stackFailure(stack, [begun, failed], undefined, context)
    expect([error.code, error.message]).toEqual(['StackFailed', 'failed and rolled back: the stack is as it was'])
    expect(error.facts).toEqual([
      { label: 'Cause', text: 'F, AWS::Lambda::Function' },
      { label: '', text: 'no' },
      { label: 'Log', text: '3' },
      { label: '', text: '4' },
      { label: '', text: '5' },
      { label: 'More', text: 'make rs-why ENV=dev ORG=myorg' },
    ])
  })

  it('says in which state it left the stack', async () => {
    const error = await stackFailure(fakeStack({ status: 'ROLLBACK_COMPLETE' }), [begun], undefined, world({}))
    expect(error.message).toBe('failed: the stack is in ROLLBACK_COMPLETE')
    expect(error.hint).toContain('events')
  })
})
