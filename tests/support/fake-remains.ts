import type { BucketPresence } from '../../scripts/core/buckets-plan.js'
import type { Inputs } from '../../scripts/core/inputs.js'
import type { StackStatus } from '../../scripts/core/stack-state.js'
import type { Environment } from '../../scripts/core/target.js'
import type {
  Buckets,
  Logs,
  Prompts,
  Shell,
  Stack,
  StackEvent,
  StackResource,
  Stacks,
  UserPools,
} from '../../scripts/ports.js'
import type { Tables } from '../../scripts/ports/tables.js'
import { type FakeContext, fakeContext, fakeStack } from './fake-context.js'
import { fakePort } from './fake-ports.js'

const arn = fakeStack().arn

export interface World {
  env?: Environment
  inputs?: Inputs
  stack?: Partial<Stack>
  resources?: StackResource[]
  policies?: Record<string, string>
  /** What is in nested stacks, by ARN; nothing of it is kept. */
  nested?: Record<string, StackResource[]>
  /** What the deletion of the stack ends in, and its events. */
  ends?: StackStatus
  events?: Partial<StackEvent>[]
  /** Bucket to keys. */
  buckets?: Record<string, string[]>
  presence?: Record<string, BucketPresence>
  pools?: Record<string, { name: string; users: string[]; protected?: boolean }>
  /** Table to number of items. */
  tables?: Record<string, number>
  clients?: string[]
  answer?: string
  logGroups?: string[]
  /** Texts in the deployments bucket, by key. */
  receipts?: Record<string, string>
}

/** A cloud in memory, of which only what a take-down uses is there. */
export function worldOf(world: World): FakeContext & { world: Required<Pick<World, 'buckets' | 'pools'>> } {
  const { buckets = {}, pools = {}, resources = [], receipts = {} } = world
  let status: StackStatus | undefined =
    world.stack === undefined ? undefined : (world.stack.status ?? 'CREATE_COMPLETE')
  let deleted = false
  const stacks: Partial<Stacks> = {
    describe: async (name) =>
      status === undefined || (status === 'DELETE_COMPLETE' && name !== arn)
        ? undefined
        : fakeStack({ ...world.stack, status }),
    resources: async (name) => world.nested?.[name] ?? resources,
    template: async (name) =>
      JSON.stringify({
        Resources: Object.fromEntries(
          (world.nested?.[name] ?? resources).map(({ logicalId, type }) => [
            logicalId,
            { Type: type, ...(world.policies?.[logicalId] && { DeletionPolicy: world.policies[logicalId] }) },
          ]),
        ),
      }),
    lastEventId: async () => 'e0',
    eventsSince: async (_arn, after) => {
      if (!deleted || after !== 'e0') return []
      const closing = { id: 'end', logicalId: 'stack', physicalId: arn, status }
      return [...(world.events ?? []), closing] as StackEvent[]
    },
    allowTermination: async () => undefined,
    deleteStack: async () => {
      deleted = true
      status = world.ends ?? 'DELETE_COMPLETE'
    },
  }
  const bucketPort: Partial<Buckets> = {
    presence: async (bucket) => world.presence?.[bucket] ?? (buckets[bucket] === undefined ? 'absent' : 'ours'),
    keys: async (_bucket, prefix) => Object.keys(receipts).filter((key) => key.startsWith(prefix)),
    read: async (_bucket, key) => (receipts[key] === undefined ? undefined : { text: receipts[key], etag: 'e' }),
    readDated: async () => undefined,
    putNew: async (_bucket, key, text) => {
      if (receipts[key] !== undefined) return undefined
      receipts[key] = text
      return 'e'
    },
    removeIf: async (_bucket, key) => Reflect.deleteProperty(receipts, key),
    versions: async (bucket, prefix) => ({
      versions: (buckets[bucket] ?? [])
        .filter((key) => key.startsWith(prefix))
        .slice(0, 2)
        .map((key) => ({ key, versionId: '1', bytes: 1, latest: true, deleteMarker: false })),
      next: undefined,
    }),
    removeVersions: async (bucket, versions) => {
      buckets[bucket] = (buckets[bucket] ?? []).filter((key) => !versions.some((one) => one.key === key))
    },
    removeBucket: async (bucket) => Reflect.deleteProperty(buckets, bucket),
  }
  const userPools: Partial<UserPools> = {
    findByName: async (name) => Object.keys(pools).filter((id) => pools[id]!.name === name),
    clientsByName: async () => world.clients ?? ['client'],
    look: async (id) =>
      pools[id] === undefined
        ? undefined
        : { name: pools[id].name, protected: pools[id].protected === true, domains: ['sign-in'] },
    usernames: async (id) => pools[id]!.users,
    liftProtection: async () => undefined,
    removeUser: async () => undefined,
    removeDomain: async () => undefined,
    removePool: async (id) => void Reflect.deleteProperty(pools, id),
  }
  const tables: Partial<Tables> = {
    countItems: async (name) => ({ items: world.tables?.[name] ?? 0, next: undefined }),
  }
  const shell: Partial<Shell> = { run: async () => ({ exitCode: 128, output: '' }) }
  const ask = async (): Promise<string> => world.answer ?? ''
  const prompts: Prompts = { interactive: world.answer !== undefined, ask, askHidden: ask }
  const logs: Partial<Logs> = {
    hasGroup: async (name) => world.logGroups?.includes(name) === true,
    removeGroup: async () => undefined,
  }
  const context = fakeContext({
    target: { env: world.env ?? 'dev', org: 'myorg' },
    inputs: world.inputs ?? { YES: 'true' },
    command: 'rs-nuke-all',
    ports: (calls) => ({
      stacks: fakePort<Stacks>('stacks', stacks, calls),
      buckets: fakePort<Buckets>('buckets', bucketPort, calls),
      userPools: fakePort<UserPools>('userPools', userPools, calls),
      logs: fakePort<Logs>('logs', logs, calls),
      tables: fakePort<Tables>('tables', tables, calls),
      shell: fakePort<Shell>('shell', shell),
      prompts,
    }),
  })
  return { ...context, world: { buckets, pools } }
}

/** A resource of the stack that stands. */
export const resource = (logicalId: string, type: string, physicalId: string): StackResource => ({
  logicalId,
  type,
  physicalId,
  status: 'CREATE_COMPLETE',
})

/** The target's own pool. */
export const own = { name: 'rawscribe-dev-myorg-userpool', users: ['a', 'b'] }
