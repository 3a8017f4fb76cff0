import { readFileSync } from 'node:fs'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { runInNewContext } from 'node:vm'
import { describe, expect, it } from '@jest/globals'
import { parseTemplate } from '../../scripts/core/template.js'

const file = 'template.yaml'
const { Resources } = parseTemplate(readFileSync(file, 'utf8'), file)
const code = String(Resources['CloudFrontSinglePageFunction']?.Properties?.['FunctionCode'])
const shown = (uri: string): string =>
  (runInNewContext(`${code}; handler(event)`, { event: { request: { uri } } }) as { uri: string }).uri

/** What the local server takes for the same path. */
async function served(uri: string): Promise<string | undefined> {
  const { fileOf } = (await import(pathToFileURL(path.resolve('infra/local-app/page-file.mjs')).href)) as {
    fileOf: (pathname: string, folder: string) => string | undefined
  }
  return fileOf(uri, 'page')
}

it.each(['/.env.local', '/.git/config.lock', '/a/.hidden/x.js', '/..%2fpackage.json', '/a%5C..%5Cx.js'])(
  'the local page has no file for %s',
  async (uri) => expect(await served(uri)).toBeUndefined(),
)

describe('what CloudFront and the local page answer a path with', () => {
  it.each(['/', '/drafts', '/sops/count', '/sops/count%2Ev2', '/v1.2/docs/'])(
    'the page for %s, which routes by itself',
    async (uri) => {
      expect(shown(uri)).toBe('/index.html')
      expect(await served(uri)).toBe('page/index.html')
    },
  )

  it.each(['/app/main.js', '/docs/index.html', '/.well-known/apple-app-site-association', '/.well-known/security.txt'])(
    'the file for %s',
    async (uri) => {
      expect(shown(uri)).toBe(uri)
      expect(await served(uri)).toBe(`page${uri}`)
    },
  )
})
