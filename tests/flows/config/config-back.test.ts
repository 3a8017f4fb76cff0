import { describe, expect, it } from '@jest/globals'
import type { Receipt } from '../../../scripts/core/receipt.js'
import { DeployError } from '../../../scripts/errors.js'
import { besideProved, configBack } from '../../../scripts/flows/config/config-back.js'
import type { FunctionAlias, Functions, Stacks } from '../../../scripts/ports.js'
import { type FakeContext, fakeContext, fakeStack } from '../../support/fake-context.js'
import { receipt } from '../../support/fake-ledger.js'
import { etagOf, fakePort, memoryBuckets } from '../../support/fake-ports.js'

const place = 'rawscribe-lambda-dev-myorg-123456789012/config.json'
const mine = '{"new":1}'
const before = '{"old":1}'
const template = {
  Resources: {
    F: { Type: 'AWS::Lambda::Function' },
    A: {
      Type: 'AWS::Lambda::Alias',
      Properties: { Name: 'live', FunctionName: { Ref: 'F' }, FunctionVersion: '$LATEST' },
    },
  },
}
const unhealthy = new DeployError('Unhealthy', 'version 8 failed its check before traffic')
const stackFailed = new DeployError('StackFailed', 'a resource failed')
const record = { strategy: 'S', percent: 10, ended: 'aborted' }
const abort = { cause: { shift: record, rollback: { outcome: 'healthy', versions: {}, attempts: 1 } } }
const aborted = new DeployError('Interrupted', 'aborted by maria', abort)
const stopped = new DeployError('Interrupted', 'stopped on request')

interface World {
  alias?: Partial<FunctionAlias>
  lying?: string
  signal?: AbortSignal
  over?: Partial<Functions>
}

function world({
  alias = {},
  lying = mine,
  signal,
  over = {},
}: World): FakeContext & { lies: () => string | undefined } {
  const objects = { [place]: lying }
  const serving = { version: '7', revisionId: 'r', weights: {}, ...alias }
  const resources = ['F', 'A'].map((logicalId) => ({
    logicalId,
    physicalId: logicalId === 'F' ? 'f' : 'arn:f:live',
    type: template.Resources[logicalId as 'F'].Type,
    status: 'CREATE_COMPLETE',
  }))
  const stacks: Partial<Stacks> = { template: async () => JSON.stringify(template), resources: async () => resources }
  const context = fakeContext({
    ...(signal === undefined ? {} : { signal }),
    ports: (calls) => ({
      buckets: memoryBuckets(objects, calls),
      stacks: fakePort<Stacks>('stacks', stacks, calls),
      functions: fakePort<Functions>('functions', { alias: async () => serving, ...over }, calls),
    }),
  })
  return Object.assign(context, { lies: () => objects[place] })
}

const begun = {
  stackArn: fakeStack().arn,
  served: new Map([['f', '7']]),
  astray: false,
  config: { stored: { etag: etagOf(mine), text: mine }, replaced: before },
}

describe('the configuration of a release that failed', () => {
  it.each([
    ['the check before traffic failed', unhealthy, {}],
    ['CloudFormation rolled back', stackFailed, {}],
    ['CloudFormation rolled back a stack that has no version yet', stackFailed, { alias: { version: '$LATEST' } }],
    ['somebody aborted the shift', aborted, {}],
  ])('goes back where %s', async (_case, error, given) => {
    const context = world(given)
    expect(await configBack(begun, error, context)).toBe(true)
    expect(context.lies()).toBe(before)
    expect(context.events).toContainEqual(expect.objectContaining({ type: 'step-ended', title: 'Config' }))
  })

  it.each([
    ['the new version serves', unhealthy, { alias: { version: '8' } }],
    ['requests are shared still', unhealthy, { alias: { weights: { 8: 0.1 } } }],
    ['requests reach the new code itself', unhealthy, { alias: { version: '$LATEST' } }],
    ['somebody took the shift over', stopped, {}],
    ['the run is stopped', unhealthy, { signal: AbortSignal.abort(stopped) }],
  ])('stays where %s', async (_case, error, given) => {
    const context = world(given)
    expect(await configBack(begun, error, context)).toBe(false)
    expect(context.lies()).toBe(mine)
  })

  it('stays, and that is told, where something else changed it since', async () => {
    const context = world({ lying: '{"theirs":1}' })
    expect(await configBack(begun, unhealthy, context)).toBe(false)
    expect(context.lies()).toBe('{"theirs":1}')
  })

  it('is not put back twice', async () => {
    const context = world({ lying: before })
    expect(await configBack(begun, unhealthy, context)).toBe(true)
    expect(context.calls.filter((call) => call.includes('replace'))).toEqual([])
  })

  it('hides no failure by one of its own', async () => {
    const over: Partial<Functions> = { alias: () => Promise.reject(new Error('no network')) }
    const context = world({ over })
    expect(await configBack(begun, unhealthy, context)).toBe(false)
    expect(context.events).toContainEqual(expect.objectContaining({ type: 'warning' }))
  })

  it('is left alone where the release changed none', async () => {
    const context = world({})
    expect(await configBack({ ...begun, config: { ...begun.config, replaced: undefined } }, unhealthy, context)).toBe(
      undefined,
    )
    expect(context.calls).toEqual([])
  })
})

describe('the configuration that goes back beside the version that was proved', () => {
  const proved = '{"proved":1}'
  const uploaded = { ...begun.config, replacedEtag: etagOf(before) }
  const config = { bucket: 'b', etag: etagOf(proved), versionId: `version of ${etagOf(proved)}` }
  /** Where a run that was killed had left its own, and a version that nothing proved. */
  async function back(over: Partial<Receipt>, astray = true): Promise<[boolean | undefined, string | undefined]> {
    const context = world({ lying: proved })
    const { buckets } = context.ports
    await buckets.read(place.split('/')[0]!, 'config.json')
    await buckets.put(place.split('/')[0]!, 'config.json', mine)
    const now = await besideProved(uploaded, { astray }, { ...receipt, ...over }, context)
    const restored = await configBack({ ...begun, astray, config: now }, unhealthy, context)
    return [restored, context.lies()]
  }

  it('is the one that its release had, and not the one that was left', async () => {
    expect(await back({ config })).toEqual([true, proved])
  })

  it.each<[string, Partial<Receipt>]>([
    ['it is not kept', { config: { ...config, versionId: 'gone' } }],
    ['no receipt names its version', {}],
  ])('is none where %s: what was uploaded stays, and that is what is said', async (_case, over) => {
    expect(await back(over)).toEqual([false, mine])
  })

  it('is what lay there where that is the same, or nothing was left elsewhere', async () => {
    expect(await back({ config: { bucket: 'b', etag: etagOf(before) } })).toEqual([true, before])
    expect(await back({ config }, false)).toEqual([true, before])
  })
})
