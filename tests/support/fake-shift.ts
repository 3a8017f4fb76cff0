import { proxyEvent } from '../../scripts/core/api-paths.js'
import type { Receipt } from '../../scripts/core/receipt.js'
import type { VersionFigures } from '../../scripts/core/shift-gates.js'
import type { Shift } from '../../scripts/core/shift.js'
import { readStrategy } from '../../scripts/core/strategy.js'
import { DeployError } from '../../scripts/errors.js'
import { shiftTraffic } from '../../scripts/flows/shift/shift-traffic.js'
import type {
  FunctionAlias,
  Functions,
  Http,
  Logs,
  Metrics,
  Shell,
  StackResource,
  Stacks,
} from '../../scripts/ports.js'
import { type FakeContext, fakeContext, fakeStack, fakeStep } from './fake-context.js'
import { deploymentsBucket, place, stored } from './fake-ledger.js'
import { rejectedBy } from './failures.js'
import { fakePort, memoryBuckets } from './fake-ports.js'

export const journal = `${deploymentsBucket}/locks/rawscribe-dev-myorg.shift.json`
export const canary = 'LambdaCanary10Percent5Minutes'
export const names = ['f', 'g']
export const watched = names.map((name) => ({
  logicalId: name.toUpperCase(),
  name,
  alias: 'live',
  from: '7',
  to: '8',
  check: { event: proxyEvent('/health', 'dev'), expects: 'health' as const },
}))

export interface World {
  objects?: Record<string, string>
  aliases?: Record<string, FunctionAlias>
  /** Errors of the new version, asked anew each time. */
  figures?: () => VersionFigures
  alarm?: () => boolean
  healthy?: () => boolean
  /** What the API answers to the health path. */
  overHttp?: () => { status: number; version?: string } | undefined
  /** Called before every write of an alias. */
  onMove?: (name: string) => void
  signal?: AbortSignal
  inputs?: Record<string, string>
}

export interface Shifting extends FakeContext {
  aliases: Record<string, FunctionAlias>
  objects: Record<string, string>
  shift(): Shift
}

/** Two functions that serve version 7, and Lambda's refusal of a revision that is not the alias's own. */
export function world(given: World = {}): Shifting {
  const {
    objects = {},
    figures = () => ({ invocations: 0, errors: 0, p95Ms: undefined }),
    onMove = () => undefined,
  } = given
  const { alarm = () => false, healthy = () => true, overHttp = () => ({ status: 200, version: '7' }) } = given
  const aliases =
    given.aliases ?? Object.fromEntries(names.map((name) => [name, { version: '7', revisionId: 'r0', weights: {} }]))
  let revisions = 0
  const functions: Partial<Functions> = {
    state: async (name, version = '$LATEST') => ({
      ...{ name, version, codeSha256: `code of ${version}`, revisionId: 'r' },
      ...{ state: 'Active', lastUpdateStatus: 'Successful', reason: undefined },
    }),
    alias: async (name) => aliases[name],
    moveAlias: async (name, _alias, version, revisionId, weights = {}) => {
      onMove(name)
      if (aliases[name]?.revisionId !== revisionId) throw new DeployError('StackState', 'changed by something else')
      revisions += 1
      aliases[name] = { version, revisionId: `r${revisions}`, weights }
      return aliases[name]
    },
    invoke: async (_name, version) => ({
      failed: false,
      payload: JSON.stringify({
        statusCode: version === '8' && !healthy() ? 500 : 200,
        body: JSON.stringify({ status: version === '8' && !healthy() ? 'sick' : 'healthy', version }),
      }),
      logTail: '',
    }),
  }
  const metrics: Partial<Metrics> = {
    figures: async (questions) =>
      questions.map(({ version }) => (version === '8' ? figures() : { invocations: 90, errors: 0, p95Ms: 10 })),
    alarmsOn: async (asked) => (alarm() ? asked.map((name) => ({ name, reason: 'too many' })) : []),
  }
  const context = fakeContext({
    ...(given.signal === undefined ? {} : { signal: given.signal }),
    inputs: given.inputs ?? {},
    command: 'rs-deploy-function',
    ports: (calls) => ({
      functions: fakePort<Functions>('functions', functions, calls),
      buckets: memoryBuckets(objects, calls),
      metrics: fakePort<Metrics>('metrics', metrics, calls),
      stacks: fakePort<Stacks>(
        'stacks',
        { resources: async () => resources, describe: async () => stack, template: async () => template },
        calls,
      ),
      shell: fakePort<Shell>('shell', { run: async () => ({ exitCode: 1, output: '' }) }, calls),
      logs: fakePort<Logs>('logs', { lastLines: async () => [] }, calls),
      http: fakePort<Http>('http', { get: async () => httpAnswer(overHttp()) }, calls),
    }),
  })
  return { ...context, aliases, objects, shift: () => JSON.parse(objects[journal] ?? '') as Shift }
}

const standing = (logicalId: string, physicalId: string, type: string): StackResource => ({
  ...{ logicalId, physicalId, type: `AWS::${type}`, status: 'CREATE_COMPLETE' },
})
const aliasArn = (name: string): string => `arn:aws:lambda:eu-west-1:123456789012:function:${name}:live`
const resources = [
  standing('A', 'an-alarm', 'CloudWatch::Alarm'),
  ...names.flatMap((name) => [
    standing(name.toUpperCase(), name, 'Lambda::Function'),
    standing(`${name.toUpperCase()}Alias`, aliasArn(name), 'Lambda::Alias'),
  ]),
]
const template = JSON.stringify({
  Resources: Object.fromEntries(
    names.flatMap((name): [string, object][] => {
      const id = name.toUpperCase()
      const alias = { Name: 'live', FunctionName: { Ref: id }, FunctionVersion: '$LATEST' }
      return [
        [id, { Type: 'AWS::Lambda::Function' }],
        [`${id}Alias`, { Type: 'AWS::Lambda::Alias', Properties: alias }],
        [`${id}Api`, { Type: 'AWS::ApiGateway::RestApi', Properties: { Body: { paths: { '/health': { Ref: id } } } } }],
      ]
    }),
  ),
})

// As the release before it left it.
const stack = fakeStack({ changedAt: 'then', outputs: { ApiEndpoint: 'https://api.example.org/dev' } })

function httpAnswer(given: { status: number; version?: string } | undefined): Awaited<ReturnType<Http['get']>> {
  if (given === undefined) return undefined
  const { status, version } = given
  return { status, headers: {}, body: JSON.stringify({ status: status === 200 ? 'healthy' : 'sick', version }) }
}

export const shift = (context: FakeContext, strategy = canary, left?: Shift) =>
  shiftTraffic(watched, readStrategy(strategy), left, fakeStep(), context)
export const shares = ({ calls }: FakeContext): number => calls.filter((call) => call.includes('moveAlias')).length
export const serving = ({ aliases }: Shifting): unknown =>
  names.map((name) => ({ version: aliases[name]?.version, weights: aliases[name]?.weights }))
export const old = names.map(() => ({ version: '7', weights: {} }))
export const shared = names.map(() => ({ version: '7', weights: { 8: 0.1 } }))
export const whole = names.map(() => ({ version: '8', weights: {} }))

const functionsAt = (version: string): Receipt['functions'] =>
  Object.fromEntries(
    names.map((name) => [name.toUpperCase(), { name, alias: 'live', version, codeSha256: `code of ${version}` }]),
  )
/** The release that the shift began after. */
export const before = stored(1, { functions: functionsAt('7') })
export const receiptOf = ({ objects }: Shifting, release: number): Receipt | undefined => {
  const text = objects[place(release)]
  return text === undefined ? undefined : (JSON.parse(text) as Receipt)
}

/** A run that is stopped in its first wait: the requests are shared by then. */
export function stopping(): Shifting {
  const stop = new AbortController()
  const context = world({ signal: stop.signal })
  const { sleep } = context.clock
  context.clock.sleep = async (ms, signal) => {
    stop.abort(new DeployError('Interrupted', 'stopped on request'))
    await sleep(ms, signal)
  }
  return context
}

/** What a killed run left: a journal, and requests shared. */
export async function killed(given: World = {}): Promise<Shifting> {
  const context = stopping()
  await rejectedBy(shift(context))
  return world({ ...given, objects: { ...context.objects, ...given.objects }, aliases: context.aliases })
}
