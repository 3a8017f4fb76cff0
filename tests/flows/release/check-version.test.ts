import { describe, expect, it } from '@jest/globals'
import { proxyEvent } from '../../../scripts/core/api-paths.js'
import { checkBeforeTraffic } from '../../../scripts/flows/release/check-version.js'
import type { Functions, Invocation, Logs } from '../../../scripts/ports.js'
import { fakeContext } from '../../support/fake-context.js'
import { rejectedBy } from '../../support/failures.js'
import { fakePort } from '../../support/fake-ports.js'

/** What is shown of a check that failed with this answer, while this lies in the function's log. */
async function shown(payload: unknown, logTail: string, lastLines: Logs['lastLines']): Promise<string[]> {
  const answer: Invocation = { failed: true, payload: JSON.stringify(payload), logTail }
  const context = fakeContext({
    ports: (calls) => ({
      functions: fakePort<Functions>('functions', { invoke: async () => answer }, calls),
      logs: fakePort<Logs>('logs', { lastLines }, calls),
    }),
  })
  const check = { event: proxyEvent('/health', 'dev'), expects: 'health' as const }
  const error = await rejectedBy(checkBeforeTraffic('f', '8', check, context))
  return error.facts.map(({ text }) => text)
}

describe('a check that failed shows', () => {
  const stackTrace = ['  File "/var/task/main.py", line 3, in <module>\n    import nothing\n']
  const none = async (): Promise<string[]> => []

  it('what the call’s log says', async () => {
    expect(await shown({ stackTrace }, 'START RequestId: 1\nfrom the tail\n', none)).toEqual(['from the tail'])
  })

  it('file and line of code that fails as it begins, which has no log', async () => {
    expect(await shown({ stackTrace }, '', none)).toEqual([
      '  File "/var/task/main.py", line 3, in <module>',
      '    import nothing',
    ])
  })

  it('else what lies in the function’s log', async () => {
    const lying = async (group: string): Promise<string[]> => ['START RequestId: 1', `from ${group}`]
    expect(await shown({}, '', lying)).toEqual(['from /aws/lambda/f'])
  })

  it('itself alone where that cannot be read', async () => {
    const broken = async (): Promise<string[]> => Promise.reject(new Error('AccessDenied'))
    expect(await shown({}, '', broken)).toEqual([])
  })
})
