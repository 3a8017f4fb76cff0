import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { appendFile, readdir, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { type Project, jsonLine, makeProject, shown } from './support/project.js'
import { startProxy } from '../support/fault-proxy.js'

const target = ['ENV=dev', 'ORG=demo', 'CLOUD=local']
const password = 'Se$cure$$1!aB'
const admin = { ADMIN_USERNAME: 'admin@demo.org', ADMIN_PASSWORD: password }

/** One organization through its life, in the order in which a team would do it: each step builds on the one before. */
describe('one organization', () => {
  let project: Project
  let api = ''
  let pool = ''
  let client = ''
  let endpoint = ''

  beforeAll(async () => {
    project = await makeProject('one')
  }, 60_000)
  afterAll(async () => project.remove(), 60_000)

  const status = async (place: string, token?: string): Promise<number> => {
    const headers: Record<string, string> = token === undefined ? {} : { Authorization: `Bearer ${token}` }
    return (await fetch(api + place, { headers })).status
  }
  const health = async (): Promise<Record<string, unknown>> =>
    (await (await fetch(`${api}/health`)).json()) as Record<string, unknown>

  const signIn = async (): Promise<string> => {
    const answer = await fetch(endpoint, {
      method: 'POST',
      headers: {
        'X-Amz-Target': 'AWSCognitoIdentityProviderService.InitiateAuth',
        'Content-Type': 'application/x-amz-json-1.1',
      },
      body: JSON.stringify({
        ClientId: client,
        AuthFlow: 'USER_PASSWORD_AUTH',
        AuthParameters: { USERNAME: admin.ADMIN_USERNAME, PASSWORD: password },
      }),
    })
    const body = (await answer.json()) as { AuthenticationResult?: { IdToken?: string } }
    return body.AuthenticationResult?.IdToken ?? ''
  }

  it('goes from nothing to a healthy API with an administrator in one command', async () => {
    const result = await project.make(['rs-deploy', ...target, 'JSON=true'], admin)
    expect(shown(result)).toContain('exit 0')
    const summary = jsonLine(result, 'summary')
    expect(summary).toMatchObject({ outcome: 'deployed', env: 'dev', org: 'demo', release: 1, admin: 'admin@demo.org' })
    api = String(summary['api'])
    pool = String(summary['userPoolId'])
    client = String(summary['clientId'])
    endpoint = new URL(api).origin
    expect(await health()).toMatchObject({ status: 'healthy', env: 'dev', org: 'demo', version: '1' })
  }, 180_000)

  it('answers the SOP list with the administrator’s token, and 401 without', async () => {
    const token = await signIn()
    expect(await status('/api/v1/sops/list', token)).toBe(200)
    expect(await status('/api/v1/sops/list')).toBe(401)
    expect(await status('/api/v1/sops/list', `${token.slice(0, -4)}AAAA`)).toBe(401)
    expect(await status('/api/config/runtime')).toBe(200)
  }, 30_000)

  it('leaves the password in no file that it wrote', async () => {
    const files = (await readdir(path.join(project.folder, '.rs', 'logs'))).map((name) =>
      path.join('.rs', 'logs', name),
    )
    const texts = await Promise.all(
      [...files, '.aws-sam-dev-demo/template.yaml', '.aws-sam-dev-demo/build.json'].map((file) => project.read(file)),
    )
    expect(texts.length).toBeGreaterThan(2)
    expect(texts.filter((text) => text.includes(password))).toEqual([])
  })

  it('writes nothing to AWS and starts no sam when nothing changed', async () => {
    const proxy = await startProxy(endpoint)
    const env = {
      AWS_ENDPOINT_URL: proxy.url,
      AWS_ACCESS_KEY_ID: 'test',
      AWS_SECRET_ACCESS_KEY: 'test',
      AWS_DEFAULT_REGION: 'us-east-1',
    }
    try {
      const result = await project.make(['rs-deploy', 'ENV=dev', 'ORG=demo', 'JSON=true'], { ...env, ...admin })
      expect(shown(result)).toContain('exit 0')
      expect(jsonLine(result, 'summary')).toMatchObject({ outcome: 'unchanged', release: 1, userPoolId: pool })
      expect(proxy.calls.length).toBeGreaterThan(5)
      expect(proxy.calls.filter(({ write }) => write)).toEqual([])
    } finally {
      await proxy.close()
    }
    const log = await project.read(await newestLog(project))
    expect(log).not.toContain('sam')
    expect(log).toContain('closed: Done, exit 0')
  }, 60_000)

  it('brings a code change live as the next version, and says so over HTTP', async () => {
    await appendFile(path.join(project.folder, 'backend', 'rawscribe', 'main.py'), '\n# a change\n')
    const result = await project.make(['rs-deploy', ...target, 'JSON=true'])
    expect(jsonLine(result, 'summary')).toMatchObject({ outcome: 'deployed', release: 2, api })
    expect(await health()).toMatchObject({ version: '2' })
  }, 120_000)

  it('keeps a release that cannot start away from every request', async () => {
    const file = path.join(project.folder, 'backend', 'rawscribe', 'main.py')
    const whole = await project.read('backend/rawscribe/main.py')
    await writeFile(file, 'import a_module_that_is_not_there\n')
    const result = await project.make(['rs-deploy', ...target])
    expect(result.stderr).toContain('Unhealthy (exit 5)')
    expect(result.stderr).toContain('a_module_that_is_not_there')
    expect(await health()).toMatchObject({ status: 'healthy', version: '2' })
    await writeFile(file, whole)
    const mended = await project.make(['rs-deploy', ...target, 'JSON=true'])
    expect(jsonLine(mended, 'summary')).toMatchObject({ outcome: 'deployed', release: 4 })
  }, 180_000)

  it('switches the guard off and on again with rs-deploy-only, keeping pool and users', async () => {
    const off = await project.make(['rs-deploy-only', ...target, 'ENABLE_AUTH=false', 'JSON=true'])
    expect(jsonLine(off, 'summary')).toMatchObject({ outcome: 'deployed', userPoolId: pool })
    expect(await status('/api/v1/sops/list')).toBe(200)
    const on = await project.make(['rs-deploy-only', ...target, 'ENABLE_AUTH=true', 'JSON=true'])
    expect(jsonLine(on, 'summary')).toMatchObject({ outcome: 'deployed', userPoolId: pool, clientId: client })
    expect(await status('/api/v1/sops/list')).toBe(401)
    expect(await status('/api/v1/sops/list', await signIn())).toBe(200)
  }, 180_000)

  it('uploads a changed configuration', async () => {
    await writeFile(
      path.join(project.folder, 'infra/.config/lambda/dev-demo.json'),
      '{ "ui": { "title": "Renamed" } }\n',
    )
    const result = await project.make(['rs-deploy', ...target, 'JSON=true'])
    expect(jsonLine(result, 'summary')).toMatchObject({ outcome: 'deployed' })
    const stored = await fetch(`${endpoint}/rawscribe-lambda-dev-demo-000000000000/config.json`)
    expect(await stored.json()).toMatchObject({ ui: { title: 'Renamed' }, features: {} })
  }, 120_000)

  it('shows what is there, for people and for scripts', async () => {
    const check = await project.make(['check-rs', ...target])
    expect(check.stdout).toContain('=== demo Resources (dev) ===')
    expect(check.stdout).toContain(`User Pool: ${pool}`)
    const all = await project.make(['check-rs', 'ENV=dev', 'CLOUD=local'])
    expect(all.stdout).toMatch(/^org +status .*\ndemo +UPDATE_COMPLETE /)
    const bare = await project.make(['check-rs-stack-status', ...target])
    expect(bare.stdout).toBe('UPDATE_COMPLETE')
    const none = await project.make(['check-rs-stack-status', 'ENV=dev', 'ORG=nobody', 'CLOUD=local'])
    expect(none.stdout).toBe('NO_STACK')
  }, 60_000)

  it('refuses a weak password and half a pair before it writes anything', async () => {
    const weak = await project.make(['rs-deploy', ...target], { ...admin, ADMIN_PASSWORD: 'abcd-1234' })
    expect(weak.stderr).toContain('ADMIN_PASSWORD is too weak: it lacks')
    expect(weak.stderr).not.toContain('abcd-1234')
    const half = await project.make(['rs-deploy', ...target], { ADMIN_USERNAME: 'admin@demo.org' })
    expect(half.stderr).toContain('the password is not')
  }, 30_000)
})

async function newestLog(project: Project): Promise<string> {
  const folder = path.join('.rs', 'logs')
  const names = await readdir(path.join(project.folder, folder))
  return path.join(folder, names.sort().at(-1) ?? '')
}
