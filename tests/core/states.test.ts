import { ResourceStatus, StackStatus } from '@aws-sdk/client-cloudformation'
import { describe, expect, it } from '@jest/globals'
import { addressesOf, openableOutputs } from '../../scripts/core/addresses.js'
import { proxyEvent, readHealth } from '../../scripts/core/api-paths.js'
import { ownProject } from '../../scripts/core/project.js'
import { type Cloud, chooseCloud, cloudTitle, mayAskInstance } from '../../scripts/core/cloud.js'
import { phaseOf, resourcePhases } from '../../scripts/core/resource-status.js'
import { stackStates } from '../../scripts/core/stack-state.js'
import { thrownBy, rejectedBy } from '../support/failures.js'

describe('the table of stack states', () => {
  it('names exactly the states that the SDK knows', () => {
    expect(Object.keys(stackStates).sort()).toEqual(Object.values(StackStatus).sort())
  })

  it('takes every running operation for busy, and nothing else', () => {
    for (const [status, { situation }] of Object.entries(stackStates)) {
      const running = status.endsWith('_IN_PROGRESS') && status !== 'REVIEW_IN_PROGRESS'
      expect(`${status} ${situation === 'busy'}`).toBe(`${status} ${running}`)
    }
  })

  it.each(['CREATE_COMPLETE', 'UPDATE_COMPLETE', 'IMPORT_COMPLETE', 'UPDATE_ROLLBACK_COMPLETE'] as const)(
    'lets a deployment begin in %s',
    (status) => expect(stackStates[status].situation).toBe('healthy'),
  )

  it('deletes only what never stood', () => {
    const deleted = Object.entries(stackStates).filter(([, { situation }]) => situation === 'failed-creation')
    expect(deleted.map(([status]) => status).sort()).toEqual(['CREATE_FAILED', 'ROLLBACK_COMPLETE', 'ROLLBACK_FAILED'])
  })

  it('says what each state means', () => {
    for (const { meaning } of Object.values(stackStates)) expect(meaning).toMatch(/^[a-z].{5,}[^.]$/)
  })
})

describe('the table of resource states', () => {
  it('names every state that the SDK knows', () => {
    expect(Object.keys(resourcePhases)).toEqual(expect.arrayContaining(Object.values(ResourceStatus)))
  })

  it.each([
    ['CREATE_COMPLETE', 'done'],
    ['UPDATE_FAILED', 'failed'],
    ['DELETE_COMPLETE', 'removed'],
    ['DELETE_SKIPPED', 'skipped'],
    ['CREATE_IN_PROGRESS', 'running'],
    ['UPDATE_COMPLETE_CLEANUP_IN_PROGRESS', 'running'],
    ['toString', 'running'],
  ])('shows %s as %s', (status, phase) => expect(phaseOf(status)).toBe(phase))
})

describe('the choice of the cloud', () => {
  const endpoint = 'http://other:4566'
  const local = 'local'
  it.each([
    ['CLOUD=local in prod', { CLOUD: 'local', ENV: 'prod' }, endpoint, true, local],
    ['CLOUD=aws without credentials', { CLOUD: 'aws', ENV: 'dev' }, undefined, false, 'aws'],
    ['a set endpoint', { ENV: 'prod' }, endpoint, true, 'endpoint'],
    ['an empty endpoint and credentials', { ENV: 'dev' }, '', true, 'aws'],
    ['credentials', { ENV: 'prod' }, undefined, true, 'aws'],
    ['dev without credentials', { ENV: 'dev' }, undefined, false, local],
    ['test without credentials', { ENV: 'test' }, undefined, false, local],
    ['no environment and no credentials', {}, undefined, false, local],
  ])('%s', async (_case, inputs, endpointUrl, credentials, kind) => {
    const choice = await chooseCloud({ inputs, endpointUrl, hasCredentials: async () => credentials })
    expect(choice.kind).toBe(kind)
    if (choice.kind === 'endpoint') expect(choice.endpoint).toBe(endpoint)
  })

  it('CLOUD=aws with an endpoint set is a contradiction', async () => {
    const facts = { inputs: { CLOUD: 'aws' }, endpointUrl: endpoint, hasCredentials: async () => true }
    await expect(chooseCloud(facts)).rejects.toMatchObject({ code: 'Refused' })
  })

  it.each(['stage', 'prod'])('never lets %s go local by accident', async (ENV) => {
    const facts = { inputs: { ENV }, endpointUrl: undefined, hasCredentials: async () => false }
    const error = await rejectedBy(chooseCloud(facts))
    expect(error.code).toBe('Refused')
    expect(error.message).toContain(ENV)
    expect(error.hint).toContain('CLOUD=local')
  })

  it('says loudly when it went local by itself, and only then', async () => {
    const facts = { endpointUrl: undefined, hasCredentials: async () => false }
    expect(await chooseCloud({ ...facts, inputs: { ENV: 'dev' } })).toMatchObject({
      banner: expect.stringContaining('LOCAL'),
    })
    expect(await chooseCloud({ ...facts, inputs: { CLOUD: 'local' } })).toMatchObject({ banner: undefined })
  })

  it('does not look for credentials where they decide nothing', async () => {
    const hasCredentials = async (): Promise<boolean> => Promise.reject(new Error('asked'))
    await chooseCloud({ inputs: { CLOUD: 'local' }, endpointUrl: undefined, hasCredentials })
    await chooseCloud({ inputs: {}, endpointUrl: endpoint, hasCredentials })
  })

  it.each([
    [{}, undefined, false],
    [{ ENV: 'dev' }, 'false', false],
    [{ ENV: 'dev' }, '', false],
    [{ ENV: 'dev' }, 'true', true],
    [{ ENV: 'stage' }, undefined, true],
    [{ ENV: 'prod' }, undefined, true],
    [{ CLOUD: 'aws' }, undefined, true],
  ])('asks the instance for credentials only where a run may be on one: %j, CI=%s', (inputs, ci, expected) => {
    expect(mayAskInstance(inputs, ci)).toBe(expected)
  })
})

describe('addresses', () => {
  const outputs = {
    ApiGatewayId: 'abc123',
    ApiEndpoint: 'https://abc123.execute-api.us-east-1.amazonaws.com/dev/',
    CloudFrontURL: 'https://D111ABC.cloudfront.net/',
    CloudFrontDomainName: 'D111ABC.cloudfront.net',
  }
  const aws: Cloud = { kind: 'aws', region: 'us-east-1', account: '0', endpoint: undefined }
  const local: Cloud = { ...aws, kind: 'local', endpoint: 'http://127.0.0.1:4567/' }

  it('are the stack’s own on AWS, without a slash at the end', () => {
    expect(addressesOf(outputs, 'dev', aws)).toEqual({
      api: 'https://abc123.execute-api.us-east-1.amazonaws.com/dev',
      page: 'https://D111ABC.cloudfront.net',
    })
  })

  it('can be opened by a browser on this machine when they are local', () => {
    expect(addressesOf(outputs, 'dev', local)).toEqual({
      api: 'http://127.0.0.1:4567/restapis/abc123/dev/_user_request_',
      page: 'http://d111abc.cloudfront.localhost:4567',
    })
  })

  it('stand so among the outputs, also under the names that another project has for them', () => {
    const url = outputs.ApiEndpoint
    const all = { ...outputs, Url: url, Table: 'books' }
    const api = 'http://127.0.0.1:4567/restapis/abc123/dev/_user_request_'
    expect(openableOutputs(all, { outputs: { ApiEndpoint: 'Url' } }, 'dev', local)).toEqual({
      ...all,
      ApiEndpoint: api,
      Url: api,
      CloudFrontURL: 'http://d111abc.cloudfront.localhost:4567',
    })
    expect(openableOutputs(all, { outputs: { ApiEndpoint: 'Url' } }, 'dev', aws)).toEqual(all)
  })

  it('need no ApiGatewayId where the endpoint tells it', () => {
    const { ApiEndpoint } = outputs
    expect(addressesOf({ ApiEndpoint }, 'dev', local).api).toContain('/restapis/abc123/dev/')
  })

  it('are unknown where the stack has no outputs', () => {
    for (const cloud of [aws, local]) expect(addressesOf({}, 'dev', cloud)).toEqual({ api: undefined, page: undefined })
  })

  it('lead to the distribution, locally, also when the page has a domain of its own', () => {
    const own = { ...outputs, CloudFrontURL: 'https://app.example.org' }
    expect(addressesOf(own, 'dev', local).page).toBe('http://d111abc.cloudfront.localhost:4567')
    expect(addressesOf(own, 'dev', aws).page).toBe('https://app.example.org')
  })

  it('are addresses also where the endpoint names no port', () => {
    const { page } = addressesOf(outputs, 'dev', { ...aws, kind: 'endpoint', endpoint: 'http://localhost' })
    expect(page).toBe('http://d111abc.cloudfront.localhost')
  })

  it('say in the title where a run acts', () => {
    expect(cloudTitle(aws)).toBe('AWS')
    expect(cloudTitle(local)).toBe('local AWS')
    expect(cloudTitle({ ...local, kind: 'endpoint' })).toContain('127.0.0.1:4567')
  })
})

describe('health', () => {
  it('is 200 with status healthy, and tells the version', () => {
    const body = JSON.stringify({ status: 'healthy', version: '7' })
    expect(readHealth(200, body, 'status')).toEqual({ healthy: true, version: '7', problem: undefined })
  })

  it.each([
    [200, '{"status":"degraded"}', 'answered 200, status degraded'],
    [503, '{"status":"healthy"}', 'answered 503, status healthy'],
    [200, '<html>', 'answered 200 and no JSON'],
    [502, '', 'answered 502 and no JSON'],
    [200, 'null', 'answered 200, status nothing'],
    [200, '{"status":7}', 'answered 200, status nothing'],
    [200, '[]', 'answered 200, status nothing'],
  ])('is not %d %s', (status, body, problem) => {
    expect(readHealth(status, body, 'status')).toMatchObject({ healthy: false, problem })
  })

  it('is 200 alone where the project says no more than that', () => {
    expect(readHealth(200, '<html>', 'any').healthy).toBe(true)
    expect(readHealth(503, '{"status":"healthy"}', 'any')).toMatchObject({ healthy: false, problem: 'answered 503' })
  })

  it('is asked by an event such as the API sends', () => {
    const event = JSON.parse(proxyEvent('/health', 'stage')) as Record<string, unknown>
    expect(event).toMatchObject({ path: '/health', httpMethod: 'GET', requestContext: { path: '/stage/health' } })
  })

  it('is asked where nobody needs a token', () => {
    const { healthPath, openPaths, guardedPaths } = ownProject.api
    expect(openPaths).toContain(healthPath)
    expect(openPaths.filter((path) => guardedPaths.includes(path))).toEqual([])
    expect(() => thrownBy(() => undefined)).toThrow('nothing was thrown')
  })
})
