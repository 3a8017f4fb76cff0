import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { execa } from 'execa'
import { writeFile } from 'node:fs/promises'
import path from 'node:path'
import { type Project, type RunResult, jsonLine, makeProject, shown } from './support/project.js'

const generated = ['backend', 'webapp'].map((name) => `.rs/config/dev-demo/${name}.json`)

/** The app on this machine: nothing of it is deployed. */
describe('the app on this machine', () => {
  let project: Project

  const config = (...words: string[]): Promise<RunResult> => project.make(['config', 'ENV=dev', 'ORG=demo', ...words])
  const setFile = (file: string, value: unknown): Promise<void> =>
    writeFile(path.join(project.folder, file), JSON.stringify(value))

  beforeAll(async () => {
    project = await makeProject('local-app')
  }, 30_000)
  afterAll(async () => {
    await project.make(['stop-all'])
    await project.remove()
  }, 30_000)

  it('gets its merged configuration, written where something changed and nowhere else', async () => {
    const own = {
      webapp: { title: 'Mine', apiEndpoint: 'https://elsewhere', api: { proxyTarget: 'https://elsewhere' } },
    }
    await setFile('infra/.config/webapp/dev-demo.json', own)
    const bundled = await project.read('backend/rawscribe/.config/config.json')
    const first = await config()
    expect(shown(first)).toContain('exit 0')
    for (const file of generated) expect(first.stdout).toContain(`${file} (new)`)
    expect(first.stdout).toContain('+ webapp.title  "Mine"')
    expect(JSON.parse(await project.read(generated[1]!))).toEqual({ webapp: { title: 'Mine', apiEndpoint: '' } })

    expect((await config()).stdout).toBe('dev/demo: nothing changed')

    await setFile('infra/.config/webapp/dev-demo.json', { webapp: { title: 'Ours' } })
    const third = await config('JSON=true')
    expect(jsonLine(third, 'result')['data']).toEqual([
      {
        file: generated[1],
        created: false,
        changes: [{ name: 'webapp.title', change: 'changed', was: '"Mine"', now: '"Ours"' }],
      },
    ])
    expect(await project.read('backend/rawscribe/.config/config.json')).toBe(bundled)
  }, 30_000)

  it('gets none where a file is wrong or holds a secret, and the one before stays', async () => {
    const before = await project.read(generated[1]!)
    await writeFile(path.join(project.folder, 'infra/.config/lambda/dev-demo.json'), '{"ui": }\n')
    expect(shown(await config())).toContain('infra/.config/lambda/dev-demo.json')
    await setFile('infra/.config/lambda/dev-demo.json', {})
    await setFile('infra/.config/webapp/dev-demo.json', { webapp: { key: '-----BEGIN PRIVATE KEY-----' } })
    const refused = await config()
    expect(refused.stderr).toContain('looks like a secret: webapp.key')
    expect(refused.stderr).toContain('make show-config ENV=dev ORG=demo EXPLAIN=true')
    expect(await project.read(generated[1]!)).toBe(before)
    expect(shown(await project.make(['config', 'ENV=dev']))).toContain('ORG')
    expect(shown(await project.make(['config', 'ENV=dve', 'ORG=demo']))).toContain('Usage')
  }, 30_000)

  it('is not started in prod without sign-in, nor where nobody confirms it', async () => {
    const start = (...words: string[]): Promise<RunResult> =>
      project.make(['start-backend', 'ENV=prod', 'ORG=demo', 'CLOUD=local', ...words])
    expect(shown(await start('ENABLE_AUTH=false', 'YES=true'))).toContain('Refused')
    expect(shown(await start())).toContain('Declined')
    expect((await project.make(['stop-all'])).stdout).toBe('nothing was running')
  }, 30_000)

  it('serves the page alone, which says so where no backend answers', async () => {
    const start = (...words: string[]): Promise<RunResult> =>
      project.make(['start-frontend', 'ENV=dev', 'ORG=demo', 'CLOUD=local', 'JSON=true', ...words])
    await setFile('infra/.config/webapp/dev-demo.json', { webapp: { title: 'Ours' } })
    const started = await start()
    expect(shown(started)).toContain('exit 0')
    const [page, ...more] = parts(started)
    expect(more).toEqual([])
    expect(await (await fetch(`${page!.url}/`)).text()).toBe(await project.read('frontend/index.html'))
    expect((await fetch(`${page!.url}/api/config/runtime`)).status).toBe(502)
    expect(parts(await start())).toEqual([{ ...page, fresh: false }])
    expect(shown(await start('ENABLE_AUTH=false'))).toContain('start-frontend takes no ENABLE_AUTH')
    expect((await project.make(['start-frontend', 'ENV=dev'])).stderr).toContain('ORG is missing')
    expect((await project.make(['start-frontend', 'ENV=prod', 'ORG=demo', 'CLOUD=local'])).stderr).toContain('Declined')
    expect((await project.make(['stop-all'])).stdout).toBe(`page (process ${page!.pid}) stopped`)
  }, 60_000)

  it('runs without a deployment until it is stopped', async () => {
    await setFile('infra/.config/webapp/dev-demo.json', { webapp: { title: 'Ours' } })
    await setFile('infra/.config/lambda/dev-demo.json', { ui: { title: 'From the files' } })
    const start = (org: string): Promise<RunResult> =>
      project.make(['start-dev', 'ENV=dev', `ORG=${org}`, 'CLOUD=local', 'JSON=true'])
    const started = await start('demo')
    expect(shown(started)).toContain('exit 0')
    const [backend, page] = parts(started)
    for (const { url } of [backend!, page!])
      expect((await fetch(`${url}/health`)).headers.get('server')).toBe('uvicorn')
    const runtime = await (await fetch(`${page!.url}/api/config/runtime`)).json()
    expect(runtime).toMatchObject({ org: 'demo', ui: { title: 'From the files' } })
    const index = await project.read('frontend/index.html')
    for (const place of ['/drafts/1', '/sops/count%2Ev2']) {
      expect(await (await fetch(`${page!.url}${place}`)).text()).toBe(index)
    }
    expect(await (await fetch(`${page!.url}/config.json`)).json()).toEqual({
      webapp: { title: 'Ours', apiEndpoint: '' },
    })
    expect((await fetch(`${page!.url}/..%2f.rs/app/backend.json`)).status).toBe(404)

    expect(parts(await start('demo'))).toEqual([backend, page].map((part) => ({ ...part, fresh: false })))
    expect(shown(await start('other'))).toContain('runs for dev/demo already')
    const page2 = await project.make(['start-frontend', 'ENV=dev', 'ORG=other', 'CLOUD=local'])
    expect(page2.stderr).toContain('the local backend runs for dev/demo already')
    expect(page2.stderr).toContain('make stop-all, then make start-frontend ENV=dev ORG=other')
    const open = await project.make(['start-backend', 'ENV=dev', 'ORG=demo', 'CLOUD=local', 'ENABLE_AUTH=false'])
    expect(open.stderr).toContain('the local backend runs for dev/demo already')
    const guarded = await project.make(['start-backend', 'ENV=dev', 'ORG=demo', 'CLOUD=local', 'ENABLE_AUTH=true'])
    expect(guarded.stderr).toContain('dev/demo has no user pool to sign in to')

    expect(shown(await project.make(['stop-all']))).toContain(`(process ${backend!.pid}) stopped`)
    expect(await stateOf([backend!.pid, page!.pid])).not.toMatch(/^[^Z]/m)
    for (const { url } of [backend!, page!]) await expect(fetch(url)).rejects.toThrow('fetch failed')
    expect((await project.make(['stop-all'])).stdout).toBe('nothing was running')
  }, 60_000)
})

interface Part {
  pid: number
  url: string
}

/** A letter for each process that is there; Z has ended, and its parent has not asked yet. */
async function stateOf(pids: readonly number[]): Promise<string> {
  const { stdout } = await execa('ps', ['-o', 'stat=', '-p', pids.join(',')], { reject: false })
  return stdout
}

function parts({ stdout }: RunResult): Part[] {
  const lines = stdout.split('\n').filter((line) => line.startsWith('{'))
  const facts = lines.map((line) => JSON.parse(line) as { type: string; data: Part })
  return facts.filter(({ type }) => type === 'result').map(({ data }) => data)
}
