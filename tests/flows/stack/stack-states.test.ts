import { describe, expect, it } from '@jest/globals'
import {
  type Action,
  type StackStatus,
  actionOf,
  decidingCommands,
  situationOf,
  situations,
} from '../../../scripts/core/stack-state.js'
import { lookAtTarget } from '../../../scripts/flows/look/look-at-target.js'
import { settleForFunction, settleStack, verifyDeployable } from '../../../scripts/flows/stack/settle-stack.js'
import { takeDown } from '../../../scripts/flows/take-down/take-down.js'
import type { Functions } from '../../../scripts/ports.js'
import { fakeStack, fakeStep } from '../../support/fake-context.js'
import { fakePort } from '../../support/fake-ports.js'
import { rejectedBy, wordsOf } from '../../support/failures.js'
import { allStatuses, eventOf, resourceOf, scriptedStack, writesOf } from '../../support/scripted-stacks.js'

const { arn } = fakeStack()
const doing = (command: (typeof decidingCommands)[number], ...actions: Action[]): StackStatus[] =>
  allStatuses.filter((status) => actions.includes(actionOf(command, status)))
/** States that follow one that is waited for. */
const after = (status: StackStatus): (StackStatus | undefined)[] =>
  status === 'DELETE_IN_PROGRESS' ? [status, status, 'DELETE_COMPLETE', undefined] : [status, status, 'UPDATE_COMPLETE']

describe('the table', () => {
  it('gives every command something to do in every state', () => {
    for (const status of [...allStatuses, undefined]) {
      for (const command of decidingCommands) expect(actionOf(command, status)).toMatch(/^[a-z-]+$/)
    }
  })

  it('never deletes what stood once, and never proceeds past what is not healthy', () => {
    expect(doing('rs-deploy', 'delete-then-create')).toEqual(['ROLLBACK_COMPLETE', 'ROLLBACK_FAILED', 'CREATE_FAILED'])
    for (const status of doing('rs-deploy', 'proceed')) expect(situationOf(status)).toBe('healthy')
    expect(actionOf('rs-deploy', 'UPDATE_ROLLBACK_COMPLETE')).toBe('proceed')
  })

  it('names a command that leads out wherever a deployment is refused', () => {
    for (const { does, resolve } of Object.values(situations)) {
      if (does['rs-deploy'] === 'refuse') expect(resolve).toMatch(/^rs-/)
    }
  })

  it('treats a build that is there as a fresh one', () => {
    for (const status of allStatuses) expect(actionOf('rs-deploy-only', status)).toBe(actionOf('rs-deploy', status))
  })
})

describe.each(['rs-deploy', 'rs-deploy-only'] as const)('%s', (command) => {
  it('creates where there is no stack', async () => {
    const context = scriptedStack({ states: [undefined] })
    expect(await settleStack(fakeStep(), context, command)).toEqual({ stack: undefined, changed: false })
    expect(context.calls).toEqual(['stacks.describe(rawscribe-dev-myorg)'])
  })

  it.each(doing(command, 'proceed'))('proceeds at once in %s', async (status) => {
    const context = scriptedStack({ states: [status] })
    const step = fakeStep()
    expect(await settleStack(step, context, command)).toMatchObject({ stack: { status }, changed: false })
    expect(step.closing).toContain(status)
    expect(context.calls).toHaveLength(1)
  })

  it.each(doing(command, 'create'))('takes %s for no stack', async (status) => {
    const context = scriptedStack({ states: [status] })
    expect(await settleStack(fakeStep(), context, command)).toEqual({ stack: undefined, changed: false })
    expect(context.calls).toHaveLength(1)
  })

  it.each(doing(command, 'wait'))('waits in %s for its end with its events, and never cancels it', async (status) => {
    const event = { id: 'x', at: new Date(0), stackName: 's', physicalId: 'p', type: 'AWS::X', reason: undefined }
    const events = [{ ...event, logicalId: 'Resource', status: 'UPDATE_COMPLETE' }]
    const context = scriptedStack({ states: after(status), events })
    const step = fakeStep()
    const settled = await settleStack(step, context, command)
    expect(settled.changed).toBe(true)
    expect(settled.stack?.status).toBe(status === 'DELETE_IN_PROGRESS' ? undefined : 'UPDATE_COMPLETE')
    expect(step.lines.map(({ text }) => text)).toContain('Resource  AWS::X')
    expect(writesOf(context)).toEqual([])
    expect(context.calls).toContain(`stacks.describe(${arn})`)
  })

  it.each(doing(command, 'delete-then-create'))(
    'deletes the empty remains in %s, awaits that, creates',
    async (status) => {
      const resources = [
        resourceOf('Forms', 'AWS::S3::Bucket', 'CREATE_COMPLETE'),
        resourceOf('Pool', 'AWS::Cognito::UserPool', 'CREATE_COMPLETE'),
        resourceOf('Client', 'AWS::Cognito::UserPoolClient', 'CREATE_COMPLETE'),
      ]
      const states: StackStatus[] = [status, 'DELETE_IN_PROGRESS', 'DELETE_COMPLETE']
      const context = scriptedStack({ states, resources, pools: { pool: 0 } })
      const step = fakeStep()
      expect(await settleStack(step, context, command)).toEqual({ stack: undefined, changed: true })
      expect(writesOf(context)).toEqual([`stacks.deleteStack(${arn})`])
      expect(step.lines.map(({ text }) => text)).toEqual([
        `Stack rawscribe-dev-myorg is in ${status} state`,
        'Deleting failed stack before redeploying…',
        'Waiting for stack deletion (this may take a minute)…',
        'Failed stack deleted successfully',
      ])
    },
  )

  it.each(doing(command, 'delete-then-create'))('deletes nothing in %s where there is data', async (status) => {
    const resources = [
      resourceOf('Forms', 'AWS::S3::Bucket', 'DELETE_FAILED'),
      resourceOf('Pool', 'AWS::Cognito::UserPool', 'CREATE_COMPLETE'),
      resourceOf('Foreign', 'AWS::S3::Bucket', 'CREATE_FAILED'),
      resourceOf('Gone', 'AWS::S3::Bucket', 'DELETE_COMPLETE'),
    ]
    const context = scriptedStack({
      states: [status],
      resources,
      buckets: { forms: 12, foreign: 3, gone: 1 },
      pools: { pool: 2 },
    })
    const error = await rejectedBy(settleStack(fakeStep(), context, command))
    expect([error.code, writesOf(context)]).toEqual(['Refused', []])
    expect(error.facts).toEqual([
      { label: 'Forms', text: 'AWS::S3::Bucket forms holds 12 objects, 12 bytes' },
      { label: 'Pool', text: 'AWS::Cognito::UserPool pool holds 2 users' },
    ])
    expect(error.hint).toContain('make rs-nuke-buckets ENV=dev ORG=myorg')
    expect(error.hint).toContain('make rs-nuke-user-pool ENV=dev ORG=myorg')
  })

  it.each(doing(command, 'refuse'))(
    'refuses %s with what failed and the way out, and touches nothing',
    async (status) => {
      const resources = [
        resourceOf('Bad', 'AWS::X', 'DELETE_FAILED', { reason: 'it is in use' }),
        resourceOf('Fine', 'AWS::X', 'UPDATE_COMPLETE'),
      ]
      const history = { [arn]: [eventOf('Bad', 'UPDATE_FAILED', 'it is in use'), eventOf('Fine', 'UPDATE_COMPLETE')] }
      for (const refused of [
        (context: ReturnType<typeof scriptedStack>) => settleStack(fakeStep(), context, command),
        verifyDeployable,
      ]) {
        const context = scriptedStack({ states: [status], resources, history })
        const error = await rejectedBy(refused(context))
        expect(error.code).toBe('StackState')
        expect(error.message).toContain(status)
        expect(wordsOf(error)).toContain(`reason of ${status}`)
        expect(wordsOf(error)).toMatch(/Bad AWS::X( bad)?: it is in use/)
        expect(wordsOf(error)).not.toContain('Fine')
        expect(error.hint).toBe(
          `make ${situations[situationOf(status)].resolve} ENV=dev ORG=myorg, then the same command again`,
        )
        expect(writesOf(context)).toEqual([])
      }
    },
  )
})

describe('rs-deploy-function', () => {
  it.each(doing('rs-deploy-function', 'proceed'))('proceeds in %s', async (status) => {
    expect((await settleForFunction(fakeStep(), scriptedStack({ states: [status] }))).status).toBe(status)
  })

  it.each(doing('rs-deploy-function', 'wait'))('waits in %s and decides again', async (status) => {
    const context = scriptedStack({ states: after(status) })
    const settled = settleForFunction(fakeStep(), context)
    if (status === 'DELETE_IN_PROGRESS') expect((await rejectedBy(settled)).code).toBe('NotDeployed')
    else expect((await settled).status).toBe('UPDATE_COMPLETE')
    expect(writesOf(context)).toEqual([])
  })

  it.each([...doing('rs-deploy-function', 'refuse'), undefined])('refuses %s with the way out', async (status) => {
    const context = scriptedStack({ states: [status] })
    const error = await rejectedBy(settleForFunction(fakeStep(), context))
    expect(['NotDeployed', 'StackState']).toContain(error.code)
    expect(error.hint).toContain(`make ${situations[situationOf(status)].resolve} ENV=dev ORG=myorg`)
    if (status !== undefined) expect(error.message).toContain(status)
    expect(writesOf(context)).toEqual([])
  })
})

describe('rs-teardown', () => {
  const command = 'rs-teardown'
  it.each(doing(command, 'delete'))('deletes the stack in %s', async (status) => {
    const context = scriptedStack({ states: [status, 'DELETE_IN_PROGRESS', 'DELETE_COMPLETE'], command })
    expect((await takeDown(['stack'], context)).kind).toBe('taken-down')
    expect(writesOf(context)).toEqual([`stacks.deleteStack(${arn})`])
  })

  it.each([...doing(command, 'nothing'), undefined])('has nothing to do in %s', async (status) => {
    const context = scriptedStack({ states: [status], command })
    expect((await takeDown(['stack'], context)).kind).toBe('nothing-there')
    expect(writesOf(context)).toEqual([])
  })

  it.each(doing(command, 'wait'))('waits in %s and decides again', async (status) => {
    const context = scriptedStack({ states: [...after(status), 'UPDATE_COMPLETE', 'DELETE_COMPLETE'], command })
    const { kind } = await takeDown(['stack'], context)
    expect(kind).toBe(status === 'DELETE_IN_PROGRESS' ? 'nothing-there' : 'taken-down')
    const deletions = status === 'DELETE_IN_PROGRESS' ? [] : [`stacks.deleteStack(${arn})`]
    expect(writesOf(context)).toEqual(deletions)
  })
})

describe('check-rs', () => {
  it.each(allStatuses)('shows %s, and the way out of it', async (status) => {
    const context = scriptedStack({ states: [status] })
    const functions = fakePort<Functions>('functions', { alias: async () => undefined })
    const view = await lookAtTarget(context.target, { ...context, ports: { ...context.ports, functions } })
    const { resolve } = situations[situationOf(status)]
    expect(view.status).toBe(status)
    expect(view.next).toBe(resolve === undefined ? undefined : `make ${resolve} ENV=dev ORG=myorg`)
    expect(writesOf(context)).toEqual([])
  })
})
