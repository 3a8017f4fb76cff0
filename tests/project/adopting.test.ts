import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, describe, expect, it } from '@jest/globals'
import { commands } from '../../scripts/commands/index.js'
import { plainEnvironment } from '../e2e/support/project.js'

const base = realpathSync(mkdtempSync(path.join(tmpdir(), 'adopting-')))
afterAll(() => rmSync(base, { recursive: true }))

/** A tool that only says what it was asked for. */
const echo = `${commands.map(({ name }) => name).join(' ')}:\n\t@echo '$@ $(PROJECT_DIR) $(ENV)'\n.PHONY: ${commands.map(({ name }) => name).join(' ')}\n`

describe('the Makefile of docs/adopting.md', () => {
  const shop = path.join(base, 'shop')
  const tool = path.join(base, 'deploy-tool')
  for (const folder of [tool, path.join(shop, 'config'), path.join(shop, 'docs')])
    mkdirSync(folder, { recursive: true })
  writeFileSync(path.join(tool, 'Makefile'), echo)
  const snippet = /```make\n([^`]*)```/.exec(readFileSync('docs/adopting.md', 'utf8'))?.[1] ?? ''
  writeFileSync(path.join(shop, 'Makefile'), snippet)
  const make = (...words: string[]): string[] => {
    return execFileSync('make', words, { cwd: shop, encoding: 'utf8', env: plainEnvironment(base) })
      .trim()
      .split('\n')
  }

  it('hands every target on, with its variables, also where a folder is called so', () => {
    const names = commands.map(({ name }) => name)
    expect(make(...names, 'ENV=dev')).toEqual(names.map((name) => `${name} ${shop} dev`))
  })

  it('helps where no target is named', () => {
    expect(make()).toEqual([`help ${shop}`])
  })
})
