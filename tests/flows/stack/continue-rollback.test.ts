import { describe, expect, it } from '@jest/globals'
import type { Command } from '../../../scripts/commands/command.js'
import { stackCommands } from '../../../scripts/commands/stack.js'
import { type StackStatus, actionOf } from '../../../scripts/core/stack-state.js'
import { continueRollback } from '../../../scripts/flows/stack/continue-rollback.js'
import { fakeStack } from '../../support/fake-context.js'
import { rejectedBy, wordsOf } from '../../support/failures.js'
import { type Script, allStatuses, eventOf, scriptedStack, writesOf } from '../../support/scripted-stacks.js'

const stackCommand = stackCommands.find(({ name }) => name === 'rs-continue-rollback') as Command & { acts: 'target' }
const { arn } = fakeStack()
const inner = 'arn:aws:cloudformation:eu-west-1:123456789012:stack/rawscribe-dev-myorg-Inner-ABC/2'
const nested = { type: 'AWS::CloudFormation::Stack' }
const history = {
  [arn]: [
    eventOf('stack', 'UPDATE_IN_PROGRESS', undefined, { physicalId: arn }),
    eventOf('New', 'CREATE_FAILED', 'the update failed on this'),
    eventOf('Back', 'UPDATE_FAILED', 'and so it failed'),
    eventOf('Back', 'UPDATE_COMPLETE'),
    eventOf('Forms', 'UPDATE_FAILED', 'Access Denied'),
    eventOf('Late', 'UPDATE_FAILED', 'Resource update cancelled'),
    eventOf('Inner', 'UPDATE_FAILED', 'Embedded stack was not updated', { ...nested, physicalId: inner }),
    eventOf('stack', 'UPDATE_ROLLBACK_FAILED', 'failed', { physicalId: arn }),
  ],
  [inner]: [eventOf('Queue', 'UPDATE_FAILED', 'it is gone')],
}
const stuck: StackStatus[] = ['UPDATE_ROLLBACK_FAILED', 'UPDATE_ROLLBACK_IN_PROGRESS', 'UPDATE_ROLLBACK_COMPLETE']
const world = (over: Partial<Script> = {}): ReturnType<typeof scriptedStack> =>
  scriptedStack({ states: stuck, history, command: 'rs-continue-rollback', ...over })
const told = (context: ReturnType<typeof scriptedStack>): string[] =>
  context.events.flatMap((event) => (event.type === 'step-line' ? [event.text] : []))

describe('rs-continue-rollback', () => {
  it('shows what failed by itself, also in nested stacks, continues, and says how it ended', async () => {
    const context = world()
    expect(await continueRollback(context)).toMatchObject({
      kind: 'rolled-back',
      stack: { status: 'UPDATE_ROLLBACK_COMPLETE' },
      skipped: [],
    })
    expect(told(context).slice(1, 3)).toEqual(['Forms  AWS::X  Access Denied', 'Inner.Queue  AWS::X  it is gone'])
    expect(writesOf(context)).toEqual([`stacks.continueRollback(${arn}, object)`])
  })

  it.each([
    ['DELETE_FAILED', 'make rs-teardown ENV=dev ORG=myorg'],
    ['UPDATE_COMPLETE', 'make rs-deploy ENV=dev ORG=myorg'],
  ] as const)('leads out of %s, where there is none to continue', async (status, next) => {
    const context = world({ states: [status] })
    await stackCommand.run(context)
    expect(context.events).toContainEqual(expect.objectContaining({ type: 'summary', next: [next] }))
  })

  it('skips exactly what SKIP names, by the names that CloudFormation takes, and says what that means', async () => {
    const skips: (readonly string[])[] = []
    const continueIt = async (_arn: string, skip: readonly string[]): Promise<void> => void skips.push(skip)
    const inputs = { YES: 'true', SKIP: 'Inner.Queue, Forms' }
    const context = world({ inputs, over: { continueRollback: continueIt } })
    expect(await continueRollback(context)).toMatchObject({ skipped: ['Forms', 'Inner.Queue'] })
    expect(skips).toEqual([['Forms', 'rawscribe-dev-myorg-Inner-ABC.Queue']])
    expect(told(context).join('\n')).toContain('Forms is skipped: it stays as it is now')
  })

  it.each(['Back', 'New', 'Late', 'Inner', 'Queue', 'forms', 'Forms,Typo', '*'])(
    'refuses SKIP=%s with the names that there are',
    async (SKIP) => {
      const context = world({ inputs: { YES: 'true', SKIP } })
      const error = await rejectedBy(continueRollback(context))
      expect([error.code, writesOf(context)]).toEqual(['Usage', []])
      expect(error.hint).toBe('SKIP takes of these: Forms,Inner.Queue')
      expect(wordsOf(error)).toContain('Forms Access Denied')
    },
  )

  it('ends with the cause where it fails again', async () => {
    const failing: StackStatus[] = ['UPDATE_ROLLBACK_FAILED', 'UPDATE_ROLLBACK_FAILED']
    const context = world({ states: failing, events: [eventOf('Forms', 'UPDATE_FAILED', 'Access Denied')] })
    const error = await rejectedBy(continueRollback(context))
    expect([error.code, error.exitCode]).toEqual(['StackFailed', 5])
    expect(error.message).toContain('UPDATE_ROLLBACK_FAILED')
    expect(wordsOf(error)).toContain('Cause Forms, AWS::X')
  })

  it('rolls an update back that was left without a rollback, and skips nothing there', async () => {
    const states: StackStatus[] = ['UPDATE_FAILED', 'UPDATE_ROLLBACK_COMPLETE']
    const context = world({ states })
    expect((await continueRollback(context)).kind).toBe('rolled-back')
    expect(told(context)).toContain('New  AWS::X  the update failed on this')
    expect(writesOf(context)).toEqual([`stacks.rollBack(${arn})`])
    const skipping = world({ states, inputs: { YES: 'true', SKIP: 'New' } })
    expect((await rejectedBy(continueRollback(skipping))).code).toBe('Usage')
    expect(writesOf(skipping)).toEqual([])
  })

  it('asks, and in prod nothing stands for typing', async () => {
    const prod = { env: 'prod', org: 'myorg' } as const
    for (const over of [
      { inputs: {} },
      { inputs: {}, answer: 'yes' },
      { target: prod },
      { target: prod, answer: 'no' },
    ]) {
      const context = world(over)
      expect((await rejectedBy(continueRollback(context))).code).toBe('Declined')
      expect(writesOf(context)).toEqual([])
    }
    const typed = world({ target: prod, answer: 'prod/myorg' })
    expect((await continueRollback(typed)).kind).toBe('rolled-back')
  })

  const nothing = [...allStatuses, undefined].filter((one) => actionOf('rs-continue-rollback', one) === 'nothing')
  it.each(nothing)('has nothing to do in %s', async (status) => {
    const context = world({ states: [status] })
    expect(await continueRollback(context)).toEqual({
      kind: 'nothing',
      status: status === undefined || status === 'DELETE_COMPLETE' ? 'NO_STACK' : status,
    })
    expect(writesOf(context)).toEqual([])
  })

  it('waits for a rollback that runs, and has nothing to do once it ended well', async () => {
    const states: StackStatus[] = [
      'UPDATE_ROLLBACK_IN_PROGRESS',
      'UPDATE_ROLLBACK_IN_PROGRESS',
      'UPDATE_ROLLBACK_COMPLETE',
    ]
    const context = world({ states })
    expect(await continueRollback(context)).toEqual({ kind: 'nothing', status: 'UPDATE_ROLLBACK_COMPLETE' })
    expect(writesOf(context)).toEqual([])
  })

  it('refuses what no rollback leads out of', async () => {
    const error = await rejectedBy(continueRollback(world({ states: ['IMPORT_ROLLBACK_FAILED'] })))
    expect([error.code, error.hint]).toEqual([
      'StackState',
      'make rs-teardown ENV=dev ORG=myorg, then the same command again',
    ])
  })
})
