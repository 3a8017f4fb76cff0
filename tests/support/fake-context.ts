import type { Cloud } from '../../scripts/core/cloud.js'
import type { Inputs } from '../../scripts/core/inputs.js'
import { namesOf } from '../../scripts/core/names.js'
import { ownProject } from '../../scripts/core/project.js'
import type { Target } from '../../scripts/core/target.js'
import type { TargetContext } from '../../scripts/flows/context.js'
import type { Ports, Stack } from '../../scripts/ports.js'
import type { Event, Mark } from '../../scripts/report/events.js'
import { type Step, makeReport } from '../../scripts/report/report.js'
import { type FakeClock, fakeClock } from './fake-clock.js'
import { type Calls, fakePort, memoryFiles } from './fake-ports.js'

export const account = '123456789012'

export interface FakeStep extends Step {
  /** The last `say` or `skip`. */
  closing: string
  skipped: boolean
  lines: { mark: Mark; text: string }[]
  progressed: string[]
}

export function fakeStep(): FakeStep {
  const step: FakeStep = {
    closing: '',
    skipped: false,
    lines: [],
    progressed: [],
    say: (text) => Object.assign(step, { closing: text, skipped: false }),
    skip: (text) => Object.assign(step, { closing: text, skipped: true }),
    progress: (text) => void step.progressed.push(text),
    line: (mark, text) => void step.lines.push({ mark, text }),
    detail: () => undefined,
  }
  return step
}

export interface FakeContext extends TargetContext {
  clock: FakeClock
  /** Every call of every port, in order. */
  calls: Calls
  events: Event[]
}

export interface ContextOptions {
  clock?: FakeClock
  target?: Target
  inputs?: Inputs
  cloud?: Partial<Cloud>
  signal?: AbortSignal
  command?: string
  /** The ports that the test expects to be used, made with the shared list of calls. */
  ports?: (calls: Calls) => Partial<Ports>
}

const portNames = [
  ...(['shell', 'prompts', 'http', 'toolchain', 'emulator', 'app', 'watcher', 'stacks'] as const),
  ...(['functions', 'buckets', 'userPools', 'account', 'logs', 'tables', 'cdn', 'metrics', 'images'] as const),
]

/** A context of dev/myorg on AWS whose ports all refuse to be called, but for those given. */
export function fakeContext(options: ContextOptions = {}): FakeContext {
  const { target = { env: 'dev', org: 'myorg' }, inputs = {}, ports = () => ({}) } = options
  const clock = options.clock ?? fakeClock()
  const calls: Calls = []
  const events: Event[] = []
  const refusing = Object.fromEntries(portNames.map((name) => [name, fakePort(name, {}, calls)])) as unknown as Ports
  const report = makeReport([(event) => void events.push(event)], clock)
  const cloud: Cloud = { kind: 'aws', region: 'eu-west-1', account, endpoint: undefined, ...options.cloud }
  const context: FakeContext = {
    clock,
    calls,
    events,
    ports: { ...refusing, files: memoryFiles({}, calls), clock, ...ports(calls) },
    report,
    inputs,
    project: ownProject,
    signal: options.signal ?? new AbortController().signal,
    toolFolder: '/tool',
    projectFolder: '/project',
    nodeProgram: '/usr/bin/node',
    nodeVersion: '20.19.0',
    childEnv: { PATH: '/bin' },
    pid: 4711,
    ciRun: undefined,
    who: 'me@here',
    started: clock.now(),
    command: options.command ?? 'rs-deploy',
    connect: async () => context,
    cloud,
    cloudEnv: async () => ({}),
    target,
    names: namesOf(target, account, ownProject),
  }
  return context
}

/** A stack of dev/myorg that stands and is healthy, but for what is given. */
export function fakeStack(over: Partial<Stack> = {}): Stack {
  return {
    arn: 'arn:aws:cloudformation:eu-west-1:123456789012:stack/rawscribe-dev-myorg/1',
    name: 'rawscribe-dev-myorg',
    status: 'UPDATE_COMPLETE',
    statusReason: undefined,
    changedAt: '2025-01-01T00:00:00.000Z',
    outputs: {},
    parameters: {},
    terminationProtected: false,
    ...over,
  }
}
