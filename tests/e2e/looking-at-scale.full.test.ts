import { CreateStackCommand } from '@aws-sdk/client-cloudformation'
import { CognitoIdentityProviderClient, CreateUserPoolCommand } from '@aws-sdk/client-cognito-identity-provider'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { type Project, jsonLine, makeProject, shown } from './support/project.js'
import { localClients } from './support/snapshot.js'

/** Listings among so many that no service gives them on one page. */
describe('looking among many', () => {
  let project: Project
  const names = Array.from({ length: 250 }, (_, i) => `rawscribe-test-org${i + 1}`)

  beforeAll(async () => {
    project = await makeProject('many')
    const started = await project.make(['local-start', 'JSON=true'])
    const endpoint = /http:\/\/127\.0\.0\.1:\d+/.exec(shown(started))?.[0] ?? ''
    const { stacks } = localClients(endpoint)
    const body = JSON.stringify({ Resources: { Handle: { Type: 'AWS::CloudFormation::WaitConditionHandle' } } })
    await Promise.all(names.map((StackName) => stacks.send(new CreateStackCommand({ StackName, TemplateBody: body }))))
    const credentials = { accessKeyId: 'test', secretAccessKey: 'test' }
    const pools = new CognitoIdentityProviderClient({ endpoint, region: 'us-east-1', credentials })
    const pool = (i: number) => new CreateUserPoolCommand({ PoolName: `rawscribe-test-org${i + 1}-userpool` })
    await Promise.all(Array.from({ length: 120 }, (_, i) => pools.send(pool(i))))
  }, 240_000)
  afterAll(async () => project.remove(), 60_000)

  it('is whole and exact', async () => {
    const many = await project.make(['list-orgs', 'ENV=test', 'CLOUD=local', 'JSON=true'])
    const found = jsonLine(many, 'result')['data'] as { org: string }[]
    expect(found.map(({ org }) => `rawscribe-test-${org}`).sort()).toEqual([...names].sort())
    const matrix = await project.make(['check-rs', 'ENV=test', 'CLOUD=local'])
    expect(matrix.stdout.split('\n')).toHaveLength(251)
    expect(matrix.stdout).toMatch(/^org1 +CREATE_COMPLETE /m)
    expect(matrix.stdout).not.toContain('cannot be looked at')
    const one = await project.make(['check-rs', 'ENV=test', 'ORG=org1', 'CLOUD=local'])
    expect(one.stdout).not.toContain('org10')
    const envs = await project.make(['list-envs', 'CLOUD=local'])
    expect(envs.stdout).toMatch(/^test +0 +250 +0$/m)
    const none = await project.make(['list-orgs', 'ENV=test', 'ORG=org251', 'CLOUD=local'])
    expect(none.stdout).toContain('nothing of org251 in test')
  }, 240_000)

  it('finds a pool by the name of its organization alone', async () => {
    const users = await project.make(['rs-list-users', 'ENV=test', 'ORG=org1', 'CLOUD=local'])
    expect(shown(users)).toContain('make rs-deploy ENV=test ORG=org1 ENABLE_AUTH=true')
  }, 60_000)
})
