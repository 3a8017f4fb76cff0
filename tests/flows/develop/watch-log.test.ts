import { describe, expect, it } from '@jest/globals'
import { type LogOptions, watchLog } from '../../../scripts/flows/develop/watch-log.js'
import type { LogEvent, Logs, Stacks } from '../../../scripts/ports.js'
import { rejectedBy } from '../../support/failures.js'
import { fakeClock } from '../../support/fake-clock.js'
import { type FakeContext, type ContextOptions, fakeContext, fakeStack } from '../../support/fake-context.js'
import { fakePort } from '../../support/fake-ports.js'

const start = new Date('2025-01-02T03:04:05.000Z').getTime()
const event = (second: number, message: string): LogEvent => ({
  id: `${second} ${message}`,
  at: new Date(start + second * 1000),
  message,
})
type Answer = Awaited<ReturnType<Logs['events']>>

interface World {
  /** The answers of each function's log, round by round; the last one stays. */
  logs: Record<string, Answer[]>
  /** Stops after so many pauses, as Ctrl-C would. */
  pauses?: number
  context?: ContextOptions
}

interface Watched extends FakeContext {
  asked: { group: string; since: Date }[]
}

async function watch(
  { logs, pauses = 0, context: given = {} }: World,
  over: Partial<LogOptions & { since: string }> = {},
): Promise<Watched> {
  const stop = new AbortController()
  const clock = fakeClock()
  const asked: Watched['asked'] = []
  const answers = Object.fromEntries(Object.entries(logs).map(([name, list]) => [name, [...list]]))
  const sleep = clock.sleep.bind(clock)
  clock.sleep = async (ms, signal) => {
    if (clock.slept.length >= pauses) stop.abort(new Error('stopped'))
    await sleep(ms, signal)
  }
  const resources = Object.keys(logs).map((name) => ({
    logicalId: name,
    physicalId: name,
    type: 'AWS::Lambda::Function',
    status: 'CREATE_COMPLETE',
  }))
  const Resources = Object.fromEntries(Object.keys(logs).map((name) => [name, { Type: 'AWS::Lambda::Function' }]))
  const context = fakeContext({
    clock,
    signal: stop.signal,
    ports: (calls) => ({
      stacks: fakePort<Stacks>(
        'stacks',
        {
          describe: async () => fakeStack(),
          resources: async () => resources,
          template: async () => JSON.stringify({ Resources }),
        },
        calls,
      ),
      logs: fakePort<Logs>(
        'logs',
        {
          events: async (group, since) => {
            asked.push({ group, since })
            const list = answers[group.replace('/aws/lambda/', '')] ?? []
            const answer = (list.length > 1 ? list.shift() : list[0]) ?? []
            return typeof answer === 'string' ? answer : answer.filter(({ at }) => at >= since)
          },
        },
        calls,
      ),
    }),
    ...given,
  })
  await watchLog({ since: '10m', filter: undefined, follow: true, ...over }, context)
  return { ...context, asked }
}
const printed = ({ events }: FakeContext): string[] => events.flatMap((one) => (one.type === 'result' ? one.text : []))
const notes = ({ events }: FakeContext): string[] => events.flatMap((one) => (one.type === 'note' ? one.text : []))

describe('watching the log', () => {
  it('prints each event once, in the order of time, also one that CloudWatch shows late', async () => {
    const late = event(-3, 'late')
    const logs = { F: [[event(-2, 'two')], [event(-2, 'two'), event(0, 'three')], [late, event(-2, 'two')]] }
    expect(printed(await watch({ logs, pauses: 3 }))).toEqual([
      '03:04:03.000  two',
      '03:04:05.000  three',
      '03:04:02.000  late',
    ])
  })

  it('asks again only for what may still come', async () => {
    const { asked } = await watch({ logs: { F: [[event(-60, 'a')], []] }, pauses: 1 })
    expect(asked.map(({ since }) => (since.getTime() - start) / 1000)).toEqual([-600, -80])
  })

  it('says whose line it is where there are several, and reads them all', async () => {
    const logs = { First: [[event(-2, 'a')]], Second: [[event(-3, '{"level":"error","msg":"b","frames":["x"]}')]] }
    const context = await watch({ logs }, { follow: false })
    expect(printed(context)).toEqual([
      '03:04:02.000  Second  error  b\n                        frames\n                          x',
      '03:04:03.000  First  a',
    ])
    expect(context.clock.slept).toEqual([])
  })

  it('takes the functions that FUNCTION names', async () => {
    const logs = { First: [[event(-2, 'a')]], Second: [[event(-3, 'b')]] }
    const context = await watch({ logs, context: { inputs: { FUNCTION: 'Sec*' } } }, { follow: false })
    expect(printed(context)).toEqual(['03:04:02.000  b'])
  })

  it('prints the lines that hold FILTER, whatever its case, and one JSON object for each', async () => {
    const logs = { F: [[event(-2, 'An Error'), event(-1, 'fine')]] }
    const context = await watch({ logs }, { follow: false, filter: 'ERROR' })
    expect(context.events.filter(({ type }) => type === 'result')).toMatchObject([
      { data: { function: 'F', at: '2025-01-02T03:04:03.000Z', kind: 'line', message: 'An Error' } },
    ])
  })

  it('goes more slowly while CloudWatch is asked too often, and as before afterwards', async () => {
    const logs: World['logs'] = { F: ['throttled', 'throttled', [event(0, 'a')]] }
    const context = await watch({ logs, pauses: 3 })
    expect(context.clock.slept).toEqual([2000, 4000, 1000])
    expect(printed(context)).toHaveLength(1)
  })

  it('does not end before it was answered, not even without FOLLOW', async () => {
    const context = await watch({ logs: { F: ['throttled', [event(0, 'a')]] }, pauses: 9 }, { follow: false })
    expect(printed(context)).toEqual(['03:04:05.000  a'])
  })

  it('says once that there is no log yet, and prints it when it comes', async () => {
    const context = await watch({ logs: { F: ['absent', 'absent', [event(0, 'a')]] }, pauses: 3 })
    expect(notes(context)).toEqual([
      expect.stringContaining('no log /aws/lambda/F yet; its first call makes it, waiting'),
    ])
    expect(printed(context)).toHaveLength(1)
  })

  it('asks at most five times a second, however many functions there are', async () => {
    const logs = Object.fromEntries(Array.from({ length: 30 }, (_, i) => [`F${i}`, [[]]]))
    expect((await watch({ logs, pauses: 1 })).clock.slept).toEqual([6000])
  })

  it('needs a stack, and does not hide a failure behind the way it ends', async () => {
    const gone = { ports: () => ({ stacks: fakePort<Stacks>('stacks', { describe: async () => undefined }) }) }
    expect(await rejectedBy(watch({ logs: {}, context: gone }))).toMatchObject({ code: 'NotDeployed' })
    const broken = fakePort<Logs>('logs', { events: async () => Promise.reject(new Error('no answer')) })
    const context = await watch({ logs: { F: [] } })
    const options = { since: '1m', filter: undefined, follow: true }
    await expect(
      watchLog(options, {
        ...context,
        signal: new AbortController().signal,
        ports: { ...context.ports, logs: broken },
      }),
    ).rejects.toThrow('no answer')
  })
})
