import { describe, expect, it } from '@jest/globals'
import type { StackStatus } from '../../../scripts/core/stack-state.js'
import { DeployError } from '../../../scripts/errors.js'
import { confirmDeployment } from '../../../scripts/flows/confirm.js'
import { waitUntil } from '../../../scripts/flows/wait.js'
import { firstFailure } from '../../../scripts/core/root-cause.js'
import { watchStack } from '../../../scripts/flows/stack/watch-stack.js'
import type { Ports, Prompts, StackEvent, Stacks } from '../../../scripts/ports.js'
import { fakeContext, fakeStack, fakeStep } from '../../support/fake-context.js'
import { rejectedBy } from '../../support/failures.js'
import { fakePort } from '../../support/fake-ports.js'

const arn = fakeStack().arn

const event = (id: number, logicalId: string, status: string, reason?: string): StackEvent => ({
  id: `e${id}`,
  at: new Date(0),
  stackName: 's',
  logicalId,
  physicalId: logicalId === 'stack' ? arn : undefined,
  type: 'AWS::X',
  status,
  reason,
})

describe('watching a stack', () => {
  it('tells each event once, as it comes, and ends with the stack', async () => {
    const batches = [
      [event(1, 'stack', 'UPDATE_IN_PROGRESS'), event(2, 'A', 'UPDATE_IN_PROGRESS')],
      [event(3, 'A', 'UPDATE_COMPLETE')],
      [event(4, 'B', 'UPDATE_FAILED', 'no'), event(5, 'C', 'DELETE_COMPLETE')],
      [{ ...event(6, 'stack', 'UPDATE_ROLLBACK_COMPLETE'), physicalId: arn }],
    ]
    // The first read still tells the state before the operation: it must not be taken for its end.
    const statuses: StackStatus[] = [
      'UPDATE_COMPLETE',
      'UPDATE_IN_PROGRESS',
      'UPDATE_ROLLBACK_IN_PROGRESS',
      'UPDATE_ROLLBACK_COMPLETE',
    ]
    const methods: Partial<Stacks> = {
      describe: async () => fakeStack({ status: statuses.shift()! }),
      eventsSince: async () => batches.shift() ?? [],
    }
    const context = fakeContext({ ports: (calls) => ({ stacks: fakePort<Stacks>('stacks', methods, calls) }) })
    const step = fakeStep()
    const { stack, events } = await watchStack(arn, 'e0', 9, step, context)
    expect(stack.status).toBe('UPDATE_ROLLBACK_COMPLETE')
    expect(events.map(({ id }) => id)).toEqual(['e1', 'e2', 'e3', 'e4', 'e5', 'e6'])
    expect(step.lines).toEqual([
      { mark: 'done', text: 'A  AWS::X' },
      { mark: 'failed', text: 'B  AWS::X  no' },
      { mark: 'removed', text: 'C  AWS::X' },
    ])
    expect(step.progressed.at(-1)).toBe('3/9  C')
    const asked = context.calls.filter((call) => call.includes('eventsSince'))
    expect(asked).toEqual(['e0', 'e2', 'e3', 'e5'].map((after) => `stacks.eventsSince(${arn}, ${after})`))
  })

  it('says how to follow the operation where the run is stopped at it', async () => {
    const stop = new AbortController()
    const methods: Partial<Stacks> = {
      describe: async () => fakeStack({ status: 'UPDATE_IN_PROGRESS' }),
      eventsSince: async () => {
        stop.abort(new DeployError('Interrupted', 'stopped on request', { hint: 'the same command again' }))
        return []
      },
    }
    const ports = (calls: string[]): Partial<Ports> => ({ stacks: fakePort<Stacks>('stacks', methods, calls) })
    const error = await rejectedBy(watchStack(arn, 'e0', 9, fakeStep(), fakeContext({ signal: stop.signal, ports })))
    expect([error.code, error.message]).toEqual(['Interrupted', 'stopped on request'])
    expect(error.hint).toContain('make rs-attach follows it; the same command again')
  })

  it('finds the first cause and not what was cancelled because of it', () => {
    const cause = event(2, 'B', 'CREATE_FAILED', 'already exists')
    const cancelled = event(1, 'A', 'CREATE_FAILED', 'Resource creation cancelled')
    const byUser = event(3, 'C', 'UPDATE_FAILED', 'User Initiated')
    expect(firstFailure([cancelled, cause, byUser, event(4, 'D', 'CREATE_FAILED', 'later')])).toBe(cause)
    expect(firstFailure([event(0, 'Z', 'CREATE_COMPLETE'), cancelled])).toBe(cancelled)
    expect(firstFailure([event(0, 'Z', 'CREATE_FAILED')])).toBeUndefined()
  })
})

describe('waiting', () => {
  const wait = { what: 'the thing', firstMs: 100, limitMs: 400, deadlineMs: 2_000, hint: 'again' }

  it('asks until there is an answer, with growing pauses', async () => {
    const context = fakeContext()
    let asked = 0
    expect(await waitUntil(wait, context, async () => (++asked === 5 ? 'there' : undefined))).toBe('there')
    expect(context.clock.slept).toEqual([100, 200, 400, 400])
  })

  it('ends at its deadline with what was waited for', async () => {
    const context = fakeContext()
    const error = await rejectedBy(waitUntil(wait, context, async () => undefined))
    expect(`${error.code} ${error.message} ${error.hint}`).toBe('ToolFailed waited 2 s for the thing, in vain again')
    expect(context.clock.slept.reduce((sum, ms) => sum + ms, 0)).toBeLessThanOrEqual(wait.deadlineMs)
  })

  it('ends at once when the run is stopped', async () => {
    const stop = new AbortController()
    const context = fakeContext({ signal: stop.signal })
    const work = waitUntil(wait, context, async () => {
      stop.abort(new DeployError('Interrupted', 'stopped'))
      return undefined
    })
    expect((await rejectedBy(work)).code).toBe('Interrupted')
    expect(context.clock.slept).toEqual([])
  })

  it('takes false and null for answers', async () => {
    expect(await waitUntil(wait, fakeContext(), async () => false)).toBe(false)
    expect(await waitUntil(wait, fakeContext(), async () => null)).toBeNull()
  })
})

describe('confirming', () => {
  const nobody: Prompts = {
    interactive: false,
    askHidden: async () => '',
    ask: async () => Promise.reject(new Error('asked')),
  }
  const confirm = (env: 'stage' | 'prod', prompts: Prompts, inputs = {}): Promise<void> =>
    confirmDeployment(fakeContext({ target: { env, org: 'myorg' }, inputs, ports: () => ({ prompts }) }))
  const answering = (answer: string): Prompts => ({
    interactive: true,
    askHidden: async () => '',
    ask: async () => answer,
  })

  it('asks nobody outside of prod', async () => expect(await confirm('stage', nobody)).toBeUndefined())
  it('asks nobody with YES=true', async () => expect(await confirm('prod', nobody, { YES: 'true' })).toBeUndefined())
  it('takes the typed name', async () => expect(await confirm('prod', answering(' prod/myorg '))).toBeUndefined())

  it.each(['', 'yes', 'y', 'myorg', 'prod', 'prod/myorg2', 'PROD/MYORG'])('does not take %j', async (answer) => {
    const error = await rejectedBy(confirm('prod', answering(answer)))
    expect(error.code).toBe('Declined')
    expect(error.exitCode).toBe(3)
    expect(error.hint).toContain('prod/myorg')
  })

  it('declines where nobody can answer', async () => {
    const error = await rejectedBy(confirm('prod', nobody, { YES: 'false' }))
    expect(`${error.code} ${error.hint}`).toBe('Declined YES=true confirms it')
  })
})
