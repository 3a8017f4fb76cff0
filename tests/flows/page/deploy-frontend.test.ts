import { describe, expect, it } from '@jest/globals'
import { livePage } from '../../../scripts/core/page-record.js'
import { deployFrontend } from '../../../scripts/flows/page/deploy-frontend.js'
import { readPageHistory } from '../../../scripts/flows/page/page-history.js'
import { rollBackPage } from '../../../scripts/flows/page/roll-back-page.js'
import { rejectedBy } from '../../support/failures.js'
import { type PageWorld, pageWorld } from '../../support/fake-page.js'

const written = ({ context }: PageWorld): string[] =>
  context.calls.filter((call) => /^(buckets\.put|cdn\.invalidate)/.test(call))
/** What the lock leaves in the ledger is none. */
const pagesOf = (world: PageWorld): string[] => [
  ...world.shown.keys(),
  ...written(world).filter((call) => !call.includes('locks/')),
]

describe('deploy-frontend', () => {
  it('uploads what documents name before the documents, and records the page before and after', async () => {
    const world = pageWorld()
    const outcome = await deployFrontend(world.context)
    expect(outcome).toMatchObject({ kind: 'deployed', record: { version: 1, outcome: 'live', paths: [] } })
    expect([...world.shown.keys()]).toEqual(['app.js', 'config.json', 'index.html'])
    const history = await readPageHistory(world.context)
    expect([history.next, livePage(history)?.files['app.js']?.versionId]).toEqual([2, '1'])
  })

  it('gives the page the target’s own values, and the API below its own origin where CloudFront serves it', async () => {
    const [same, other] = [pageWorld(), pageWorld({ patterns: [] })]
    await Promise.all([deployFrontend(same.context), deployFrontend(other.context)])
    const cognito = { region: 'eu-west-1', userPoolId: 'eu-west-1_Pool', clientId: 'client' }
    expect(JSON.parse(same.shown.get('config.json') ?? '')).toEqual({ webapp: { apiEndpoint: '', auth: { cognito } } })
    expect(JSON.parse(other.shown.get('config.json') ?? '')).toMatchObject({
      webapp: { apiEndpoint: 'https://abc.execute-api.eu-west-1.amazonaws.com/dev' },
    })
  })

  it.each([
    ['webapp.key', { key: 'AKIAABCDEFGHIJKLMNOP' }],
    ['webapp.smtp.password', { smtp: { password: 'geheim' } }],
    ['webapp.auth.jwtSecret', { auth: { jwtSecret: 'only for dev' } }],
  ])('refuses to publish what nobody may see, in dev too: %s', async (path, webapp) => {
    const world = pageWorld()
    world.files['infra/.config/webapp/dev.json'] = JSON.stringify({ webapp })
    const { code, message } = await rejectedBy(deployFrontend(world.context))
    expect([code, message]).toEqual(['Refused', expect.stringContaining(path)])
    expect(written(world)).toEqual([])
  })

  it('publishes keys and numbers that a page needs, and tells which of them everybody reads', async () => {
    const world = pageWorld()
    const webapp = { maps: { apiKey: 'AIza' }, siteKey: '6L', publishableKey: 'pk', localStorageKey: 'app' }
    const numbers = { tokenRefreshMinutes: 5, passwordMinLength: 12 }
    world.files['infra/.config/webapp/dev.json'] = JSON.stringify({ webapp: { ...webapp, ...numbers } })
    expect((await deployFrontend(world.context)).kind).toBe('deployed')
    expect(world.shown.get('config.json')).toContain('"passwordMinLength": 12')
    const warnings = world.context.events.filter(({ type }) => type === 'warning')
    expect(JSON.stringify(warnings)).toContain('webapp.maps.apiKey, webapp.siteKey')
  })

  it.each([
    ['CREATE_IN_PROGRESS', 'make rs-attach ENV=dev ORG=myorg'],
    ['UPDATE_ROLLBACK_FAILED', 'make rs-continue-rollback ENV=dev ORG=myorg'],
  ] as const)('refuses a stack that is in %s, whose outputs say nothing yet', async (status, next) => {
    const world = pageWorld({ stacks: [{ status, outputs: {} }] })
    const failures = [await rejectedBy(deployFrontend(world.context)), await rejectedBy(rollBackPage(world.context))]
    expect(failures.map(({ code }) => code)).toEqual(['StackState', 'StackState'])
    expect(failures[0]?.hint).toContain(next)
    expect(pagesOf(world)).toEqual([])
  })

  it('waits for whoever works on the stack, and compares once it is settled', async () => {
    const busy = { status: 'UPDATE_IN_PROGRESS', outputs: {} } as const
    const world = pageWorld({ stacks: [busy, {}] })
    expect(await deployFrontend(world.context)).toMatchObject({ kind: 'deployed' })
    expect(world.shown.get('config.json')).toContain('"clientId": "client"')
    const checked = pageWorld({ stacks: [busy], inputs: { CHECK: 'true' } })
    expect((await rejectedBy(deployFrontend(checked.context))).code).toBe('StackState')
    expect(written(checked)).toEqual([])
  })

  it('publishes what the stack says under the lock, where it changed meanwhile', async () => {
    const first = { changedAt: '2025-01-01T00:00:00.000Z', outputs: {} }
    const world = pageWorld({ stacks: [first, { changedAt: '2025-01-02T00:00:00.000Z' }] })
    expect(await deployFrontend(world.context)).toMatchObject({ stack: { outputs: { CognitoClientId: 'client' } } })
    expect(world.shown.get('config.json')).toContain('"clientId": "client"')
  })

  it('waits with WAIT=true for what an earlier run had CloudFront forget, although nothing is to be done', async () => {
    const forgotten = [false, false, true]
    const world = pageWorld({ forgotten })
    await deployFrontend(world.context)
    world.files['frontend/app.js'] = 'two()'
    await deployFrontend(world.context)
    world.files['frontend/more.js'] = 'three()'
    expect(await deployFrontend(world.context)).toMatchObject({ record: { paths: [], invalidation: { id: 'I1' } } })
    expect(forgotten).toHaveLength(3)
    world.context.inputs.WAIT = 'true'
    expect(await deployFrontend(world.context)).toMatchObject({ kind: 'unchanged', version: 3 })
    expect(forgotten).toEqual([])
  })

  it('writes nothing with CHECK=true, and nothing where nothing changed', async () => {
    const checked = pageWorld({ inputs: { CHECK: 'true' } })
    expect(await deployFrontend(checked.context)).toMatchObject({ kind: 'planned' })
    expect(written(checked)).toEqual([])
    const world = pageWorld()
    await deployFrontend(world.context)
    const before = written(world).length
    expect(await deployFrontend(world.context)).toMatchObject({ kind: 'unchanged', version: 1 })
    expect(written(world)).toHaveLength(before)
  })

  it('asks in prod before it writes anything', async () => {
    const world = pageWorld({ target: { env: 'prod', org: 'myorg' }, prompts: { interactive: false } })
    expect(await rejectedBy(deployFrontend(world.context))).toMatchObject({ code: 'Declined' })
    expect(written(world)).toEqual([])
  })

  it('is finished by the next run when it was cut off, which knows the files that were on their way', async () => {
    const world = pageWorld()
    await deployFrontend(world.context)
    world.files['frontend/app.js'] = 'two()'
    world.files['frontend/half.js'] = 'half()'
    world.files['frontend/index.html'] = '<p>2</p>'
    world.broken.add('index.html')
    await expect(deployFrontend(world.context)).rejects.toThrow('index.html could not be put')
    expect([world.shown.get('index.html'), world.shown.has('half.js')]).toEqual(['<p>1</p>', true])
    Reflect.deleteProperty(world.files, 'frontend/half.js')
    world.broken.clear()
    const outcome = await deployFrontend(world.context)
    expect(outcome).toMatchObject({
      change: { plan: { removals: ['half.js'] } },
      record: { version: 3, paths: ['/', '/app.js', '/half.js', '/index.html'] },
    })
    expect(world.shown.has('half.js')).toBe(false)
  })

  it('names the file that a folder without a page lacks', async () => {
    const world = pageWorld({ inputs: { FRONTEND_DIR: 'dist/' } })
    const { code, message } = await rejectedBy(deployFrontend(world.context))
    expect([code, message]).toEqual(['Usage', 'FRONTEND_DIR=dist holds no page: dist/index.html is not there'])
  })

  it('refuses what would publish more than a page: sources, and links that lead elsewhere', async () => {
    const sources = pageWorld()
    sources.files['frontend/package.json'] = '{}'
    const { code, hint } = await rejectedBy(deployFrontend(sources.context))
    expect([code, hint]).toEqual(['Usage', expect.stringContaining('FRONTEND_DIR=frontend/dist')])
    const linked = pageWorld()
    linked.context.ports.files.linksOut = async () => ['.cache', 'secret.txt']
    expect(await rejectedBy(deployFrontend(linked.context))).toMatchObject({
      code: 'Refused',
      message: expect.stringContaining('frontend/secret.txt is a link'),
    })
    expect([...written(sources), ...written(linked)]).toEqual([])
  })
})

describe('rs-rollback WHAT=frontend', () => {
  const twice = async (): Promise<PageWorld> => {
    const world = pageWorld()
    await deployFrontend(world.context)
    world.files['frontend/app.js'] = 'two()'
    world.files['frontend/new.js'] = 'three()'
    await deployFrontend(world.context)
    return world
  }

  it('brings the versions before back and takes away what came after; once more there is nothing before', async () => {
    const world = await twice()
    expect(await rollBackPage(world.context)).toMatchObject({ to: 1, record: { version: 3, restores: 1 } })
    expect([world.shown.get('app.js'), world.shown.has('new.js')]).toEqual(['one()', false])
    expect(await rejectedBy(rollBackPage(world.context))).toMatchObject({ code: 'StackState' })
    expect(await deployFrontend(world.context)).toMatchObject({ kind: 'deployed', record: { version: 4 } })
    expect(world.shown.get('app.js')).toBe('two()')
  })

  it('finds the one before behind any number of runs that were cut off', async () => {
    const world = await twice()
    world.files['frontend/index.html'] = '<p>3</p>'
    world.broken.add('index.html')
    for (let i = 0; i < 21; i += 1) await expect(deployFrontend(world.context)).rejects.toThrow('index.html')
    world.broken.clear()
    expect(await rollBackPage(world.context)).toMatchObject({ to: 1, record: { version: 24 } })
  })

  it('asks in prod before it takes the lock', async () => {
    const asked: number[] = []
    const world: PageWorld = pageWorld({
      target: { env: 'prod', org: 'myorg' },
      prompts: {
        interactive: true,
        ask: async () => {
          asked.push(world.context.calls.filter((call) => call.includes('locks/')).length)
          return 'prod/myorg'
        },
      },
    })
    world.files['infra/.config/webapp/prod.json'] = '{}'
    await deployFrontend(world.context)
    world.files['frontend/app.js'] = 'two()'
    await deployFrontend(world.context)
    world.context.calls.length = 0
    await rollBackPage(world.context)
    expect([asked.length, asked.at(-1)]).toEqual([3, 0])
  })

  it('keeps config.json, which says where the target’s parts are now', async () => {
    const world = await twice()
    world.files['infra/.config/webapp/dev.json'] = '{ "webapp": { "title": "New" } }'
    await deployFrontend(world.context)
    await rollBackPage(world.context)
    expect(world.shown.get('config.json')).toContain('"New"')
  })

  it('changes nothing where a version of it is gone', async () => {
    const world = await twice()
    world.gone.add('app.js 1')
    const before = written(world).length
    const failure = await rejectedBy(rollBackPage(world.context))
    expect(failure).toMatchObject({ code: 'StackState', hint: expect.stringContaining('make deploy-frontend') })
    expect([written(world).length - before, world.shown.get('app.js')]).toEqual([0, 'two()'])
  })
})
