import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { DeleteObjectCommand, HeadObjectCommand, ListObjectsV2Command, PutObjectCommand } from '@aws-sdk/client-s3'
import { appendFile, cp, mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { openBrowser } from './support/browser.js'
import { type Answer, askDoor } from './support/front-door.js'
import { loadApp, signInByApi, tokenOfAnotherPool } from './support/page-app.js'
import { type Project, type RunResult, jsonLine, makeProject, shown } from './support/project.js'
import { type LocalClients, localClients } from './support/snapshot.js'

const where = ['ENV=dev', 'ORG=demo', 'CLOUD=local']
const bucket = 'syndi-frontend-dev-demo-000000000000'
const admin = { ADMIN_USERNAME: 'admin@demo.org', ADMIN_PASSWORD: 'Se$cure$$1!aB' }
const stranger = { name: 'eve@other.org', password: 'Str4nge!Passw0rd' }
const sop = 'title: Buffer <b>preparation</b>\nversion: 2\nsteps:\n  - Weigh 10 g of salt\n  - Stir for 5 minutes\n'

// What needs a browser is required by make test-full, and told as left out by make test where there is none.

/** One organization, made by the very commands of docs/first-organization.md; then its page through its life. */
describe('the page of an organization', () => {
  let project: Project
  let page = ''
  let clients: LocalClients
  let pool = { endpoint: '', userPoolId: '', clientId: '' }

  const deployPage = (...words: string[]): Promise<RunResult> =>
    project.make(['deploy-frontend', ...where, 'JSON=true', ...words])
  const deployed = async (...words: string[]): Promise<Record<string, unknown>> => {
    const result = await deployPage(...words)
    expect(shown(result)).toContain('exit 0')
    return jsonLine(result, 'summary')
  }
  const open = (place: string, options?: RequestInit): Promise<Answer> => askDoor(page + place, options)

  const forgetDrafts = async (): Promise<void> => {
    const Bucket = 'rawscribe-eln-drafts-dev-demo-000000000000'
    const { Contents = [] } = await clients.s3.send(new ListObjectsV2Command({ Bucket }))
    await Promise.all(Contents.map(({ Key }) => clients.s3.send(new DeleteObjectCommand({ Bucket, Key }))))
  }

  beforeAll(async () => {
    project = await makeProject('page')
    const early = await deployPage()
    expect(jsonLine(early, 'failure')).toMatchObject({
      code: 'NotDeployed',
      hint: 'make rs-deploy ENV=dev ORG=demo CLOUD=local',
    })
    const commands = [...(await readFile('docs/first-organization.md', 'utf8')).matchAll(/^ {4}\$ (.+)$/gm)]
    const typed = commands.map(([, command = '']) => command)
    expect(typed).toHaveLength(5)
    const results: RunResult[] = []
    for (const command of typed.filter((one) => one.startsWith('make '))) {
      results.push(await project.make([...command.split(' ').slice(1), 'JSON=true'], admin))
    }
    for (const result of results) expect(shown(result)).toContain('exit 0')
    const [deploy, first, opened] = results as [RunResult, RunResult, RunResult]
    const summary = jsonLine(deploy, 'summary')
    page = String((jsonLine(opened, 'result')['data'] as Record<string, unknown>)['page'])
    expect(jsonLine(first, 'summary')).toMatchObject({ outcome: 'deployed', version: 1, page, invalidated: [] })
    const endpoint = new URL(String(summary['api'])).origin
    pool = { endpoint, userPoolId: String(summary['userPoolId']), clientId: String(summary['clientId']) }
    clients = localClients(endpoint)
    const forms = { Bucket: 'rawscribe-forms-dev-demo-000000000000', Key: 'sops/buffer.prep.yaml', Body: sop }
    await clients.s3.send(new PutObjectCommand(forms))
  }, 180_000)
  afterAll(async () => {
    await project.make(['stop-all'])
    await project.remove()
  }, 60_000)

  it('is served at every path that is no file, beside the API, which keeps its own answers', async () => {
    for (const place of ['/', '/drafts', '/sops/some-procedure']) {
      const answer = await open(place)
      expect([place, answer.status, answer.headers['content-type']]).toEqual([place, 200, 'text/html; charset=utf-8'])
      expect(answer.headers['cache-control']).toBe('no-cache')
    }
    const config = JSON.parse((await open('/config.json')).body) as { webapp: Record<string, unknown> }
    expect(config.webapp).toMatchObject({ apiEndpoint: '', auth: { cognito: { clientId: pool.clientId } } })
    expect((await open('/app/main.js')).headers['content-type']).toBe('text/javascript; charset=utf-8')
    expect((await open('/app/none.js')).status).toBe(403)
    expect(JSON.parse((await open('/health')).body)).toMatchObject({ status: 'healthy', org: 'demo' })
    const { IdToken } = await signInByApi(admin.ADMIN_USERNAME, admin.ADMIN_PASSWORD, pool)
    const nothing = await open('/api/nothing', { headers: { Authorization: `Bearer ${IdToken}` } })
    expect([nothing.status, JSON.parse(nothing.body)]).toMatchObject([404, { error: { code: 'not_found' } }])
    expect((await open('/api/nothing')).status).toBe(401)
  }, 30_000)

  it('signs in, reads a procedure, keeps a draft and refuses strangers, driven without a browser', async () => {
    const app = await loadApp(page)
    const { config, session, api } = app
    await expect(api.whoAmI()).rejects.toThrow('Your session has ended. Sign in again.')
    const wrong = app.signIn(config.signIn, stranger.name, stranger.password, app.fetch)
    await expect(wrong).rejects.toThrow('This e-mail address and password are not known here.')
    const { tokens } = await app.signIn(config.signIn, admin.ADMIN_USERNAME, admin.ADMIN_PASSWORD, app.fetch)
    session.keep(tokens)
    expect(await api.whoAmI()).toMatchObject({ groups: ['ADMINS'], org: 'demo' })
    expect(await api.procedures()).toMatchObject([{ id: 'buffer.prep', title: 'Buffer <b>preparation</b>' }])
    const draft = await api.createDraft({ sopId: 'buffer.prep', title: 'By module', data: { notes: '10 g' } })
    const again = { sopId: 'buffer.prep', title: 'Changed', data: {} }
    await api.replaceDraft(draft.value.id, again, draft.etag)
    await expect(api.replaceDraft(draft.value.id, again, draft.etag)).rejects.toThrow('read it again.')
    expect(await api.drafts()).toMatchObject([{ title: 'Changed' }])
    await expect(api.procedure('none')).rejects.toThrow('There is no SOP none.')
    session.keep({ id: 'x.y.z', refresh: tokens.refresh })
    expect(await api.drafts()).toHaveLength(1)
    await api.deleteDraft(draft.value.id)
    session.keep({ id: await tokenOfAnotherPool(clients, pool.endpoint, stranger) })
    await expect(api.procedures()).rejects.toThrow('Your session has ended.')
  }, 30_000)

  it('signs in, shows a procedure, saves a draft and lists it, in a browser', async () => {
    const browser = await openBrowser()
    try {
      await visit(browser, page)
    } finally {
      await browser.close()
    }
  }, 60_000)

  it('does the same on this machine, undeployed, with the sign-in of the organization', async () => {
    await forgetDrafts()
    const before = await project.read('infra/.config/webapp/dev-demo.json')
    const started = await project.make(['start-dev', ...where])
    expect(shown(started)).toContain('exit 0')
    const [backend = '', local = ''] = [...started.stdout.matchAll(/http:\S+/g)].map(([url]) => url)
    const asked = async (token?: string): Promise<number> => {
      const headers: Record<string, string> = token === undefined ? {} : { Authorization: `Bearer ${token}` }
      return (await fetch(`${backend}/api/config/private`, { headers })).status
    }
    const { IdToken } = await signInByApi(admin.ADMIN_USERNAME, admin.ADMIN_PASSWORD, pool)
    const foreign = await tokenOfAnotherPool(clients, pool.endpoint, stranger)
    const forged = `${IdToken.slice(0, -4)}AAAA`
    const answers = await Promise.all([asked(IdToken), asked(), asked(forged), asked(foreign)])
    expect(answers).toEqual([200, 401, 401, 401])
    const browser = await openBrowser()
    try {
      await visit(browser, local)
    } finally {
      await browser.close()
    }
    // The local addresses stand in generated files only; make config knows them, too.
    expect((await project.make(['config', ...where])).stdout).toBe('dev/demo: nothing changed')
    expect(await project.read('infra/.config/webapp/dev-demo.json')).toBe(before)
    expect(shown(await project.make(['stop-all']))).toContain('exit 0')
  }, 60_000)

  it('is only uploaded as far as it changed, and goes back as it was', async () => {
    expect(await deployed()).toMatchObject({ outcome: 'unchanged', version: 1, uploaded: [] })
    const keys = async (): Promise<(string | undefined)[]> =>
      ((await clients.s3.send(new ListObjectsV2Command({ Bucket: bucket }))).Contents ?? []).map(({ Key }) => Key)
    await clients.s3.send(new PutObjectCommand({ Bucket: bucket, Key: 'by-hand.txt', Body: 'mine' }))
    const styles = path.join(project.folder, 'frontend', 'styles.css')
    const before = await readFile(styles, 'utf8')
    await appendFile(styles, '\n/* changed */\n')
    await rm(path.join(project.folder, 'frontend', 'icon.svg'))
    const check = await deployPage('CHECK=true')
    expect(jsonLine(check, 'failure')).toMatchObject({ code: 'Different', exitCode: 7 })
    expect((await open('/styles.css')).body).toBe(before)
    const paths = ['/icon.svg', '/styles.css']
    expect(await deployed('WAIT=true')).toMatchObject({
      ...{ outcome: 'deployed', version: 2, uploaded: ['styles.css'], removed: ['icon.svg'], invalidated: paths },
    })
    expect((await open('/styles.css')).body).toBe(`${before}\n/* changed */\n`)
    expect(await keys()).toEqual(expect.arrayContaining(['by-hand.txt', 'index.html']))
    expect(await keys()).not.toContain('icon.svg')
    const back = await project.make(['rs-rollback', ...where, 'WHAT=frontend', 'JSON=true'])
    expect(jsonLine(back, 'summary')).toMatchObject({ outcome: 'rolled-back', to: 1, version: 3 })
    const [style, icon] = await Promise.all([open('/styles.css'), open('/icon.svg')])
    expect([style.body, style.headers['content-type']]).toEqual([before, 'text/css; charset=utf-8'])
    expect([icon.status, icon.headers['content-type']]).toEqual([200, 'image/svg+xml'])
  }, 60_000)

  it('may be any built folder, whose hashed files are kept for a year', async () => {
    const built = path.join(project.folder, 'dist page')
    await mkdir(path.join(built, 'assets'), { recursive: true })
    await cp(path.join(project.folder, 'frontend', 'index.html'), path.join(built, 'index.html'))
    await writeFile(path.join(built, 'assets', 'index-D1wRgTd4.js'), 'export {}\n')
    await writeFile(path.join(built, '.env'), 'SECRET=1\n')
    const result = await deployed('FRONTEND_DIR=dist page')
    expect(result).toMatchObject({ uploaded: ['assets/index-D1wRgTd4.js'] })
    expect(result['removed']).toContain('app/main.js')
    const hashed = await clients.s3.send(new HeadObjectCommand({ Bucket: bucket, Key: 'assets/index-D1wRgTd4.js' }))
    expect(hashed.CacheControl).toBe('public, max-age=31536000, immutable')
    expect((await open('/.env')).status).toBe(403)
    const none = await deployPage('FRONTEND_DIR=nowhere')
    expect(jsonLine(none, 'failure')).toMatchObject({ code: 'Usage', exitCode: 2 })
  }, 30_000)
})

/** What a person does, at the width of a telephone; every console error fails it. */
async function visit(browser: Browser, address: string): Promise<void> {
  const tab = await browser.newPage({ viewport: { width: 360, height: 740 } })
  const errors: string[] = []
  tab.on('console', (message) => {
    // Chromium notes every refused request; the ones below are meant.
    if (message.type() === 'error' && !/status of 40\d/.test(message.text())) errors.push(message.text())
  })
  tab.on('pageerror', (error) => errors.push(error.message))
  const signIn = async (name: string, password: string): Promise<void> => {
    await tab.getByLabel('E-mail address').fill(name)
    await tab.getByLabel('Password').fill(password)
    await tab.keyboard.press('Enter')
  }
  await tab.goto(`${address}/drafts`)
  await signIn(stranger.name, stranger.password)
  await tab.getByRole('alert').filter({ hasText: 'are not known here' }).waitFor()
  await picture(tab, 'sign-in')
  await signIn(admin.ADMIN_USERNAME, admin.ADMIN_PASSWORD)
  await tab.getByText('There are no drafts yet.').waitFor()
  await tab.getByRole('link', { name: 'Procedures' }).click()
  await picture(tab, 'procedures')
  await tab.getByRole('link', { name: /Buffer <b>preparation<\/b>/ }).click()
  await tab.getByText('Stir for 5 minutes').waitFor()
  await tab.getByLabel('Title').fill('Tuesday’s buffer')
  await tab.getByLabel('Notes').fill('10.2 g')
  await tab.getByRole('button', { name: 'Save draft' }).click()
  await tab.getByText('Saved. You find it under Drafts.').waitFor()
  await picture(tab, 'procedure')
  await tab.getByRole('link', { name: 'Drafts' }).click()
  await tab.getByRole('link', { name: /Tuesday’s buffer/ }).click()
  await tab.getByRole('button', { name: 'Save draft' }).waitFor()
  expect(await tab.getByLabel('Notes').inputValue()).toBe('10.2 g')
  await tab.reload()
  expect(await tab.getByLabel('Title').inputValue()).toBe('Tuesday’s buffer')
  await tab.getByLabel('Notes').fill('10.3 g')
  await tab.evaluate("sessionStorage.removeItem('rawscribe.session')")
  await tab.getByRole('button', { name: 'Save draft' }).click()
  await signIn(admin.ADMIN_USERNAME, admin.ADMIN_PASSWORD)
  await tab.getByText('What you typed is back, not saved yet.').waitFor()
  expect(await tab.getByLabel('Notes').inputValue()).toBe('10.3 g')
  await tab.getByRole('button', { name: 'Save draft' }).click()
  await tab.getByText('Saved. You find it under Drafts.').waitFor()
  const wider = await tab.evaluate('document.documentElement.scrollWidth - window.innerWidth')
  expect(wider).toBeLessThanOrEqual(0)
  await tab.getByRole('button', { name: 'Sign out' }).click()
  await tab.getByRole('heading', { name: 'Sign in' }).waitFor()
  expect(await tab.evaluate('sessionStorage.length')).toBe(0)
  expect(errors).toEqual([])
}

/** RS_PICTURES names a folder for pictures of what the test sees, narrow and wide. */
async function picture(tab: Page, name: string): Promise<void> {
  const folder = process.env['RS_PICTURES']
  if (folder === undefined) return
  await tab.screenshot({ path: path.join(folder, `${name}-360.png`), fullPage: true })
  await tab.setViewportSize({ width: 1280, height: 800 })
  await tab.screenshot({ path: path.join(folder, `${name}-1280.png`) })
  await tab.setViewportSize({ width: 360, height: 740 })
}
