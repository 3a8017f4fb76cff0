import { describe, expect, it } from '@jest/globals'
import { findCommand } from '../../scripts/commands/help.js'
import { commands } from '../../scripts/commands/index.js'
import { runCommand } from '../../scripts/commands/run.js'
import type { Stacks } from '../../scripts/ports.js'
import { type FakeContext, fakeContext, fakeStack } from '../support/fake-context.js'
import { rejectedBy } from '../support/failures.js'
import { fakePort } from '../support/fake-ports.js'

const withOutputs = (outputs: Record<string, string>, command = ''): FakeContext =>
  fakeContext({
    command,
    inputs: { ENV: 'dev', ORG: 'myorg' },
    ports: () => ({ stacks: fakePort<Stacks>('stacks', { describe: async () => fakeStack({ outputs }) }) }),
  })
const run = (name: string, context: FakeContext): Promise<void> => runCommand(findCommand(name, commands), context)

describe('a stack without outputs', () => {
  it.each(['rs-open', 'rs-outputs', 'show-rs-endpoint', 'show-rs-api-gateway', 'show-rs-user-pool'])(
    'is no answer to %s',
    async (name) => {
      const context = withOutputs({}, name)
      expect(await rejectedBy(run(name, context))).toMatchObject({
        code: 'NotDeployed',
        message: `rawscribe-dev-myorg is UPDATE_COMPLETE, and ${name} finds nothing there`,
        hint: 'make check-rs ENV=dev ORG=myorg shows what it has',
      })
      expect(context.events.filter(({ type }) => type === 'result')).toEqual([])
    },
  )
})

describe('the id of the API', () => {
  it.each([
    [{ ApiGatewayId: 'abc' }, 'abc'],
    [{ ApiEndpoint: 'https://abc123.execute-api.eu-west-1.amazonaws.com/dev' }, 'abc123'],
  ])('is told of %j', async (outputs, id) => {
    const context = withOutputs(outputs as Record<string, string>)
    await run('show-rs-api-gateway', context)
    expect(context.events.at(-1)).toMatchObject({ type: 'result', text: id })
  })
})
