import { describe, expect, it } from '@jest/globals'
import type { Inputs } from '../../../scripts/core/inputs.js'
import { startApp } from '../../../scripts/flows/develop/local-app.js'
import type { AppProcesses, Stacks, Toolchain } from '../../../scripts/ports.js'
import { type FakeContext, fakeContext } from '../../support/fake-context.js'
import { rejectedBy } from '../../support/failures.js'
import { fakePort, memoryFiles } from '../../support/fake-ports.js'

const sources = {
  'infra/.config/lambda/prod.json': '{}',
  'backend/rawscribe': '',
  'frontend/index.html': '',
}

/** prod/myorg, not deployed; whoever is asked types its name. */
function world(inputs: Inputs = {}, files: Record<string, string> = sources): FakeContext & { asked: string[] } {
  const asked: string[] = []
  const context = fakeContext({
    inputs,
    command: 'start-dev',
    target: { env: 'prod', org: 'myorg' },
    ports: (calls) => ({
      files: memoryFiles({ ...files }, calls),
      stacks: fakePort<Stacks>('stacks', { describe: async () => undefined }),
      toolchain: fakePort<Toolchain>('toolchain', { testPython: async () => 'python' }),
      app: fakePort<AppProcesses>(
        'app',
        {
          running: async () => undefined,
          start: async (part, target) => ({ target, pid: 1, url: `http://${part}`, fresh: true }),
        },
        calls,
      ),
      prompts: {
        interactive: true,
        askHidden: async () => '',
        ask: async (question) => (asked.push(question), 'prod/myorg'),
      },
    }),
  })
  return { ...context, asked }
}
const started = ({ calls }: FakeContext): string[] => calls.filter((call) => call.startsWith('app.start'))

describe('the app on this machine with the data of prod', () => {
  it('is confirmed once for both parts', async () => {
    const context = world()
    const told: string[] = []
    await startApp(['backend', 'page'], (part, { url }) => void told.push(`${part} ${url}`), context)
    expect(told).toEqual(['backend http://backend', 'page http://page'])
    expect(context.asked).toEqual(['start-dev with the data of prod: type prod/myorg to go on: '])
  })

  it('never lets everybody in, and names the command that asks for a sign-in', async () => {
    const context = world({ ENABLE_AUTH: 'false' })
    const error = await rejectedBy(startApp(['backend', 'page'], () => undefined, context))
    expect([error.code, error.hint]).toEqual(['Refused', 'make start-dev ENV=prod ORG=myorg ENABLE_AUTH=true'])
    expect([context.asked, started(context)]).toEqual([[], []])
    await startApp(['page'], () => undefined, context)
    expect(started(context)).toHaveLength(1)
  })

  it.each([
    ['backend', 'backend/rawscribe'],
    ['page', 'frontend/index.html'],
  ] as const)('is refused in words where the project has no %s', async (part, file) => {
    const context = world({}, { 'infra/.config/lambda/prod.json': '{}' })
    const error = await rejectedBy(startApp([part], () => undefined, context))
    expect([error.code, error.message]).toEqual(['Usage', expect.stringContaining(`${file} is not there`)])
    expect([context.asked, context.calls.filter((call) => call.startsWith('files.write'))]).toEqual([[], []])
  })
})
