import { describe, expect, it } from '@jest/globals'
import type { StackStatus } from '../../../scripts/core/stack-state.js'
import { continueRollback } from '../../../scripts/flows/stack/continue-rollback.js'
import type { StackEvent, Tables, UserPools } from '../../../scripts/ports.js'
import { fakeStack } from '../../support/fake-context.js'
import { fakePort } from '../../support/fake-ports.js'
import { rejectedBy } from '../../support/failures.js'
import { type Script, eventOf, resourceOf, scriptedStack, writesOf } from '../../support/scripted-stacks.js'

const { arn } = fakeStack()
const inner = 'arn:aws:cloudformation:eu-west-1:123456789012:stack/rawscribe-dev-myorg-Inner-ABC/2'
const nested = { type: 'AWS::CloudFormation::Stack' }
const world = (over: Partial<Script>): ReturnType<typeof scriptedStack> =>
  scriptedStack({ states: ['UPDATE_FAILED', 'UPDATE_ROLLBACK_COMPLETE'], command: 'rs-continue-rollback', ...over })

describe('rs-continue-rollback over what an update has made', () => {
  const own = { physicalId: arn, type: 'AWS::CloudFormation::Stack' }
  const table = (logicalId: string, status: string, at = 0): StackEvent =>
    eventOf(logicalId, status, undefined, {
      type: 'AWS::DynamoDB::Table',
      physicalId: logicalId.toLowerCase(),
      at: new Date(at),
    })
  /** An update, and one after it that began where the first had failed, both of which made a table. */
  const filled = {
    [arn]: [
      table('Old', 'CREATE_COMPLETE'),
      eventOf('stack', 'CREATE_COMPLETE', undefined, own),
      eventOf('stack', 'UPDATE_IN_PROGRESS', undefined, { ...own, at: new Date(5) }),
      table('Old', 'UPDATE_COMPLETE', 6),
      table('Notes', 'CREATE_COMPLETE', 6),
      table('Undone', 'CREATE_COMPLETE', 6),
      table('Undone', 'DELETE_COMPLETE', 7),
      eventOf('stack', 'UPDATE_FAILED', 'no', { ...own, at: new Date(7) }),
      eventOf('stack', 'UPDATE_IN_PROGRESS', undefined, { ...own, at: new Date(8) }),
      eventOf('Inner', 'UPDATE_COMPLETE', undefined, { ...nested, physicalId: inner, at: new Date(8) }),
      eventOf('stack', 'UPDATE_FAILED', 'no', { ...own, at: new Date(9) }),
    ],
    [inner]: [table('Before', 'CREATE_COMPLETE', 1), table('Inside', 'CREATE_COMPLETE', 8)],
  }
  const tablesOf = (items: Record<string, number>): { tables: Tables } => ({
    tables: fakePort<Tables>('tables', {
      countItems: async (name) => ({ items: items[name] ?? 0, next: undefined }),
    }),
  })
  const withTables = (over: Partial<Script>, items: Record<string, number>): ReturnType<typeof world> => {
    const context = world({ states: ['UPDATE_FAILED', 'UPDATE_ROLLBACK_COMPLETE'], history: filled, ...over })
    return { ...context, ports: { ...context.ports, ...tablesOf(items) } }
  }

  it('refuses where it would delete what came into the tables that the update has made, nested ones included', async () => {
    const context = withTables({}, { old: 9, before: 9, undone: 9, notes: 2, inside: 1 })
    const error = await rejectedBy(continueRollback(context))
    expect([error.code, error.facts, writesOf(context)]).toEqual([
      'Refused',
      [
        { label: 'Notes', text: 'AWS::DynamoDB::Table notes holds 2 items' },
        { label: 'Inner/Inside', text: 'AWS::DynamoDB::Table inside holds 1 item' },
      ],
      [],
    ])
    expect(error.hint).toContain('move that data elsewhere')
    const empty = withTables({}, { old: 9, before: 9 })
    expect((await continueRollback(empty)).kind).toBe('rolled-back')
  })

  it('counts again once it was confirmed', async () => {
    const items: Record<string, number> = {}
    const context = withTables({ inputs: {} }, items)
    const ask = async (): Promise<string> => {
      items['notes'] = 1
      return 'dev/myorg'
    }
    const prompts = { interactive: true, ask, askHidden: ask }
    const error = await rejectedBy(continueRollback({ ...context, ports: { ...context.ports, prompts } }))
    expect([error.code, writesOf(context)]).toEqual(['Refused', []])
  })

  it('takes what replaced something for created, and lets what nobody can count go only by name', async () => {
    const queue = (status: string, physicalId: string): StackEvent =>
      eventOf('Queue', status, undefined, { type: 'AWS::SQS::Queue', physicalId })
    const replaced = [queue('UPDATE_IN_PROGRESS', 'one'), queue('UPDATE_COMPLETE', 'two')]
    const states: StackStatus[] = ['UPDATE_FAILED', 'UPDATE_ROLLBACK_COMPLETE']
    const script = { states, history: { [arn]: replaced } }
    const error = await rejectedBy(continueRollback(world(script)))
    expect(error.facts).toEqual([
      { label: 'Queue', text: 'AWS::SQS::Queue two holds messages, which cannot be counted' },
    ])
    expect(error.hint).toContain('ALLOW_DATA_LOSS=Queue if it is gone, or may go')
    const named = world({ ...script, inputs: { YES: 'true', ALLOW_DATA_LOSS: 'Queue' } })
    expect((await continueRollback(named)).kind).toBe('rolled-back')
  })

  /** An update that gave a pool, which stood before, a group and a client. */
  const inPool = (logicalId: string, part: string): StackEvent =>
    eventOf(logicalId, 'CREATE_COMPLETE', undefined, {
      type: `AWS::Cognito::UserPool${part}`,
      physicalId: logicalId.toLowerCase(),
    })
  const withGroups = (script: Partial<Script>, members: string[]): ReturnType<typeof world> => {
    const states: StackStatus[] = ['UPDATE_FAILED', 'UPDATE_ROLLBACK_COMPLETE']
    const resources = [resourceOf('Pool', 'AWS::Cognito::UserPool', 'CREATE_COMPLETE', { physicalId: 'pool' })]
    const context = world({ states, resources, ...script })
    const userPools = fakePort<UserPools>('userPools', {
      group: async (pool, group) => pool === 'pool' && group === 'auditors',
      members: async () => members,
    })
    return { ...context, ports: { ...context.ports, userPools } }
  }

  it('counts who came into a group that the update has made in a pool that stood before', async () => {
    const history = { [arn]: [inPool('Auditors', 'Group')] }
    const context = withGroups({ history }, ['a', 'b'])
    const error = await rejectedBy(continueRollback(context))
    expect([error.facts, writesOf(context)]).toEqual([
      [{ label: 'Auditors', text: 'AWS::Cognito::UserPoolGroup auditors holds 2 members' }],
      [],
    ])
    expect((await continueRollback(withGroups({ history }, []))).kind).toBe('rolled-back')
  })

  it('lets a client that the update has made go only by name', async () => {
    const history = { [arn]: [inPool('Client', '')].map((one) => ({ ...one, type: 'AWS::Cognito::UserPoolClient' })) }
    expect((await rejectedBy(continueRollback(withGroups({ history }, [])))).hint).toContain('ALLOW_DATA_LOSS=Client')
    const named = withGroups({ history, inputs: { YES: 'true', ALLOW_DATA_LOSS: 'Client' } }, [])
    expect((await continueRollback(named)).kind).toBe('rolled-back')
  })

  it('never names a take-down as the way on, although that would lose nothing', async () => {
    const template = async (): Promise<string> =>
      JSON.stringify({ Resources: { Notes: { Type: 'AWS::DynamoDB::Table', DeletionPolicy: 'Retain' } } })
    const context = withTables({ target: { env: 'prod', org: 'myorg' }, over: { template } }, { notes: 2 })
    const { hint } = await rejectedBy(continueRollback(context))
    expect(hint).toBe('move that data elsewhere by hand; then the same command again')
  })
})
