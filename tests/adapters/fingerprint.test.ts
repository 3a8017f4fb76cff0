import { afterAll, describe, expect, it } from '@jest/globals'
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { makeFiles } from '../../scripts/adapters/files.js'

describe('the fingerprint of a folder', () => {
  const root = mkdtempSync(path.join(tmpdir(), 'fingerprint-'))
  const files = makeFiles(root)
  afterAll(() => rmSync(root, { recursive: true }))

  const of = async (wanted: Record<string, string>): Promise<string> => {
    rmSync(path.join(root, 'f'), { recursive: true, force: true })
    mkdirSync(path.join(root, 'f'))
    for (const [name, text] of Object.entries(wanted)) writeFileSync(path.join(root, 'f', name), text)
    return files.fingerprint('f')
  }

  it('tells files by name, bytes and whether they can be executed, and by nothing else', async () => {
    const one = await of({ a: 'x', b: 'yz' })
    expect(await of({ b: 'yz', a: 'x' })).toBe(one)
    chmodSync(path.join(root, 'f', 'a'), 0o755)
    const others = [
      await files.fingerprint('f'),
      await of({ a: 'xy', b: 'z' }),
      await of({ a: 'x', c: 'yz' }),
      await of({ a: 'x' }),
    ]
    expect(new Set([one, ...others]).size).toBe(5)
  })
})
