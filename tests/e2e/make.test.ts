import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { existsSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import path from 'node:path'
import { type Project, makeProject, shown } from './support/project.js'

describe('make, as a user types it', () => {
  let project: Project
  beforeAll(async () => {
    project = await makeProject('make')
  }, 60_000)
  afterAll(async () => project.remove(), 60_000)

  const touched = (): boolean => existsSync(path.join(project.folder, 'x'))
  const localStarted = (): boolean => existsSync(path.join(project.folder, '.rs', 'local'))

  it.each([
    ['a make function', 'ORG=$(shell touch x)'],
    ['a shell command', 'ORG=a;touch x'],
    ['a backquote', 'ORG=`touch x`'],
    ['a pipe', 'ORG=a|touch x'],
    ['a quote', "ORG=a' ; touch x '"],
  ])('takes %s on its command line literally and refuses it as a name', async (_what, word) => {
    const result = await project.make(['rs-deploy', 'ENV=dev', 'CLOUD=local', word])
    expect(result.stderr).toContain('Usage (exit 2)')
    expect(result.stderr).toContain(word)
    expect(touched()).toBe(false)
  })

  it('takes the same from the environment literally', async () => {
    const result = await project.make(['rs-deploy', 'ENV=dev', 'CLOUD=local'], { ORG: '$(shell touch x)' })
    expect(result.stderr).toContain('ORG=$(shell touch x) is not an organization name')
    expect(touched()).toBe(false)
  })

  const bad: [string, string[], Record<string, string>, string][] = [
    ['no ENV', ['ORG=demo'], {}, 'ENV is missing'],
    ['an unknown ENV', ['ENV=staging', 'ORG=demo'], {}, 'ENV=stage'],
    ['no ORG', ['ENV=dev'], {}, 'ORG is missing'],
    ['an uppercase ORG', ['ENV=dev', 'ORG=MyOrg'], {}, 'ORG=myorg'],
    ['an ORG that is too long', ['ENV=dev', `ORG=${'a'.repeat(26)}`], {}, '26 characters, 25 at most'],
    ['a reserved ORG', ['ENV=dev', 'ORG=all'], {}, 'reserved'],
    ['ENABLE_AUTH=maybe', ['ENV=dev', 'ORG=demo', 'ENABLE_AUTH=maybe'], {}, 'ENABLE_AUTH=maybe is not possible'],
    ['a variable of other targets', ['ENV=dev', 'ORG=demo', 'CHECK=true'], {}, 'rs-deploy takes no CHECK'],
    ['the same as RS_CHECK', ['ENV=dev', 'ORG=demo'], { RS_CHECK: 'true' }, 'TARGET_NAME=rs-deploy'],
    ['an unknown variable', ['ENV=dev', 'ORG=demo', 'ENABLE_AUHT=true'], {}, 'ENABLE_AUTH=…'],
    [
      'a near miss in the environment',
      ['ENV=dev', 'ORG=demo'],
      { CREATE_BUCKET: 'true' },
      'did you mean CREATE_BUCKETS',
    ],
  ]
  it.each(bad)('says %s before anything is started', async (_what, words, env, message) => {
    const result = await project.make(['rs-deploy', 'CLOUD=local', ...words], env)
    expect(result.exitCode).toBe(2)
    expect(result.stderr).toContain(message)
    expect(result.stderr).toContain('Usage (exit 2)')
    expect(localStarted()).toBe(false)
  })

  it('does the same as a program with flags', async () => {
    const result = await project.program(['rs-deploy', '--env', 'dev', '--org', 'Demo', '--cloud', 'local'])
    expect(result.exitCode).toBe(2)
    expect(result.stderr).toContain('ORG=Demo is not an organization name')
    const unknown = await project.program(['rs-deploy', '--enable-auht', 'true'])
    expect(shown(unknown)).toContain('Usage (exit 2)')
  })

  it('lists the targets, explains one, and completes for the shell', async () => {
    const help = await project.make(['help'])
    expect(help.stdout).toMatch(/^Deploy\n {2}rs-deploy /)
    const one = await project.make(['help-target', 'TARGET_NAME=rs-deploy'])
    expect(one.stdout).toContain('ENABLE_AUTH')
    expect(one.stdout).toContain('make rs-deploy ENV=dev ORG=demo CLOUD=local')
    const completion = await project.program(['completion'])
    expect(completion.stdout).toContain('rawscribe')
  })

  it('refuses stage without credentials instead of going local by itself', async () => {
    const result = await project.make(['rs-deploy', 'ENV=stage', 'ORG=demo'], { AWS_EC2_METADATA_DISABLED: 'true' })
    expect(result.stderr).toContain('Refused (exit 3)')
    expect(localStarted()).toBe(false)
  }, 30_000)

  it('looks at the machine and starts nothing', async () => {
    const good = await project.make(['rs-doctor', 'ENV=dev', 'ORG=demo', 'CLOUD=local'])
    expect(shown(good)).toMatch(/exit 0[^]*✓ SAM CLI[^]*– Cloud +the local emulator, not running: make local-start/)
    const bad = await project.make(['rs-doctor', 'CLOUD=elsewhere'])
    expect(shown(bad)).toContain('CLOUD=elsewhere is not possible')
    expect(localStarted()).toBe(false)
  }, 30_000)

  it('names file, line and column of a broken template and a broken configuration', async () => {
    const template = path.join(project.folder, 'template.yaml')
    const whole = await project.read('template.yaml')
    await writeFile(template, whole.replace('Resources:', 'Resources: ]'))
    const broken = await project.make(['rs-validate'])
    expect(broken.stderr).toMatch(/template\.yaml:\d+:\d+ /)
    await writeFile(template, whole)
  })
})
