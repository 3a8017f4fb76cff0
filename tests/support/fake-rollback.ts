import { sha256, sha256Base64 } from '../../scripts/core/hash.js'
import type { Receipt } from '../../scripts/core/receipt.js'
import type { ChangeSetRequest, FunctionState, Functions, Http, Logs, Stacks } from '../../scripts/ports.js'
import { type FakeContext, fakeContext, fakeStack } from './fake-context.js'
import { deploymentsBucket, receipt, stored } from './fake-ledger.js'
import { etagOf, fakePort, memoryBuckets, memoryFiles } from './fake-ports.js'

const api = 'https://a.execute-api.eu-west-1.amazonaws.com/dev'
export const configPlace = 'rawscribe-lambda-dev-myorg-123456789012/config.json'
const artifact = `${deploymentsBucket}/rawscribe-dev-myorg/artifacts/code`
const proxied = { 'x-amazon-apigateway-integration': { uri: { 'Fn::Sub': '${A}' } } }
const templateOf = (text: string): string =>
  JSON.stringify({
    Description: text,
    Parameters: { EnableAuth: { Type: 'String' }, Key: { Type: 'String', NoEcho: true } },
    Resources: {
      F: { Type: 'AWS::Lambda::Function' },
      A: {
        Type: 'AWS::Lambda::Alias',
        Properties: { Name: 'live', FunctionName: { Ref: 'F' }, FunctionVersion: '$LATEST' },
      },
      Api: { Type: 'AWS::ApiGateway::RestApi', Properties: { Body: { paths: { '/health': { get: proxied } } } } },
    },
  })
export const templatePlace = (text: string): string =>
  `${deploymentsBucket}/rawscribe-dev-myorg/artifacts/${sha256(templateOf(text))}.template`

const codeOf = (version: string | number): Uint8Array => new TextEncoder().encode(`code ${version}`)
export const shaOf = (version: string | number): string => sha256Base64(codeOf(version))

/** Release 1 and 2 differ in everything. */
export const release = (number: number, over: Partial<Receipt> = {}): Record<string, string> => {
  const config = `{"title":"${number}"}`
  return {
    [templatePlace(`t${number}`)]: templateOf(`t${number}`),
    ...stored(number, {
      packaged: `s3://${templatePlace(`t${number}`)}`,
      artifacts: { F: `s3://${artifact}` },
      inputs: { ...receipt.inputs, parameters: { EnableAuth: String(number === 1), Key: '****' } },
      functions: { F: { name: 'f', alias: 'live', version: String(number), codeSha256: shaOf(number) } },
      config: { bucket: 'b', etag: etagOf(config), versionId: `version of ${etagOf(config)}` },
      ...over,
    }),
  }
}

export interface World {
  objects?: Record<string, string>
  /** The first release's configuration, where it is another one. */
  config?: string
  /** Whether a version is healthy. */
  healthy?: (version: string) => boolean
  /** What CloudFormation leaves in $LATEST. */
  brings?: string
  empty?: boolean
  fails?: boolean
  versions?: string[]
  /** Whose code Lambda hands out instead of the version's own. */
  other?: string
}

export interface Rolling extends FakeContext {
  objects: Record<string, string>
  serving: () => string
  requests: ChangeSetRequest[]
}

/** A stack at release 2, whose one function serves version 2. */
export async function world(given: World = {}): Promise<Rolling> {
  const { healthy = () => true, brings = shaOf(1), empty = false, fails = false, versions = ['1', '2'] } = given
  const objects: Record<string, string> = {
    [artifact]: 'zip',
    [configPlace]: given.config ?? '{"title":"1"}',
    ...release(1),
    ...release(2),
    ...given.objects,
  }
  const requests: ChangeSetRequest[] = []
  let [serving, latest, changedAt, told] = ['2', shaOf(2), 'then', 0]
  const state = (version: string, codeSha256: string): FunctionState => ({
    name: 'f',
    codeSha256,
    revisionId: 'r',
    version,
    state: 'Active',
    lastUpdateStatus: 'Successful',
    reason: undefined,
  })
  const answer = (version: string) => ({ status: healthy(version) ? 'healthy' : 'ill', version })
  const functions: Partial<Functions> = {
    state: async (_name, qualifier) =>
      qualifier === undefined
        ? state('$LATEST', latest)
        : versions.includes(qualifier)
          ? state(qualifier, shaOf(qualifier))
          : undefined,
    alias: async () => ({ version: serving, revisionId: 'a', weights: {} }),
    code: async (_name, version) => codeOf(given.other ?? version),
    updateCode: async (_name, _source, codeSha256) => {
      versions.push('3')
      return state('3', (latest = codeSha256))
    },
    publish: async () => {
      versions.push('3')
      return state('3', latest)
    },
    invoke: async (_name, version) => ({
      failed: false,
      payload: JSON.stringify({ statusCode: healthy(version) ? 200 : 500, body: JSON.stringify(answer(version)) }),
      logTail: '',
    }),
    moveAlias: async (_name, _alias, version) => {
      serving = version
      return { version, revisionId: 'b', weights: {} }
    },
  }
  const stack = () =>
    fakeStack({
      changedAt,
      status: fails && changedAt !== 'then' ? 'UPDATE_ROLLBACK_COMPLETE' : 'UPDATE_COMPLETE',
      outputs: { ApiEndpoint: api },
      parameters: { EnableAuth: 'false', Key: '****' },
    })
  const ids = { F: 'f', A: 'arn:aws:lambda:eu-west-1:123456789012:function:f:live', Api: 'a' }
  const types = { F: 'AWS::Lambda::Function', A: 'AWS::Lambda::Alias', Api: 'AWS::ApiGateway::RestApi' }
  const stacks: Partial<Stacks> = {
    describe: async () => stack(),
    resources: async () =>
      (['F', 'A', 'Api'] as const).map((logicalId) => ({
        logicalId,
        physicalId: ids[logicalId],
        type: types[logicalId],
        status: 'CREATE_COMPLETE',
      })),
    template: async () => templateOf('processed'),
    changeSetArns: async () => [],
    createChangeSet: async (request) => {
      requests.push(request)
      return 'set'
    },
    changeSet: async () => ({
      arn: 'set',
      stackArn: stack().arn,
      status: empty ? 'FAILED' : 'CREATE_COMPLETE',
      statusReason: empty ? "The submitted information didn't contain changes." : undefined,
      changes: [],
    }),
    deleteChangeSet: async () => undefined,
    executeChangeSet: async () => {
      changedAt = 'now'
      if (!fails) latest = brings
    },
    lastEventId: async () => 'e0',
    eventsBackTo: async () => [],
    eventsSince: async () => {
      const { arn, status } = stack()
      const closing = { logicalId: 'rawscribe-dev-myorg', physicalId: arn, type: 'AWS::CloudFormation::Stack', status }
      return [{ id: `e${++told}`, at: new Date(told), stackName: 's', reason: undefined, ...closing }]
    },
  }
  const http: Http['get'] = async (url) => ({
    status: url.endsWith('/health') && !healthy(serving) ? 500 : 200,
    headers: {},
    body: JSON.stringify(answer(serving)),
  })
  const context = fakeContext({
    inputs: { WHAT: 'all' },
    command: 'rs-rollback',
    ports: (calls) => ({
      buckets: memoryBuckets(objects, calls),
      functions: fakePort<Functions>('functions', functions, calls),
      stacks: fakePort<Stacks>('stacks', stacks, calls),
      files: memoryFiles({}, calls),
      http: fakePort<Http>('http', { get: http }, calls),
      logs: fakePort<Logs>('logs', { lastLines: async () => [] }, calls),
    }),
  })
  // The bucket had the first release's configuration before the second's.
  const bucket = configPlace.slice(0, configPlace.indexOf('/'))
  await context.ports.buckets.put(bucket, 'config.json', '{"title":"2"}')
  context.calls.length = 0
  return Object.assign(context, { objects, serving: () => serving, requests })
}
