import type { Receipt } from '../../scripts/core/receipt.js'
import type { Released } from '../../scripts/flows/release/release-code.js'
import type { Functions, Stack, StackEvent, Stacks, UserPools } from '../../scripts/ports.js'
import { type FakeContext, fakeContext, fakeStack } from './fake-context.js'
import { type Calls, fakePort, memoryBuckets, memoryFiles } from './fake-ports.js'

export const deploymentsBucket = 'rawscribe-sam-deployments-123456789012'
/** Where the receipt of a release lies. */
export const place = (release: number): string =>
  `${deploymentsBucket}/rawscribe-dev-myorg/releases/${String(release).padStart(6, '0')}.json`
const { arn } = fakeStack()
export const receipt: Receipt = {
  format: 1,
  release: 1,
  command: 'rs-deploy',
  outcome: 'live',
  at: '1970-01-01T00:01:00.000Z',
  durationMs: 20_000,
  who: 'me@here',
  inputs: { template: 't', code: 'c', config: 'g', parameters: {}, place: 'p', tool: '1' },
  stack: { arn, changedAt: 'then' },
}
/** The release of a function that answers health questions and whose traffic moved from version 7 to 8. */
export const released: Released = {
  ...{ logicalId: 'F', name: 'f', alias: 'live', version: '8', codeSha256: 'new', before: '7' },
  ...{ moved: true, updated: true, answersHealth: { saysVersion: true } },
}
/** A receipt as it lies in the bucket. */
export const stored = (release: number, over: Partial<Receipt> = {}): Record<string, string> => ({
  [place(release)]: JSON.stringify({ ...receipt, release, ...over }),
})

interface World {
  objects?: Record<string, string>
  stack?: Stack | undefined
  events?: Record<string, StackEvent[]>
  files?: Record<string, string>
  over?: Partial<Stacks>
}

/** dev/myorg with these objects in its buckets, this stack and these events by stack. */
export function ledgerWorld({ objects = {}, stack, events = {}, files = {}, over = {} }: World): FakeContext {
  const stacks: Partial<Stacks> = {
    describe: async () => stack,
    eventsBackTo: async (which, isEnough) => {
      const all = events[which] ?? []
      const from = all.findLastIndex((one) => isEnough(one))
      return all.slice(Math.max(0, from))
    },
    resources: async () => [],
    ...over,
  }
  return fakeContext({
    ports: (calls: Calls) => ({
      buckets: memoryBuckets(objects, calls, async () => 'absent'),
      stacks: fakePort<Stacks>('stacks', stacks, calls),
      files: memoryFiles(files, calls),
      functions: fakePort<Functions>('functions', { alias: async () => undefined }, calls),
      userPools: fakePort<UserPools>('userPools', { findByName: async () => [] }, calls),
    }),
  })
}
