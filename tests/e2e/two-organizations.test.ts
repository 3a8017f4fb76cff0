import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { IAMClient, GetRolePolicyCommand, ListRolePoliciesCommand } from '@aws-sdk/client-iam'
import { readdir } from 'node:fs/promises'
import { type Project, jsonLine, makeProject, shown } from './support/project.js'

const organizations = ['org1', 'org10'] as const
const password = 'Correct-Horse-1!'

/** Two names of which one is the beginning of the other: what is found by "starts with" would mix them up. */
describe('two organizations deployed at the same time from one checkout', () => {
  let project: Project
  const summaries: Record<string, Record<string, unknown>> = {}

  beforeAll(async () => {
    project = await makeProject('two')
    const results = await Promise.all(
      organizations.map((org) =>
        project.make(['rs-deploy', 'ENV=dev', `ORG=${org}`, 'CLOUD=local', 'JSON=true'], {
          ADMIN_USERNAME: `admin@${org}.org`,
          ADMIN_PASSWORD: password,
        }),
      ),
    )
    organizations.forEach((org, i) => {
      const result = results[i]!
      expect(shown(result)).toContain('exit 0')
      summaries[org] = jsonLine(result, 'summary')
    })
  }, 240_000)
  afterAll(async () => project.remove(), 60_000)

  const apiOf = (org: string): string => String(summaries[org]!['api'])
  const tokenOf = async (org: string): Promise<string> => {
    const answer = await fetch(new URL(apiOf(org)).origin, {
      method: 'POST',
      headers: {
        'X-Amz-Target': 'AWSCognitoIdentityProviderService.InitiateAuth',
        'Content-Type': 'application/x-amz-json-1.1',
      },
      body: JSON.stringify({
        ClientId: summaries[org]!['clientId'],
        AuthFlow: 'USER_PASSWORD_AUTH',
        AuthParameters: { USERNAME: `admin@${org}.org`, PASSWORD: password },
      }),
    })
    return ((await answer.json()) as { AuthenticationResult: { IdToken: string } }).AuthenticationResult.IdToken
  }

  it('end healthy, each with its own name', async () => {
    for (const org of organizations) {
      const health = await (await fetch(`${apiOf(org)}/health`)).json()
      expect(health).toMatchObject({ status: 'healthy', env: 'dev', org })
    }
  })

  it('share one local AWS although both started it', () => {
    expect(new URL(apiOf('org1')).origin).toBe(new URL(apiOf('org10')).origin)
  })

  it('refuse each other’s tokens', async () => {
    const ask = async (org: string, token: string): Promise<number> =>
      (await fetch(`${apiOf(org)}/api/v1/sops/list`, { headers: { Authorization: `Bearer ${token}` } })).status
    const [one, ten] = [await tokenOf('org1'), await tokenOf('org10')]
    expect([await ask('org1', one), await ask('org10', ten)]).toEqual([200, 200])
    expect([await ask('org1', ten), await ask('org10', one)]).toEqual([401, 401])
  }, 30_000)

  it('keep their users apart, and the one that make hands a token of the other refuses it', async () => {
    const make = (org: string, words: string[], env = {}): Promise<{ stdout: string }> =>
      project.make([...words, 'ENV=dev', `ORG=${org}`, 'CLOUD=local'], env)
    const lists = await Promise.all(organizations.map((org) => make(org, ['rs-list-users'])))
    expect(lists.map(({ stdout }) => stdout.match(/\S+@\S+/g))).toEqual([['admin@org1.org'], ['admin@org10.org']])
    const env = { PASSWORD: password, OTHER_TOKEN: await tokenOf('org10') }
    const { stdout } = await make('org1', ['test-jwt-aws', 'USER_NAME=admin@org1.org'], env)
    expect(stdout).toContain('ok  a token of another organization: 401')
  }, 30_000)

  it('have roles that name their own buckets and no wildcard over others', async () => {
    const endpoint = new URL(apiOf('org1')).origin
    const client = new IAMClient({
      region: 'us-east-1',
      endpoint,
      credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    })
    for (const org of organizations) {
      const RoleName = `rawscribe-dev-${org}-lambda-role`
      const { PolicyNames = [] } = await client.send(new ListRolePoliciesCommand({ RoleName }))
      const documents = await Promise.all(
        PolicyNames.map(async (PolicyName) => {
          const { PolicyDocument = '' } = await client.send(new GetRolePolicyCommand({ RoleName, PolicyName }))
          return JSON.parse(decodeURIComponent(PolicyDocument)) as { Statement: { Resource: string | string[] }[] }
        }),
      )
      const resources = documents.flatMap(({ Statement }) => Statement.flatMap(({ Resource }) => Resource))
      const buckets = resources.filter((arn) => arn.startsWith('arn:aws:s3:::'))
      expect(buckets.length).toBeGreaterThan(0)
      for (const arn of buckets)
        expect(arn).toMatch(new RegExp(`^arn:aws:s3:::rawscribe-[a-z-]+-dev-${org}-000000000000(/|$)`))
      expect(resources).not.toContain('*')
    }
  })

  it('left nothing of their builds outside their own folders', async () => {
    const names = (await readdir(project.folder)).filter((name) => name.startsWith('.aws-sam'))
    expect(names.sort()).toEqual(['.aws-sam-dev-org1', '.aws-sam-dev-org10'])
    for (const name of names) expect(await project.read(`${name}/build.toml`)).toContain('RawscribeLambda')
  })

  it('are told apart when they are looked at', async () => {
    const one = await project.make(['check-rs', 'ENV=dev', 'ORG=org1', 'CLOUD=local'])
    expect(one.stdout).toContain('rawscribe-dev-org1-backend')
    expect(one.stdout).not.toContain('org10')
    const all = await project.make(['check-rs', 'ENV=dev', 'CLOUD=local'])
    expect(all.stdout.split('\n').map((line) => line.split(' ')[0])).toEqual(['org', 'org1', 'org10'])
  }, 30_000)
})
