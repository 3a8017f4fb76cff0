import { type StackStatus, stackStates } from '../../scripts/core/stack-state.js'
import type { Buckets, Prompts, Stack, StackEvent, StackResource, Stacks, UserPools } from '../../scripts/ports.js'
import type { Target } from '../../scripts/core/target.js'
import type { Inputs } from '../../scripts/core/inputs.js'
import { type FakeContext, fakeContext, fakeStack } from './fake-context.js'
import { fakePort, memoryBuckets } from './fake-ports.js'

export const allStatuses = Object.keys(stackStates) as StackStatus[]

export interface Script {
  /** The states that the stack is in, one look after the other; the last one stays. Undefined: there is none. */
  states: (StackStatus | undefined)[]
  stack?: Partial<Stack>
  resources?: StackResource[]
  /** Its events, by the ARN of their stack, oldest first. */
  history?: Record<string, StackEvent[]>
  /** Bucket to number of objects. */
  buckets?: Record<string, number>
  /** Pool to number of users. */
  pools?: Record<string, number>
  /** Events of resources that come with the first look at events. */
  events?: StackEvent[]
  over?: Partial<Stacks>
  target?: Target
  inputs?: Inputs
  command?: string
  answer?: string
}

/** A context whose stack goes through these states; its closing event comes with each of them. */
export function scriptedStack(script: Script): FakeContext {
  const { states, resources = [], history = {}, buckets = {}, pools = {}, events = [] } = script
  const left = [...states]
  const fresh = [...events]
  let now: StackStatus | undefined
  let told = 0
  const { arn } = fakeStack(script.stack)
  const stacks: Partial<Stacks> = {
    describe: async () => {
      now = left.length > 1 ? left.shift() : left[0]
      return now === undefined
        ? undefined
        : fakeStack({ statusReason: `reason of ${now}`, ...script.stack, status: now })
    },
    resources: async () => resources,
    eventsBackTo: async (which, isEnough) => {
      const told = history[which] ?? []
      return told.slice(Math.max(0, told.map(isEnough).lastIndexOf(true)))
    },
    template: async () => JSON.stringify({ Resources: {} }),
    deleteStack: async () => undefined,
    allowTermination: async () => undefined,
    continueRollback: async () => undefined,
    rollBack: async () => undefined,
    lastEventId: async () => 'e0',
    eventsSince: async () => {
      const closing = { id: `e${++told}`, at: new Date(told), stackName: 's', logicalId: 'stack', physicalId: arn }
      const type = 'AWS::CloudFormation::Stack'
      return [...fresh.splice(0), { ...closing, type, status: now ?? '', reason: undefined }]
    },
    ...script.over,
  }
  const versions: Buckets['versions'] = async (bucket) => ({
    versions: Array.from({ length: buckets[bucket] ?? 0 }, (_one, i) => ({
      key: `k${i}`,
      versionId: '1',
      bytes: 1,
      latest: true,
      deleteMarker: false,
    })),
    next: undefined,
  })
  const objects: Record<string, string> = {}
  const absent: Buckets['presence'] = async () => 'absent'
  const lock: Partial<Buckets> = { removeIf: async () => true, readDated: async () => undefined }
  const userPools: Partial<UserPools> = {
    look: async (id) => (pools[id] === undefined ? undefined : { name: id, protected: false, domains: [] }),
    countUsers: async (id) => ({ users: pools[id] ?? 0, next: undefined }),
    findByName: async () => [],
  }
  const prompts: Prompts = {
    interactive: script.answer !== undefined,
    askHidden: async () => '',
    ask: async () => script.answer ?? '',
  }
  return fakeContext({
    target: script.target ?? { env: 'dev', org: 'myorg' },
    inputs: script.inputs ?? { YES: 'true' },
    ...(script.command === undefined ? {} : { command: script.command }),
    ports: (calls) => ({
      stacks: fakePort<Stacks>('stacks', stacks, calls),
      buckets: fakePort<Buckets>('buckets', {
        ...memoryBuckets(objects, [], absent),
        ...lock,
        presence: absent,
        versions,
      }),
      userPools: fakePort<UserPools>('userPools', userPools, calls),
      prompts,
    }),
  })
}

export function eventOf(
  logicalId: string,
  status: string,
  reason?: string,
  over: Partial<StackEvent> = {},
): StackEvent {
  const common = { at: new Date(0), stackName: 's', physicalId: undefined, type: 'AWS::X' }
  return { id: `${logicalId} ${status}`, logicalId, status, reason, ...common, ...over }
}

/** The calls that change something, in order. */
export function writesOf(context: FakeContext): string[] {
  return context.calls.filter((call) =>
    /\.(put|create|execute|delete|update|remove|allow|protect|continue|rollBack)/.test(call),
  )
}

export function resourceOf(
  logicalId: string,
  type: string,
  status: string,
  over: Partial<StackResource> = {},
): StackResource {
  return { logicalId, type, status, physicalId: logicalId.toLowerCase(), ...over }
}
