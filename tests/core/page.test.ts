import { describe, expect, it } from '@jest/globals'
import { chromiumPlaces } from '../e2e/support/chromium.js'
import { type PageFile, cacheControlOf, contentTypeOf, isPublished } from '../../scripts/core/page-files.js'
import { invalidationPaths, isEmpty, planPage } from '../../scripts/core/page-plan.js'
import { type PageRecord, pageBefore } from '../../scripts/core/page-record.js'

const file = (key: string, sha256 = 'a'): PageFile => {
  return { key, sha256, bytes: 1, contentType: contentTypeOf(key), cacheControl: cacheControlOf(key) }
}

const record = (version: number, keys: readonly string[], over: Partial<PageRecord> = {}): PageRecord => {
  const files = keys.map((key) => [key, { ...file(key), etag: `etag of ${key}`, versionId: '1' }] as const)
  return {
    ...{ format: 1, version, outcome: 'live', command: 'deploy-frontend', at: '2025-01-01T00:00:00Z', who: 'me' },
    ...{ files: Object.fromEntries(files), removals: [], paths: [] },
    ...over,
  }
}

const stored = (...keys: string[]): Map<string, string> => new Map(keys.map((key) => [key, `etag of ${key}`]))

describe('a file of a page', () => {
  it.each([
    ['main.3f2a1b9c.js'],
    ['static/js/main.3f2a1b9c.chunk.js.map'],
    ['assets/index-D1wRgTda.js'],
    ['assets/logo-b2_4Kd9x.svg'],
  ])('is kept for a year when it is named after its content: %s', (key) => {
    expect(cacheControlOf(key)).toBe('public, max-age=31536000, immutable')
  })

  it.each([
    ['index.html'],
    ['main.3f2a1b9c.html'],
    ['config.json'],
    ['app/main.js'],
    ['assets/my-componen.js'],
    ['assets/my-Template.js'],
    ['report-20240101.pdf'],
    ['deadbeef.js'],
    ['jquery-ui-defaced.js'],
    ['assets/banner-1024x512.png'],
    ['assets/font-awesome4.css'],
    ['assets/hero-1920x108.jpg'],
    ['assets/logo-Version2.svg'],
    ['assets/guide-Web3Docs.pdf'],
    ['assets/index-DiwrgTda.js'],
    ['facade-facade2024.js'],
  ])('is asked for each time otherwise: %s', (key) => expect(cacheControlOf(key)).toBe('no-cache'))

  it('has the type that its name says', () => {
    expect(['a/b.js', 'x.html', 'f.woff2', 'site.webmanifest', 'LICENSE'].map(contentTypeOf)).toEqual([
      ...['text/javascript; charset=utf-8', 'text/html; charset=utf-8', 'font/woff2'],
      ...['application/manifest+json; charset=utf-8', 'application/octet-stream'],
    ])
  })

  it('is not published when it is hidden', () => {
    const names = [
      '.env',
      'a/.git/config',
      'node_modules/x/index.js',
      'a/node_modules/y.js',
      '.well-known/security.txt',
      'index.html',
    ]
    expect(names.filter(isPublished)).toEqual(['.well-known/security.txt', 'index.html'])
  })
})

describe('what is to be done for a page', () => {
  it('is everything, documents last, where there is none, and CloudFront has nothing to forget', () => {
    const files = ['index.html', 'z.js', 'config.json', 'a.css'].map((key) => file(key))
    const plan = planPage(files, new Map(), { records: [], next: 1 })
    expect(plan.uploads.map((one) => one.file.key)).toEqual(['a.css', 'z.js', 'config.json', 'index.html'])
    expect(plan).toMatchObject({ removals: [], unchanged: 0, paths: [] })
  })

  it('is nothing where record and bucket say the same', () => {
    const history = { records: [record(1, ['index.html', 'a.css'])], next: 2 }
    const plan = planPage([file('index.html'), file('a.css')], stored('index.html', 'a.css'), history)
    expect([isEmpty(plan), plan.unchanged]).toEqual([true, 2])
  })

  it.each<[string, PageFile, Map<string, string>]>([
    ['other bytes', file('a.css', 'b'), stored('a.css')],
    ['another type', { ...file('a.css'), contentType: 'text/plain' }, stored('a.css')],
    ['another caching', { ...file('a.css'), cacheControl: 'no-store' }, stored('a.css')],
    ['what somebody changed in the bucket', file('a.css'), new Map([['a.css', 'by hand']])],
  ])('is one upload for %s, and its path', (_name, wanted, bucket) => {
    const plan = planPage([wanted], bucket, { records: [record(1, ['a.css'])], next: 2 })
    expect(plan.uploads).toEqual([{ file: wanted, change: 'changed' }])
    expect(plan.paths).toEqual(['/a.css'])
  })

  it('removes what earlier runs put there, cut ones too, and nothing of anybody else', () => {
    const cut = record(2, ['index.html', 'cut.js'], { outcome: 'begun', removals: ['was.js'], paths: ['/old.css'] })
    const history = { records: [cut, record(1, ['index.html', 'old.css'])], next: 3 }
    const bucket = stored('index.html', 'old.css', 'cut.js', 'was.js', 'by-hand.txt')
    const plan = planPage([file('index.html')], bucket, history)
    expect(plan.uploads).toEqual([])
    expect(plan.removals).toEqual(['cut.js', 'old.css', 'was.js'])
    expect(plan.paths).toEqual(['/cut.js', '/old.css', '/was.js'])
  })

  it('has CloudFront forget what a cut run may have left there, although nothing is to be uploaded', () => {
    const cut = record(2, ['a.css'], { outcome: 'begun', paths: ['/a.css'] })
    const plan = planPage([file('a.css')], stored('a.css'), { records: [cut, record(1, ['a.css'])], next: 3 })
    expect([plan.uploads, plan.paths, isEmpty(plan)]).toEqual([[], ['/a.css'], false])
  })

  it('names the paths of a browser, and all of them where they are many', () => {
    expect(invalidationPaths(['index.html', 'a b/ü.css'])).toEqual(['/', '/a%20b/%C3%BC.css', '/index.html'])
    const many = Array.from({ length: 16 }, (_none, i) => `${i}.js`)
    expect([invalidationPaths(many), invalidationPaths(many.slice(1)).length]).toEqual([['/*'], 15])
  })
})

describe('the page before', () => {
  const [one, two, cut] = [record(1, []), record(2, []), record(3, [], { outcome: 'begun' })]
  const back = record(3, [], { restores: 1 })
  it.each<[string, PageRecord[], number | undefined]>([
    ['none', [], undefined],
    ['none before the first', [one], undefined],
    ['the one before, past a cut run', [cut, two, one], 1],
    ['further back after a rollback', [record(4, [], { restores: 2 }), record(3, []), two, one], 1],
    ['none before a rollback to the first', [record(3, [], { restores: 1 }), two, one], undefined],
    ['what was shown, after a deployment past a rollback', [record(4, []), back, two, one], 1],
    ['not known while what was put back is not read', [record(4, []), back, two], undefined],
  ])('is %s', (_name, records, version) => {
    expect(pageBefore({ records, next: 9 })?.version).toBe(version)
  })
})

describe('a Chromium', () => {
  it('is looked for where CHROMIUM says and nowhere else, or along PATH', () => {
    expect(chromiumPlaces({ CHROMIUM: '/opt/c', PATH: '/bin' })).toEqual(['/opt/c'])
    expect(chromiumPlaces({ PATH: '/a:/b' })).toEqual(expect.arrayContaining(['/a/chromium', '/b/google-chrome']))
  })
})
