import { describe, expect, it } from '@jest/globals'
import type { Inputs } from '../../../scripts/core/inputs.js'
import { pruneArtifacts } from '../../../scripts/flows/ledger/prune-artifacts.js'
import type { Buckets, VersionPlace } from '../../../scripts/ports.js'
import { type FakeContext, fakeContext } from '../../support/fake-context.js'
import { deploymentsBucket, place, stored } from '../../support/fake-ledger.js'
import { memoryBuckets } from '../../support/fake-ports.js'

const prefix = 'rawscribe-dev-myorg/artifacts/'
const url = (name: string): string => `https://s3.eu-west-1.amazonaws.com/${deploymentsBucket}/${prefix}${name}`
const address = (name: string): string => `s3://${deploymentsBucket}/${prefix}${name}`
const dayMs = 24 * 60 * 60_000

/** Two releases: the newer one nests a stack, whose code only the nested template names. */
const objects: Record<string, string> = {
  ...stored(1, { artifacts: { F: address('code-1') }, packaged: address('1.template') }),
  ...stored(2, { artifacts: { F: address('code-2') }, packaged: address('2.template') }),
  ...stored(3, { outcome: 'failed' }),
  [`${deploymentsBucket}/${prefix}1.template`]: `CodeUri: ${address('code-1')}`,
  [`${deploymentsBucket}/${prefix}2.template`]: `CodeUri: ${address('code-2')}\nTemplateURL: ${url('inner.template')}`,
  [`${deploymentsBucket}/${prefix}inner.template`]: `CodeUri: {Bucket: b, Key: ${prefix}code.inner-2}`,
}
const names = ['1.template', '2.template', 'inner.template', 'code-1', 'code-2', 'code.inner-2', 'of-a-plan']

interface Given {
  inputs?: Inputs
  receipts?: Record<string, string>
  young?: string[]
  over?: Partial<Buckets>
}

function world({ inputs = {}, receipts = {}, young = [], over = {} }: Given): {
  context: FakeContext
  removed: string[]
} {
  const removed: string[] = []
  const context = fakeContext({
    inputs,
    ports: (calls) => ({ buckets: memoryBuckets({ ...objects, ...receipts }, calls) }),
  })
  const now = context.clock.now().getTime()
  const versions = names.map((name) => ({
    ...{ key: `${prefix}${name}`, versionId: '1', bytes: 1, latest: true, deleteMarker: false },
    modifiedAt: new Date(now - (young.includes(name) ? 0.9 : 1.1) * dayMs),
  }))
  Object.assign(context.ports.buckets, {
    // Two pages: what lies on the second is seen as well.
    versions: async (_bucket: string, _prefix: string, after?: VersionPlace) =>
      after === undefined
        ? { versions: versions.slice(0, 3), next: { key: 'x', versionId: '1' } }
        : { versions: versions.slice(3), next: undefined },
    removeVersions: async (bucket: string, gone: readonly VersionPlace[]) => {
      expect(bucket).toBe(deploymentsBucket)
      removed.push(...gone.map(({ key }) => key.slice(prefix.length)))
    },
    ...over,
  })
  return { context, removed }
}

describe('artifacts that no kept release needs', () => {
  it('are removed, and nothing that the kept ones name, in nested templates either', async () => {
    const { context, removed } = world({})
    await pruneArtifacts(5, context)
    expect(removed).toEqual(['of-a-plan'])
  })

  it('are those of releases that KEEP_VERSIONS no longer covers, too', async () => {
    const third = stored(4, { artifacts: { F: address('code-2') }, packaged: address('2.template') })
    const { context, removed } = world({ inputs: { KEEP_VERSIONS: '2' }, receipts: third })
    await pruneArtifacts(5, context)
    expect(removed).toEqual(['1.template', 'code-1', 'of-a-plan'])
  })

  it('stay while they are younger than a day: somebody may be about to use them', async () => {
    const { context, removed } = world({ young: ['of-a-plan'] })
    await pruneArtifacts(5, context)
    expect(removed).toEqual([])
  })

  it('stay where it cannot be told what is needed, or S3 refuses: that is said, and no failure', async () => {
    const broken = world({ receipts: { [place(4)]: '{ broken' } })
    const refused = world({ over: { removeVersions: async () => Promise.reject(new Error('Access Denied')) } })
    for (const { context, removed } of [broken, refused]) {
      await pruneArtifacts(5, context)
      expect(removed).toEqual([])
      expect(context.events).toEqual([expect.objectContaining({ type: 'warning' })])
    }
  })

  it.each<[string, number, Record<string, string>, string[]]>([
    ['are looked for at every fifth release only', 4, {}, []],
    ['not again where a deployment did it since', 8, stored(6), []],
    [
      'also where another command took the fifth number',
      7,
      stored(5, { command: 'rs-deploy-function' }),
      ['of-a-plan'],
    ],
    ['also where the deployment of that number failed', 7, stored(5, { outcome: 'failed' }), ['of-a-plan']],
  ])('%s', async (_case, release, receipts, expected) => {
    const nested = { artifacts: { F: address('code-2') }, packaged: address('2.template') }
    const given = Object.fromEntries(
      Object.entries(receipts).map(([key, text]) => [
        key,
        JSON.stringify({ ...(JSON.parse(text) as object), ...nested }),
      ]),
    )
    const { context, removed } = world({ receipts: given })
    await pruneArtifacts(release, context)
    expect(removed).toEqual(expected)
    // A deployment pays for what it has to know: at most four receipts where nothing is due.
    const reads = context.calls.filter((call) => call.includes('buckets.'))
    expect(expected.length > 0 || reads.length <= 4).toBe(true)
  })
})
