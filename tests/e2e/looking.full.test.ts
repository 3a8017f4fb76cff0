import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { writeFile } from 'node:fs/promises'
import path from 'node:path'
import { type Project, type RunResult, jsonLine, makeProject, shown } from './support/project.js'

const where = ['ENV=dev', 'ORG=org1', 'CLOUD=local']
const certificate = 'arn:aws:acm:us-east-1:000000000000:certificate/1'
const unknown = ['ENV=dev', 'ORG=org10', 'CLOUD=local']

/** One deployed organization, at which every looking command looks. */
describe('looking at an organization', () => {
  let project: Project
  let summary: Record<string, unknown>

  const make = (name: string, words: string[] = []): Promise<RunResult> => project.make([name, ...where, ...words])
  const bare = async (name: string, words: string[] = []): Promise<string> => {
    const result = await make(name, words)
    expect(shown(result)).toContain('exit 0')
    return result.stdout
  }

  beforeAll(async () => {
    project = await makeProject('looking')
    const deployed = await make('rs-deploy', ['JSON=true'])
    expect(shown(deployed)).toContain('exit 0')
    summary = jsonLine(deployed, 'summary')
  }, 120_000)
  afterAll(async () => project.remove(), 60_000)

  it('gives scripts the bare value and nothing else', async () => {
    expect(await bare('show-account-number')).toBe('000000000000')
    expect(await bare('show-region')).toBe('us-east-1')
    expect(await bare('show-rs-stackname')).toBe('rawscribe-dev-org1')
    expect(await bare('show-rs-function-name')).toBe('rawscribe-dev-org1-backend')
    expect(await bare('show-rs-endpoint')).toBe(summary['api'])
    expect(summary['api']).toContain(`/restapis/${await bare('show-rs-api-gateway')}/`)
    expect(await bare('show-rs-user-pool')).toBe(summary['userPoolId'])
    expect(await bare('show-rs-client-id')).toBe(summary['clientId'])
    expect((await bare('show-rs-s3-buckets')).split('\n')).toEqual(summary['buckets'])
  }, 60_000)

  it('gives every output to a shell or as JSON', async () => {
    const outputs = JSON.parse(await bare('rs-outputs', ['FORMAT=json'])) as Record<string, string>
    expect(outputs).toMatchObject({ CognitoUserPoolId: summary['userPoolId'], FormsBucketName: expect.any(String) })
    const lines = (await bare('rs-outputs')).split('\n')
    expect(lines).toContain(`COGNITO_USER_POOL_ID='${String(summary['userPoolId'])}'`)
    expect(lines).toHaveLength(Object.keys(outputs).length)
    expect(shown(await make('rs-outputs', ['FORMAT=xml']))).toContain('FORMAT=xml is not possible')
  }, 60_000)

  it('opens it and asks for its health', async () => {
    expect(await bare('rs-open')).toBe(`API   ${String(summary['api'])}\nPage  ${String(summary['page'])}`)
    expect(await bare('rs-ping-health')).toMatch(/^healthy, answered by version 1 in \d+ ms$/)
    expect(shown(await make('rs-ping-health', ['HEALTH_PATH=/api/config/runtime']))).toContain('Unhealthy (exit 5)')
  }, 60_000)

  it.each([
    'show-rs-function-name',
    'show-rs-endpoint',
    'show-rs-user-pool',
    'show-rs-s3-buckets',
    'rs-outputs',
    'rs-open',
    'rs-ping-health',
  ])('%s says that org10 is not deployed, and prints nothing of org1', async (name) => {
    const result = await project.make([name, ...unknown])
    expect(result.stdout).toBe('')
    expect(result.stderr).toContain('dev/org10 is not deployed')
    expect(result.stderr).toContain('make rs-deploy ENV=dev ORG=org10')
    expect(result.stderr).toContain('NotDeployed (exit 4)')
  })

  it('syncs its files with the stack, and touches nothing that is as it should be', async () => {
    const file = 'infra/.config/webapp/dev-org1.json'
    const own = '{\n\t"zebra": [1, 2],\n\t"webapp": { "title": "Mine" }\n}'
    await writeFile(path.join(project.folder, file), own)
    const checked = await make('sync-configs', ['CHECK=true'])
    expect(shown(checked)).toContain('Different (exit 7)')
    expect(await project.read(file)).toBe(own)
    expect(await bare('sync-configs')).toContain(`+ webapp.apiEndpoint  "${String(summary['api'])}"`)
    const synced = await project.read(file)
    expect(synced).toMatch(/^\{\n\t"zebra": \[1, 2\],\n\t"webapp": \{[^]*[^\n]$/)
    expect(JSON.parse(synced)).toMatchObject({
      webapp: { title: 'Mine', auth: { cognito: { userPoolId: summary['userPoolId'], region: 'us-east-1' } } },
    })
    expect(JSON.parse(await project.read('infra/.config/lambda/dev-org1.json'))).toEqual({
      lambda: {
        auth: {
          cognito: { userPoolId: summary['userPoolId'], clientId: summary['clientId'], region: 'us-east-1' },
        },
      },
    })
    const all = await project.make(['sync-configs', 'ENV=dev', 'CLOUD=local', 'CHECK=true'])
    expect(shown(all)).toContain('exit 0')
    expect(all.stdout).toContain('nothing to change')
    expect(await project.read(file)).toBe(synced)
  }, 60_000)

  it('lets an emulator replace addresses of AWS only when told to, and says where a file is wrong', async () => {
    const file = 'infra/.config/webapp/dev-org1.json'
    const aws = '{ "webapp": { "apiEndpoint": "https://abc.execute-api.us-east-1.amazonaws.com/dev" } }\n'
    await writeFile(path.join(project.folder, file), aws)
    expect(shown(await make('sync-configs'))).toContain('Refused (exit 3)')
    expect(await project.read(file)).toBe(aws)
    expect(await bare('sync-configs', ['OVERWRITE=true'])).toContain(`→ "${String(summary['api'])}"`)
    await writeFile(path.join(project.folder, file), '{\n  "webapp": {},\n}\n')
    expect(shown(await make('sync-configs'))).toContain(`${file}:2:15 a comma before the closing bracket`)
    const missing = await project.make(['sync-configs', ...unknown])
    expect(missing.stderr).toContain('make rs-deploy ENV=dev ORG=org10')
  }, 60_000)

  it('shows where each value comes from, uploads what changed, and refuses a secret', async () => {
    const file = 'infra/.config/lambda/dev-org1.json'
    await writeFile(path.join(project.folder, 'infra/.config/webapp/dev-org1.json'), '{}\n')
    await writeFile(path.join(project.folder, file), '{ "ui": { "title": "Ours" } }\n')
    expect(await bare('show-config', ['EXPLAIN=true'])).toMatch(
      /^ui\.title +"Ours" +infra\/.config\/lambda\/dev-org1.json$/m,
    )
    expect(JSON.parse(await bare('show-config'))).toMatchObject({ lambda: { ui: { title: 'Ours' } } })
    expect(await bare('rs-update-config', ['WAIT=true'])).toContain('→ "Ours"')
    expect(await bare('rs-update-config')).toBe('nothing changed')
    const uploaded = await bare('rs-show-runtime-config')
    expect(JSON.parse(uploaded)).toMatchObject({ ui: { title: 'Ours' } })
    await writeFile(path.join(project.folder, file), '{ "mail": { "key": "AKIAIOSFODNN7EXAMPLE" } }\n')
    const shownConfig = await bare('show-config')
    expect(shownConfig).toContain('"key": "••••••"')
    expect(shownConfig).not.toContain('AKIA')
    const refused = await make('rs-update-config')
    expect(refused.stderr).toContain('looks like a secret: mail.key')
    expect(refused.stderr).not.toContain('AKIA')
    await writeFile(path.join(project.folder, file), '{ "ui": { "title": "Ours" } }\n')
    expect(await bare('rs-show-runtime-config')).toBe(uploaded)
    expect((await project.make(['rs-update-config', ...unknown])).stderr).toContain('make rs-deploy ENV=dev ORG=org10')
  }, 90_000)

  it('holds the stack against the files, and against what was changed past it', async () => {
    expect(await bare('rs-diff', ['CHECK=true'])).toContain('nothing differs')
    const template = await project.read('template.yaml')
    await writeFile(path.join(project.folder, 'template.yaml'), template.replace('    Timeout: 30', '    Timeout: 45'))
    const differs = await make('rs-diff', ['CHECK=true', 'DOMAIN_NAME=app.org1.org', `CERTIFICATE_ARN=${certificate}`])
    expect(differs.stdout).toMatch(/^parameters\n[^]*DomainName[^]*^template\n.*Timeout {2}30 → 45/m)
    expect(shown(differs)).toContain('Different (exit 7)')
    await writeFile(path.join(project.folder, 'template.yaml'), template)
    expect(await bare('rs-drift', ['CHECK=true'])).toMatch(/^no drift: \d+ resources[^]*not compared: .*UserPool/)
    expect(await bare('check-rs')).toMatch(/^Drift: IN_SYNC, looked for \d+ s ago$/m)
    const data = async (name: string): Promise<unknown> => jsonLine(await make(name, ['JSON=true']), 'result')['data']
    expect(await data('rs-diff')).toMatchObject({ codeChanged: false, parameters: [], template: [] })
    expect(await data('rs-drift')).toMatchObject({ drifted: [], inSync: expect.any(Number) as unknown })
    for (const name of ['rs-diff', 'rs-drift']) {
      expect((await project.make([name, ...unknown])).stderr).toContain('make rs-deploy ENV=dev ORG=org10')
    }
  }, 90_000)

  it('is made usable by one command, and takes a SOP that is one', async () => {
    const [good, bad] = ['good.yaml', 'bad.yaml'].map((name) => path.join(project.folder, name))
    await writeFile(good!, 'title: Good\n')
    await writeFile(bad!, 'title: Bad\nsteps: [a\nnext: b: c\n')
    expect(await bare('rs-cp-sop', ['FILE=good.yaml'])).toContain('/sops/good.yaml')
    expect(await bare('rs-cp-sop', ['FILE=good.yaml'])).toContain('holds this very file already')
    const refused = await make('rs-cp-sop', ['FILE=bad.yaml'])
    expect(refused.stderr).toMatch(/bad.yaml is no SOP: line \d, column \d+/)
    expect(refused.stderr).toContain('then make rs-cp-sop ENV=dev ORG=org1 FILE=bad.yaml')
    expect(shown(await make('rs-cp-sop'))).toContain('FILE is missing')
    expect(shown(await make('rs-bootstrap-testenv'))).toContain('set PASSWORD in the environment')
    const PASSWORD = 'Sample-1234!long'
    for (const outcome of ['copied', 'unchanged']) {
      const made = await project.make(['rs-bootstrap-testenv', ...where, 'JSON=true', 'OVERWRITE=true'], { PASSWORD })
      expect(jsonLine(made, 'summary')).toMatchObject({ sop: { kind: outcome, id: 'sample-count' } })
    }
    expect(await bare('check-rs')).toMatch(/^Config: in sync$/m)
    const user = 'USER_NAME=admins@test-users.invalid'
    const token = await project.make(['get-rs-token', ...where, user], { PASSWORD })
    const sops = await fetch(`${String(summary['api'])}/api/v1/sops/list`, {
      headers: { Authorization: `Bearer ${token.stdout}` },
    })
    expect(JSON.stringify(await sops.json())).toContain('Count cells in a chamber')
    const prod = await project.make(['rs-bootstrap-testenv', 'ENV=prod', 'ORG=org1', 'CLOUD=local'], { PASSWORD })
    expect(prod.stderr).toContain('Refused (exit 3)')
  }, 90_000)

  it('watches until Ctrl-C, which ends it well', async () => {
    const watched = await project.begun(
      ['check-rs', '--env', 'dev', '--org', 'org1', '--cloud', 'local', '--watch'],
      '"type":"result"',
    )
    watched.signal('SIGINT')
    const ended = await watched.ended
    expect(ended.exitCode).toBe(0)
    expect(jsonLine(ended, 'result')['data']).toMatchObject({ stackName: 'rawscribe-dev-org1', liveVersion: '1' })
    expect(shown(await make('check-rs', ['WATCH=yes']))).toContain('Usage')
    expect(shown(await make('rs-outputs', ['WATCH=true']))).toContain('rs-outputs takes no WATCH')
  }, 30_000)

  it('lists what is configured, deployed and locked', async () => {
    await writeFile(path.join(project.folder, 'infra/.config/webapp/dev-org1.json'), '{}\n')
    await make('rs-lock', ['WHY=migration'])
    const one = await project.make(['list-orgs', ...where, 'JSON=true'])
    expect(jsonLine(one, 'result')['data']).toEqual([
      {
        org: 'org1',
        configured: ['infra/.config/lambda/dev-org1.json', 'infra/.config/webapp/dev-org1.json'],
        deployed: 'UPDATE_COMPLETE',
        locked: true,
      },
    ])
    expect(await bare('list-envs')).toMatch(/^env +configured +deployed +locked\ndev +2 +1 +1\n/)
    await make('rs-unlock')
    const none = await project.make(['list-orgs', 'ENV=stage', 'CLOUD=local'])
    expect(none.stdout).toBe('')
    expect(none.stderr).toContain('make rs-deploy ENV=stage ORG=myorg CLOUD=local')
  }, 60_000)
})
