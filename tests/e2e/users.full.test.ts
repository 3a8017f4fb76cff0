import { AdminAddUserToGroupCommand, AdminCreateUserCommand } from '@aws-sdk/client-cognito-identity-provider'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { writeFile } from 'node:fs/promises'
import path from 'node:path'
import { tokenOfAnotherPool } from './support/page-app.js'
import { type Project, type RunResult, jsonLine, makeProject, shown } from './support/project.js'
import { localClients } from './support/snapshot.js'

const where = ['ENV=dev', 'ORG=org1', 'CLOUD=local']
const bob = 'USER_NAME=bob@org1.org'
const password = 'Se$cure$$1!aBc'
const PASSWORD = password

/** One organization with one administrator; what each command leaves is what the next one finds. */
describe('the users of an organization', () => {
  let project: Project
  let summary: Record<string, unknown>

  const make = (name: string, words: string[] = [], env = {}): Promise<RunResult> =>
    project.make([name, ...where, ...words], env)
  const asJson = (name: string, words: string[] = [], env = {}): Promise<RunResult> =>
    make(name, [...words, 'JSON=true'], env)
  const dataOf = (result: RunResult): Record<string, unknown> => {
    expect(shown(result)).toContain('exit 0')
    return jsonLine(result, 'result')['data'] as Record<string, unknown>
  }

  beforeAll(async () => {
    project = await makeProject('users')
    const early = await Promise.all([make('rs-list-users'), asJson('get-rs-token', [bob], { PASSWORD })])
    expect(shown(early[0])).toContain('make rs-deploy ENV=dev ORG=org1')
    expect(early[0].stdout).toBe('')
    expect(jsonLine(early[1], 'failure')).toMatchObject({ code: 'NotDeployed', exitCode: 4 })
    const admin = { ADMIN_USERNAME: 'admin@org1.org', ADMIN_PASSWORD: password }
    const deployed = await project.make(['rs-deploy', ...where, 'JSON=true'], admin)
    expect(shown(deployed)).toContain('exit 0')
    summary = jsonLine(deployed, 'summary')
  }, 120_000)
  afterAll(async () => project.remove(), 60_000)

  it('are refused with the reason and the next command, and nothing is made', async () => {
    const add = (words: string[], env = {}): Promise<RunResult> => asJson('rs-add-user', words, env)
    const failures = await Promise.all([
      add(['GROUP=ADMINS'], { PASSWORD }),
      add(['USER_NAME=bob', 'GROUP=ADMINS'], { PASSWORD }),
      add([bob, 'GROUP=NURSES'], { PASSWORD }),
      add([bob, 'GROUP=ADMINS'], { PASSWORD: 'geheim' }),
      add([bob, 'GROUP=ADMINS']),
      asJson('rs-show-user', [bob]),
      asJson('rs-set-group', [bob, 'GROUP=ADMINS']),
      asJson('rs-login-check', [bob], { PASSWORD }),
      asJson('rs-remove-user', ['USER_NAME=admin@org1.org']),
    ])
    expect(failures.map((result) => jsonLine(result, 'failure')['code'])).toEqual([
      ...['Usage', 'Usage', 'Usage', 'Usage', 'Usage'],
      ...['NoSuchUser', 'NoSuchUser', 'NoSuchUser', 'Declined'],
    ])
    const hints = failures.map((result) => String(jsonLine(result, 'failure')['hint']))
    expect(hints[2]).toContain('GROUP=')
    expect(hints[3]).toContain('at least 12 characters')
    expect(hints[7]).toContain('make rs-add-user ENV=dev ORG=org1')
    expect(failures.map(shown).join()).not.toContain('geheim')
    expect(dataOf(await asJson('rs-list-users'))).toHaveLength(1)
  }, 30_000)

  it('are added with name, group and password, and the second run has nothing to do', async () => {
    await writeFile(path.join(project.folder, 'secret'), `${password}\n`)
    const words = [bob, 'NAME=Bob Smith', 'GROUP=RESEARCHERS', 'PASSWORD_FILE=secret']
    expect(dataOf(await asJson('rs-add-user', words))).toMatchObject({
      outcome: 'changed',
      done: ['created', 'added to RESEARCHERS', 'password set'],
    })
    expect(dataOf(await asJson('rs-add-user', words))).toMatchObject({ outcome: 'unchanged', done: [] })
    const listed = (await make('rs-list-users')).stdout.split('\n')
    expect(listed[0]).toMatch(/^user +name +groups +state +created$/)
    expect(listed[2]).toMatch(/^bob@org1\.org +Bob Smith +RESEARCHERS +CONFIRMED +\d{4}-\d\d-\d\d$/)
    expect(listed).toHaveLength(3)
  }, 30_000)

  it('get nothing but the token on standard output', async () => {
    const result = await make('get-rs-token', [bob], { PASSWORD })
    expect(shown(result)).toContain('exit 0')
    expect(result.stdout).toMatch(/^[\w-]+\.[\w-]+\.[\w-]+$/)
    const answer = await fetch(`${summary['api']}/api/config/private`, {
      headers: { Authorization: `Bearer ${result.stdout}` },
    })
    expect(await answer.json()).toMatchObject({ email: 'bob@org1.org', groups: ['RESEARCHERS'], org: 'org1' })
  }, 30_000)

  it('move to another group and get another password', async () => {
    expect(dataOf(await asJson('rs-set-group', [bob, 'GROUP=CLINICIANS']))['done']).toEqual([
      'added to CLINICIANS',
      'removed from RESEARCHERS',
    ])
    dataOf(await asJson('rs-set-password', [bob], { PASSWORD: `${password}2` }))
    const [old, now] = await Promise.all([
      asJson('rs-login-check', [bob], { PASSWORD }),
      asJson('rs-login-check', [bob], { PASSWORD: `${password}2` }),
    ])
    expect(jsonLine(old, 'failure')).toMatchObject({
      code: 'Refused',
      hint: expect.stringContaining('rs-set-password'),
    })
    expect(dataOf(now)).toMatchObject({ user: 'bob@org1.org', groups: ['CLINICIANS'] })
  }, 30_000)

  it('get no token with a password that is for the first time only, and are told what helps', async () => {
    const { cognito } = localClients(new URL(String(summary['api'])).origin)
    const Username = 'eve@org1.org'
    const user = { UserPoolId: String(summary['userPoolId']), Username, MessageAction: 'SUPPRESS' as const }
    await cognito.send(new AdminCreateUserCommand({ ...user, TemporaryPassword: password }))
    const words = [`USER_NAME=${Username}`]
    const early = await asJson('get-rs-token', words, { PASSWORD })
    expect(jsonLine(early, 'failure')).toMatchObject({
      code: 'Refused',
      next: `make rs-set-password ENV=dev ORG=org1 USER_NAME=${Username} CLOUD=local`,
    })
    dataOf(await asJson('rs-set-password', words, { PASSWORD: `${password}3` }))
    expect((await make('get-rs-token', words, { PASSWORD: `${password}3` })).stdout).toMatch(/^[\w-]+\.[\w-]+\.[\w-]+$/)
    dataOf(await asJson('rs-remove-user', [...words, 'YES=true']))
  }, 60_000)

  it('are not let in by the API with a token that is forged, or of another organization', async () => {
    const { origin } = new URL(String(summary['api']))
    const stranger = { name: 'eve@elsewhere.org', password }
    const OTHER_TOKEN = await tokenOfAnotherPool(localClients(origin), origin, stranger)
    const [local, remote, alone] = await Promise.all([
      asJson('test-jwt-local', [], { OTHER_TOKEN }),
      asJson('test-jwt-aws', ['USER_NAME=admin@org1.org'], { PASSWORD, OTHER_TOKEN }),
      asJson('test-jwt-local'),
    ])
    const outcomes = (result: RunResult): string[] =>
      (dataOf(result) as { checks: { result: string }[] }).checks.map(({ result: outcome }) => outcome)
    for (const one of [local, remote]) {
      expect(outcomes(one)).toEqual(Array<string>(9).fill('ok'))
      expect(shown(one)).not.toContain(OTHER_TOKEN)
    }
    expect(outcomes(alone)).toEqual([...Array<string>(8).fill('ok'), 'skipped'])
    const own = (await make('get-rs-token', [bob], { PASSWORD: `${password}2` })).stdout
    const failures = await Promise.all([
      asJson('test-jwt-local', [], { OTHER_TOKEN: own }),
      asJson('test-jwt-local', [], { OTHER_TOKEN: 'x.y.z' }),
      asJson('test-jwt-aws', [], { PASSWORD }),
    ])
    expect(failures.map((result) => jsonLine(result, 'failure')['code'])).toEqual(['Usage', 'Usage', 'Usage'])
  }, 60_000)

  it('are judged as recorded, and a judgement that changed is named', async () => {
    const { checks } = dataOf(await asJson('test-jwt-regression')) as { checks: { name: string; result: string }[] }
    expect(new Set(checks.map(({ result }) => result))).toEqual(new Set(['ok']))
    const file = path.join(project.folder, 'infra/tokens/recorded.json')
    const recorded = await project.read('infra/tokens/recorded.json')
    const { name } = checks[0]!
    await writeFile(file, recorded.replace(/"expected": ?"[^"]*"/, '"expected": "expired long ago"'))
    const failed = await project.make(['test-jwt-regression'])
    expect(shown(failed)).toContain('TestsFailed (exit 5)')
    expect(failed.stderr).toContain(`${name}: `)
    expect(failed.stderr).toContain('make test-jwt-regression')
    await writeFile(file, recorded)
  }, 60_000)

  it('are listed to the last of three hundred, with their groups', async () => {
    const { cognito } = localClients(new URL(String(summary['api'])).origin)
    const UserPoolId = String(summary['userPoolId'])
    await Promise.all(
      Array.from({ length: 300 }, async (_, i) => {
        const Username = `user${String(i).padStart(3, '0')}@org1.org`
        const UserAttributes = [{ Name: 'email', Value: Username }]
        await cognito.send(
          new AdminCreateUserCommand({ UserPoolId, Username, UserAttributes, MessageAction: 'SUPPRESS' }),
        )
        await cognito.send(new AdminAddUserToGroupCommand({ UserPoolId, Username, GroupName: 'RESEARCHERS' }))
      }),
    )
    const users = dataOf(await asJson('rs-list-users')) as unknown as { user: string; groups: string[] }[]
    expect(users).toHaveLength(302)
    expect(users.filter(({ groups }) => groups.join() === 'RESEARCHERS')).toHaveLength(300)
    expect(new Set(users.map(({ user }) => user)).size).toBe(302)
    const groups = dataOf(await asJson('rs-list-groups')) as unknown as { name: string; members: number }[]
    expect(groups.map(({ name, members }) => [name, members])).toEqual([
      ['ADMINS', 1],
      ['LAB_MANAGERS', 0],
      ['RESEARCHERS', 300],
      ['CLINICIANS', 1],
    ])
  }, 60_000)

  it('go one by one, and test users together', async () => {
    dataOf(await asJson('rs-create-test-users', [], { PASSWORD }))
    const { cognito } = localClients(new URL(String(summary['api'])).origin)
    const loner = { UserPoolId: String(summary['userPoolId']), Username: 'loner@org1.org' }
    await cognito.send(new AdminCreateUserCommand({ ...loner, MessageAction: 'SUPPRESS' }))
    expect(dataOf(await asJson('rs-list-test-users'))).toHaveLength(4)
    const check = jsonLine(await asJson('rs-secure-prod', ['CHECK=true']), 'failure')
    expect(check).toMatchObject({ code: 'Different', exitCode: 7 })
    expect(JSON.stringify(check['facts']).match(/@test-users\.invalid/g)).toHaveLength(4)
    const declined = await asJson('rs-secure-prod')
    expect(jsonLine(declined, 'failure')).toMatchObject({ code: 'Declined' })
    expect(dataOf(await asJson('rs-list-test-users'))).toHaveLength(4)
    const secured = dataOf(await asJson('rs-secure-prod', ['YES=true'])) as {
      removed: string[]
      findings: { what: string; fix: string }[]
    }
    expect(secured.removed).toHaveLength(4)
    expect(secured.findings.map(({ what }) => what)).toContain('loner@org1.org is in no group')
    expect(secured.findings.map(({ fix }) => fix).filter((fix) => fix.trim() === '')).toEqual([])
    expect(dataOf(await asJson('rs-remove-test-users', ['YES=true']))).toBeDefined()
    expect(dataOf(await asJson('rs-remove-user', [bob, 'YES=true']))['done']).toEqual(['removed'])
    const gone = await make('rs-remove-user', [bob, 'YES=true'])
    expect([gone.exitCode, gone.stdout]).toEqual([0, 'bob@org1.org is not there'])
    expect(dataOf(await asJson('rs-list-users'))).toHaveLength(302)
  }, 30_000)
})
