import { CreateStackCommand } from '@aws-sdk/client-cloudformation'
import { AdminCreateUserCommand, CreateUserPoolCommand } from '@aws-sdk/client-cognito-identity-provider'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { type Project, jsonLine, makeProject, shown } from './support/project.js'
import { localClients } from './support/snapshot.js'

/** Listings among so many that no service gives them on one page. */
describe('looking among many', () => {
  let project: Project
  const names = Array.from({ length: 250 }, (_, i) => `rawscribe-test-org${i + 1}`)
  const members = Array.from({ length: 300 }, (_, i) => `user${i + 1}@org120.org`)
  /** The stack whose pool has them all, the last that has one. */
  const crowded = 119

  beforeAll(async () => {
    project = await makeProject('many')
    const started = await project.make(['local-start', 'JSON=true'])
    const endpoint = /http:\/\/127\.0\.0\.1:\d+/.exec(shown(started))?.[0] ?? ''
    const { stacks, cognito } = localClients(endpoint)
    const pools = await Promise.all(
      names.slice(0, 120).map(async (name) => {
        const { UserPool } = await cognito.send(new CreateUserPoolCommand({ PoolName: `${name}-userpool` }))
        return UserPool?.Id
      }),
    )
    const Resources = { Handle: { Type: 'AWS::CloudFormation::WaitConditionHandle' } }
    const Outputs = { CognitoUserPoolId: { Value: pools[crowded] } }
    const create = (StackName: string, i: number) =>
      new CreateStackCommand({
        StackName,
        TemplateBody: JSON.stringify({ Resources, ...(i === crowded && { Outputs }) }),
      })
    const join = (Username: string) =>
      new AdminCreateUserCommand({ UserPoolId: pools[crowded], Username, MessageAction: 'SUPPRESS' })
    await Promise.all(names.map((name, i) => stacks.send(create(name, i))))
    await Promise.all(members.map((user) => cognito.send(join(user))))
  }, 360_000)
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
    expect(none.stdout).toBe('')
    expect(none.stderr).toContain('nothing of org251 in test')
  }, 240_000)

  it('lists every user of one pool, each once', async () => {
    const listed = await project.make(['rs-list-users', 'ENV=test', 'ORG=org120', 'CLOUD=local', 'JSON=true'])
    const found = jsonLine(listed, 'result')['data'] as { user: string }[]
    expect(found.map(({ user }) => user).sort()).toEqual([...members].sort())
  }, 60_000)

  it('finds a pool by the name of its organization alone', async () => {
    const users = await project.make(['rs-list-users', 'ENV=test', 'ORG=org1', 'CLOUD=local'])
    expect(shown(users)).toContain('make rs-deploy ENV=test ORG=org1 ENABLE_AUTH=true')
  }, 60_000)
})
