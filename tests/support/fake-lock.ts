import type { Buckets } from '../../scripts/ports.js'
import { type FakeContext, fakeContext } from './fake-context.js'
import { type FakeClock, fakeClock } from './fake-clock.js'
import { fakePort } from './fake-ports.js'

export const key = 'locks/rawscribe-dev-myorg.json'

interface Stored {
  text: string
  etag: string
  modifiedAt: Date
}

/** One object in a bucket that keeps conditions as S3 does, by the clock of the test. */
export class LockObject {
  stored: Stored | undefined
  private count = 0

  constructor(private readonly clock: FakeClock) {}

  put(text: string): string {
    this.stored = { text, etag: `e${++this.count}`, modifiedAt: this.clock.now() }
    return this.stored.etag
  }

  port(over: Partial<Buckets> = {}): Partial<Buckets> {
    return {
      putNew: async (_bucket, _key, text) => (this.stored === undefined ? this.put(text) : undefined),
      replace: async (_bucket, _key, text, etag) => (this.stored?.etag === etag ? this.put(text) : undefined),
      readDated: async () => this.stored && { ...this.stored, serverNow: this.clock.now() },
      removeIf: async (_bucket, _key, etag) => {
        if (this.stored?.etag !== etag) return false
        this.stored = undefined
        return true
      },
      ...over,
    }
  }
}

export const journal = {
  etag: 'e',
  text: JSON.stringify({
    ...{ format: 1, owner: 'theirs', who: 'maria@laptop', pid: 1, command: 'rs-deploy', since: 'today' },
    ...{ strategy: 'LambdaCanary10Percent30Minutes', step: 0, percent: 10 },
    functions: [{ logicalId: 'F', name: 'f', alias: 'live', from: '7', to: '8' }],
  }),
}

export const lockOf = (facts: object): string =>
  JSON.stringify({
    format: 1,
    nonce: 'theirs',
    holder: 'maria@laptop',
    pid: 1,
    command: 'rs-deploy',
    since: '2025-01-01T00:00:00.000Z',
    manual: false,
    ...facts,
  })

export function lockWorld(
  inputs: object = {},
  over: Partial<Buckets> = {},
): { context: FakeContext; object: LockObject } {
  const clock = fakeClock()
  const object = new LockObject(clock)
  const context = fakeContext({
    inputs,
    clock,
    ports: (calls) => ({ buckets: fakePort<Buckets>('buckets', object.port(over), calls) }),
  })
  return { context, object }
}
