import { afterAll, beforeAll, expect, it } from '@jest/globals'
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { makeFiles } from '../../scripts/adapters/files.js'

let root: string
beforeAll(() => void (root = mkdtempSync(path.join(tmpdir(), 'own-'))))
afterAll(() => rmSync(root, { recursive: true }))

it('a folder of the tool ignores itself from its first file on, and no other folder does', async () => {
  const files = makeFiles(root)
  await files.write('.rs/config/dev-demo/backend.json', '{}')
  await files.exclusively('.aws-sam-dev-demo/lock', async () => undefined, {
    onWait: () => undefined,
    mostMs: 0,
    signal: new AbortController().signal,
    tooLong: () => new Error('held'),
  })
  await files.write('infra/.config/lambda/dev.json', '{}')
  const ignored = (folder: string): string => path.join(root, folder, '.gitignore')
  for (const folder of ['.rs', '.aws-sam-dev-demo']) expect(readFileSync(ignored(folder), 'utf8')).toBe('*\n')
  expect(readdirSync(path.join(root, 'infra'))).toEqual(['.config'])
  writeFileSync(ignored('.rs'), 'mine')
  await files.write('.rs/more', 'x')
  expect(readFileSync(ignored('.rs'), 'utf8')).toBe('mine')
})
