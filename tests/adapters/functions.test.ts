import { text } from 'node:stream/consumers'
import { describe, expect, it } from '@jest/globals'
import { makeFunctions } from '../../scripts/adapters/aws/functions.js'
import type { Functions } from '../../scripts/ports.js'
import { withAws } from '../support/answering-aws.js'

type Answer = 'lost' | { status: number; body: Record<string, unknown> }

/** A Lambda that answers in turn, and keeps what it was asked. */
async function lambda<T>(
  answers: Answer[],
  work: (functions: Functions) => Promise<T>,
): Promise<{ done: T; asked: string[]; bodies: string[] }> {
  const asked: string[] = []
  const bodies: string[] = []
  const done = await withAws(
    async (request, response) => {
      asked.push(`${request.method} ${request.url?.split('?')[0]?.split('/').at(-1)}`)
      bodies.push(await text(request))
      const answer = answers.shift()
      if (answer === undefined || answer === 'lost') return void response.destroy()
      const headers = { 'content-type': 'application/json', 'x-amzn-errortype': String(answer.body['__type'] ?? '') }
      response.writeHead(answer.status, headers).end(JSON.stringify(answer.body))
    },
    (config) => work(makeFunctions(config)),
    2,
  )
  return { done, asked, bodies }
}

const stale: Answer = { status: 412, body: { __type: 'PreconditionFailedException', message: 'another revision' } }
const busy: Answer = { status: 409, body: { __type: 'ResourceConflictException', message: 'an update is in progress' } }
const holds = (CodeSha256: string, Version = '$LATEST'): Answer => ({
  status: 200,
  body: { FunctionName: 'f', CodeSha256, Version },
})
const update = (functions: Functions) =>
  functions.updateCode('f', { zip: new Uint8Array([1]) }, 'new', 'rev').then(
    ({ codeSha256, version }) => `${codeSha256} ${version}`,
    (error: unknown) => (error as { code?: string }).code,
  )

describe('an update of code', () => {
  it('publishes its version in the same call, of the revision that was read', async () => {
    const { done, asked, bodies } = await lambda([holds('new', '8')], update)
    expect(done).toBe('new 8')
    expect(asked).toEqual(['PUT code'])
    expect(JSON.parse(bodies[0]!)).toEqual({ ZipFile: 'AQ==', RevisionId: 'rev', Publish: true })
  })

  it.each([
    ['another revision', stale],
    ['an update that is in progress', busy],
  ])('whose answer was lost has been done where the second attempt meets %s with this code', async (_, met) => {
    const { done, asked } = await lambda(['lost', met, holds('new')], update)
    expect(done).toBe('new $LATEST')
    expect(asked).toEqual(['PUT code', 'PUT code', 'GET configuration'])
  })

  it('whose answer was lost is refused where the function holds other code', async () => {
    expect((await lambda(['lost', stale, holds('theirs')], update)).done).toBe('StackState')
  })

  it('that finds another revision at once is refused, whatever code is there', async () => {
    const { done, asked } = await lambda([stale, holds('new')], update)
    expect(done).toBe('StackState')
    expect(asked).toEqual(['PUT code'])
  })
})

describe('a move of an alias', () => {
  const points = (weights: Record<string, number>): Answer => ({
    status: 200,
    body: { FunctionVersion: '7', RevisionId: 'now', RoutingConfig: { AdditionalVersionWeights: weights } },
  })
  const share = (functions: Functions) =>
    functions.moveAlias('f', 'live', '7', 'rev', { 8: 0.1 }).then(
      ({ weights }) => weights,
      (error: unknown) => (error as { code?: string }).code,
    )

  it('whose answer was lost has been done where the alias shares as it was to', async () => {
    expect((await lambda(['lost', stale, points({ 8: 0.1 })], share)).done).toEqual({ 8: 0.1 })
  })

  it.each([{}, { 8: 0.5 }])('whose answer was lost is refused where somebody shares %j', async (weights) => {
    expect((await lambda(['lost', stale, points(weights)], share)).done).toBe('StackState')
  })
})
