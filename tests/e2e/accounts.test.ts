import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { mkdir, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { type Project, type RunResult, jsonLine, makeProject } from './support/project.js'

const role = 'arn:aws:iam::000000000000:role/deployer'

describe('an environment with an account of its own', () => {
  let project: Project
  let env: Record<string, string>

  const status = (over: Record<string, string> = {}): Promise<RunResult> =>
    project.make(['check-rs-stack-status', 'ENV=prod', 'ORG=acme', 'JSON=true'], { ...env, ...over })
  const environments = (prod: object): Promise<void> =>
    writeFile(path.join(project.folder, 'infra/environments.json'), JSON.stringify({ prod }))

  beforeAll(async () => {
    project = await makeProject('accounts')
    await mkdir(path.join(project.folder, '.rs/home/.aws'), { recursive: true })
    const endpoint = (await project.make(['local-start'])).stdout.trim()
    env = {
      AWS_ENDPOINT_URL: endpoint,
      AWS_ACCESS_KEY_ID: 'test',
      AWS_SECRET_ACCESS_KEY: 'test',
      AWS_REGION: 'us-east-1',
    }
  }, 120_000)
  afterAll(async () => project.remove(), 60_000)

  it('is never touched from another account', async () => {
    await environments({ account: '123456789012' })
    expect(jsonLine(await status(), 'failure')).toMatchObject({
      code: 'Refused',
      message: 'prod lives in account 123456789012, these credentials are of 000000000000',
    })
  }, 20_000)

  it('is never touched in another region, and gives the region where none is set', async () => {
    await environments({ account: '000000000000', region: 'eu-west-1' })
    expect(jsonLine(await status(), 'failure')).toMatchObject({
      message: 'prod lives in eu-west-1, this run goes to us-east-1',
    })
    expect(jsonLine(await status({ AWS_REGION: '' }), 'header')).toMatchObject({ region: 'eu-west-1' })
  }, 20_000)

  it('is reached as the role that it names', async () => {
    await environments({ account: '000000000000', role })
    const { exitCode, stdout } = await status()
    expect([exitCode, stdout]).toEqual([0, expect.stringContaining('NO_STACK')])
  }, 20_000)

  it('is reached with the profile that it names, and says which profile gives nothing', async () => {
    await environments({ profile: 'acme-prod' })
    const keyless = { ...env, AWS_ACCESS_KEY_ID: '', AWS_SECRET_ACCESS_KEY: '' }
    const asked = await project.make(['check-rs-stack-status', 'ENV=prod', 'ORG=acme', 'JSON=true'], keyless)
    expect(jsonLine(asked, 'failure')['message']).toContain('acme-prod')
    await writeFile(
      path.join(project.folder, '.rs/home/.aws/credentials'),
      '[acme-prod]\naws_access_key_id = test\naws_secret_access_key = test\n',
    )
    const { stdout } = await project.make(['check-rs-stack-status', 'ENV=prod', 'ORG=acme'], keyless)
    expect(stdout).toBe('NO_STACK')
  }, 20_000)

  it('is not looked at by the local AWS, but must be readable', async () => {
    await environments({ account: '123456789012' })
    expect((await project.make(['check-rs-stack-status', 'ENV=dev', 'ORG=acme', 'CLOUD=local'])).stdout).toBe(
      'NO_STACK',
    )
    await writeFile(path.join(project.folder, 'infra/environments.json'), '{"prod": {"account": "12"}}')
    const broken = await project.make(['check-rs-stack-status', 'ENV=dev', 'ORG=acme', 'CLOUD=local', 'JSON=true'])
    expect(jsonLine(broken, 'failure')).toMatchObject({ code: 'Usage' })
  }, 20_000)
})
