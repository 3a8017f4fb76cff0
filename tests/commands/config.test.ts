import { describe, expect, it } from '@jest/globals'
import { findCommand } from '../../scripts/commands/help.js'
import { commands } from '../../scripts/commands/index.js'
import { runCommand } from '../../scripts/commands/run.js'
import type { Stacks } from '../../scripts/ports.js'
import { type FakeContext, fakeContext, fakeStack } from '../support/fake-context.js'
import { rejectedBy } from '../support/failures.js'
import { fakePort, memoryBuckets, memoryFiles } from '../support/fake-ports.js'

const bucket = 'rawscribe-lambda-dev-myorg-123456789012'
const config = '{"auth":{"jwtSecret":"hunter2"},"users":[{"password":"hunter2"}],"ui":{"title":"Ours"}}'

function world(files: Record<string, string>, uploaded?: string): FakeContext {
  return fakeContext({
    inputs: { ENV: 'dev', ORG: 'myorg' },
    ports: (calls) => ({
      files: memoryFiles(files, calls),
      stacks: fakePort<Stacks>('stacks', { describe: async () => fakeStack() }),
      buckets: memoryBuckets(uploaded === undefined ? {} : { [`${bucket}/config.json`]: uploaded }, calls),
    }),
  })
}

const run = (name: string, context: FakeContext): Promise<void> => runCommand(findCommand(name, commands), context)

describe('looking at a configuration', () => {
  const base = { 'infra/.config/lambda/dev.json': config }

  it.each(['show-config', 'rs-show-runtime-config'])('%s shows no secret, in dev either', async (name) => {
    const context = world(base, config)
    await run(name, context)
    expect(JSON.stringify(context.events)).toContain('Ours')
    expect(JSON.stringify(context.events)).not.toContain('hunter2')
  })

  it('that was uploaded and holds no secret is the text as it lies there', async () => {
    const text = '{"ui":{"title":"Ours"}}'
    const context = world({}, text)
    await run('rs-show-runtime-config', context)
    expect(context.events.at(-1)).toMatchObject({ type: 'result', text, data: { text } })
  })

  it('that was uploaded and is none says where it breaks, not what stands there', async () => {
    const error = await rejectedBy(run('rs-show-runtime-config', world({}, '{"a": hunter2}')))
    expect(error.code).toBe('StackState')
    expect(error.message).toContain('config.json:1:7 is not valid JSON')
    expect(error.message + error.hint).not.toContain('hunter2')
  })

  it('of an environment that has none is refused, as make config refuses it', async () => {
    const error = await rejectedBy(run('show-config', world({})))
    expect(error.code).toBe('Usage')
    expect(error.message).toContain('infra/.config/lambda/dev.json is missing')
  })

  it.each(['show-config', 'config'])('is none to %s where the project uploads none', async (name) => {
    const context = world({ 'infra/.config/webapp/dev.json': '{"webapp":{"title":"Shop"}}' })
    await run(name, { ...context, project: { ...context.project, buckets: {} } })
    expect(JSON.stringify(context.events.at(-1))).toContain('Shop')
  })
})
