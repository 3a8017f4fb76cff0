import { readFileSync } from 'node:fs'
import { runInNewContext } from 'node:vm'
import { describe, expect, it } from '@jest/globals'
import { parseTemplate } from '../../scripts/core/template.js'

const file = 'template.yaml'
const { Resources } = parseTemplate(readFileSync(file, 'utf8'), file)
const code = String(Resources['CloudFrontSinglePageFunction']?.Properties?.['FunctionCode'])
const shown = (uri: string): string =>
  (runInNewContext(`${code}; handler(event)`, { event: { request: { uri } } }) as { uri: string }).uri

describe('what CloudFront answers a path with', () => {
  it.each(['/', '/drafts', '/sops/count', '/docs/'])('the page for %s, which routes by itself', (uri) =>
    expect(shown(uri)).toBe('/index.html'),
  )

  it.each(['/app/main.js', '/docs/index.html', '/.well-known/apple-app-site-association', '/.well-known/security.txt'])(
    'the file for %s',
    (uri) => expect(shown(uri)).toBe(uri),
  )
})
