import { describe, expect, it } from '@jest/globals'
import { readMetrics } from '../../../scripts/flows/ledger/metrics.js'
import type { Shell } from '../../../scripts/ports.js'
import { deploymentsBucket, ledgerWorld, receipt } from '../../support/fake-ledger.js'
import { fakePort } from '../../support/fake-ports.js'

const commit = 'a'.repeat(40)
const at = (stack: string, release: number): string => `${deploymentsBucket}/${stack}/releases/00000${release}.json`
const stored = JSON.stringify({ ...receipt, commit, at: '2025-01-01T00:01:00.000Z' })
const objects = {
  [at('rawscribe-dev-myorg', 1)]: stored,
  [at('rawscribe-dev-myorg', 2)]: '{"format":1',
  [at('rawscribe-dev-myorg2', 1)]: stored,
  [at('rawscribe-prod-myorg', 1)]: stored,
  [`${deploymentsBucket}/rawscribe-dev-myorg/artifacts/x.json`]: stored,
  [`${deploymentsBucket}/locks/rawscribe-dev-myorg.json`]: '{}',
}

type Which = Parameters<typeof readMetrics>[0]

async function read(which: Which, git = `${commit} ${Date.UTC(2025, 0, 1) / 1000}\nfatal: something else\n`) {
  const context = ledgerWorld({ objects })
  const asked: (readonly string[])[] = []
  const run: Shell['run'] = async ({ args }) => {
    asked.push(args)
    return { exitCode: 0, output: git }
  }
  const shell = fakePort<Shell>('shell', { run })
  return { asked, ...(await readMetrics(which, { ...context, ports: { ...context.ports, shell } })) }
}
const names = ({ targets }: Awaited<ReturnType<typeof read>>): string[] =>
  targets.map(({ target }) => `${target.env}/${target.org}`)

describe('reading metrics', () => {
  it('finds every target in the ledger, whether its stack is there or not', async () => {
    const found = await read({ env: undefined, org: undefined })
    expect(names(found)).toEqual(['dev/myorg', 'dev/myorg2', 'prod/myorg'])
    expect(found.total).toMatchObject({ deployments: 3, leadTime: { count: 3, p50: 60_000 } })
    expect(found.targets[0]?.unreadable).toEqual([expect.stringContaining('000002.json')])
  })

  it('reads one environment, one organization everywhere, or one target', async () => {
    expect(names(await read({ env: 'dev', org: undefined }))).toEqual(['dev/myorg', 'dev/myorg2'])
    expect(names(await read({ env: undefined, org: 'myorg' }))).toEqual(['dev/myorg', 'prod/myorg'])
    expect(names(await read({ env: 'dev', org: 'myorg' }))).toEqual(['dev/myorg'])
    expect(names(await read({ env: 'test', org: 'nobody' }))).toEqual([])
  })

  it('asks git once for each commit, and goes without the lead time where git does not know it', async () => {
    const found = await read({ env: undefined, org: undefined }, '')
    expect(found.asked).toHaveLength(1)
    expect(found.asked[0]?.filter((word) => word === commit)).toHaveLength(1)
    expect(found.total.leadTime).toEqual({ count: 0, p50: undefined, p95: undefined })
  })
})
