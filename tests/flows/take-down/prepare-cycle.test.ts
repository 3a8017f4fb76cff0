import { describe, expect, it } from '@jest/globals'
import type { Inputs } from '../../../scripts/core/inputs.js'
import type { Receipt } from '../../../scripts/core/receipt.js'
import { gatherFacts } from '../../../scripts/flows/deploy/deployment-facts.js'
import { prepareCycle } from '../../../scripts/flows/take-down/prepare-cycle.js'
import type { Functions, Stack, Stacks, UserPools } from '../../../scripts/ports.js'
import { type FakeContext, fakeContext, fakeStack } from '../../support/fake-context.js'
import { rejectedBy } from '../../support/failures.js'
import { receipt, stored } from '../../support/fake-ledger.js'
import { fakePort, fakeSam, memoryBuckets, memoryFiles } from '../../support/fake-ports.js'
import { eventOf } from '../../support/scripted-stacks.js'

const templateOf = (parameters: string, key: 'ours' | 'theirs'): string => `
Parameters:
  Environment: {Type: String}
  Organization: {Type: String}
${parameters}
Resources:
  Topic: {Type: AWS::SNS::Topic, Properties: {${key === 'ours' ? '' : 'TopicName: rawscribe-dev-other-topic'}}}
`
const own = { Environment: 'dev', Organization: 'myorg' }
const build = '.aws-sam-dev-myorg'

interface Given {
  parameters: string
  /** Of the stack that stands; undefined: a run before this one was stopped after the teardown. */
  stack: Stack | undefined
  key?: 'ours' | 'theirs'
  /** States that the stack is in before the one of `stack`. */
  busy?: Stack['status'][]
  objects?: Record<string, string>
  inputs?: Inputs
}

/** dev/myorg of an adopted project, built already; `sam deploy` makes the one change set. */
function cycling({ parameters, stack, key = 'ours', busy = [], objects = {}, inputs = {} }: Given): FakeContext {
  const states = [...busy]
  let told = 0
  const template = templateOf(parameters, key)
  const { sam, planned } = fakeSam(stack?.arn ?? '', template)
  return fakeContext({
    command: 'rs-cycle-stack',
    inputs,
    ports: (calls) => ({
      files: memoryFiles(
        {
          'template.yaml': template,
          [`${build}/build/template.yaml`]: template,
          'infra/.config/lambda/dev.json': '{}',
        },
        calls,
      ),
      buckets: memoryBuckets(objects, calls, async (name) => (name.includes('deployments') ? 'ours' : 'absent')),
      functions: fakePort<Functions>('functions', {}, calls),
      userPools: fakePort<UserPools>('userPools', { findByName: async () => [] }, calls),
      ...sam,
      stacks: fakePort<Stacks>(
        'stacks',
        {
          ...planned,
          describe: async () => {
            const status = states.shift()
            return stack && status !== undefined ? { ...stack, status } : stack
          },
          lastEventId: async () => 'e0',
          eventsSince: async () => [
            eventOf('s', stack?.status ?? '', undefined, {
              ...{ id: `e${++told}`, physicalId: stack?.arn, type: 'AWS::CloudFormation::Stack' },
            }),
          ],
        },
        calls,
      ),
    }),
  })
}
const size = '  Size: {Type: String}\n'
const standing = fakeStack({ parameters: { ...own, Size: '7' } })
const dropped = ({ calls }: FakeContext): boolean => calls.some((call) => call.startsWith('stacks.deleteChangeSet('))

describe('a stack that is to go and come back', () => {
  it('comes back with every parameter that it has, also those that no variable sets', async () => {
    const successor = await prepareCycle(cycling({ parameters: size, stack: standing }))
    // As it is after the teardown.
    const after = { ...cycling({ parameters: size, stack: undefined }), predecessor: successor.predecessor ?? {} }
    expect((await gatherFacts(after, false)).inputs.parameters).toMatchObject({ Size: '7' })
  })

  it.each([
    ['without a default is refused', '', 'Refused'],
    ['with one begins with it, and that is said', ', Default: none', undefined],
  ])('and has a secret %s', async (_what, fallback, code) => {
    const parameters = `  Key: {Type: String, NoEcho: true${fallback}}\n`
    const context = cycling({ parameters, stack: fakeStack({ parameters: { ...own, Key: '****' } }) })
    const work = prepareCycle(context)
    if (code === undefined) {
      const { predecessor = {} } = await work
      const after = { ...cycling({ parameters, stack: undefined }), predecessor }
      expect((await gatherFacts(after, false)).inputs.parameters).toMatchObject({ Key: 'none' })
      expect(JSON.stringify(context.events)).toContain('the new one begins with the default')
    } else {
      const error = await rejectedBy(work)
      expect([error.code, error.message]).toEqual([code, expect.stringContaining('Key cannot be read back')])
    }
  })

  it('is judged while it stands: a template that names another target is refused, and its change set dropped', async () => {
    const context = cycling({ parameters: size, stack: standing, key: 'theirs' })
    const error = await rejectedBy(prepareCycle(context))
    expect([error.code, error.message]).toEqual(['Refused', expect.stringContaining('reaches beyond dev/myorg')])
    expect(dropped(context)).toBe(true)
    const good = cycling({ parameters: size, stack: standing })
    await prepareCycle(good)
    expect(dropped(good)).toBe(true)
  })

  it('is waited for while an operation runs, and judged then', async () => {
    const context = cycling({ parameters: size, stack: standing, key: 'theirs', busy: ['UPDATE_IN_PROGRESS'] })
    expect((await rejectedBy(prepareCycle(context))).message).toContain('reaches beyond dev/myorg')
    expect(JSON.stringify(context.events)).toContain('waiting for that to end')
  })

  it('has its built template judged where CloudFormation plans nothing', async () => {
    const stuck = fakeStack({ ...standing, status: 'UPDATE_ROLLBACK_FAILED' })
    const context = cycling({ parameters: size, stack: stuck, key: 'theirs' })
    expect((await rejectedBy(prepareCycle(context))).message).toContain('reaches beyond dev/myorg')
    await prepareCycle(cycling({ parameters: size, stack: stuck }))
  })

  it('takes nothing for the parameters that never applied, once it is gone', async () => {
    const inputs = (Size: string): Receipt['inputs'] => ({ ...receipt.inputs, parameters: { ...own, Size } })
    const live = stored(1, { inputs: inputs('live') })
    const failed = stored(2, { outcome: 'failed', inputs: inputs('failed') })
    const removed = stored(3, { outcome: 'removed', inputs: inputs('failed') })
    const after = async (objects: Record<string, string>, stack?: Stack): Promise<unknown> =>
      (await prepareCycle(cycling({ parameters: size, stack, objects }))).predecessor?.['Size']
    expect(await after({ ...live, ...failed, ...removed })).toBe('live')
    const told = stored(3, { outcome: 'removed', inputs: inputs('failed'), parameters: { ...own, Size: 'gone' } })
    expect(await after({ ...live, ...failed, ...told })).toBe('gone')
    const remains = fakeStack({ status: 'ROLLBACK_COMPLETE', parameters: { ...own, Size: 'remains' } })
    expect(await after({ ...live, ...failed, ...told }, remains)).toBe('gone')
  })

  it('hands on what ALLOW_DATA_LOSS was good for, so that nobody is refused or asked for it once the stack is gone', async () => {
    const inputs = { ALLOW_DATA_LOSS: 'Topic' }
    const successor = await prepareCycle(
      cycling({ parameters: size, stack: fakeStack({ ...standing, status: 'UPDATE_FAILED' }), inputs }),
    )
    expect(successor).toMatchObject({ usedUp: ['Topic'], typed: { losses: [], opening: true } })
  })
})
