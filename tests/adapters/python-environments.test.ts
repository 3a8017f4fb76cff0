import { afterAll, describe, expect, it } from '@jest/globals'
import { mkdirSync, mkdtempSync, realpathSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { type PythonEnvironments, makePythonEnvironments } from '../../scripts/adapters/local/python-environments.js'
import type { Shell } from '../../scripts/ports.js'

describe('the environment of a tool', () => {
  const root = realpathSync(mkdtempSync(path.join(tmpdir(), 'environments-')))
  afterAll(() => rmSync(root, { recursive: true }))
  mkdirSync(path.join(root, 'infra', 'toolchain'), { recursive: true })
  const pin = (text: string): void => writeFileSync(path.join(root, 'infra', 'toolchain', 'uv.txt'), text)

  /** As python's venv and pip, which make a folder. */
  const shell: Shell = {
    run: async ({ args }) => {
      if (args[1] === 'venv') mkdirSync(args[2]!, { recursive: true })
      return { exitCode: 0, output: '3.11 /usr/bin/python3', cancelled: false }
    },
  }
  const told: string[] = []
  const below = (stateFolder: string): PythonEnvironments => {
    const env = { PATH: process.env['PATH'] ?? '' }
    return makePythonEnvironments({ toolFolder: root, stateFolder, env, tell: (text) => void told.push(text) }, shell)
  }
  const at = (name: string): string => path.join(root, name)

  it('is installed once for its pins and its place, and again where one of them changed', async () => {
    pin('uv==1')
    const program = path.join(at('one'), 'toolchain', 'uv', 'bin', 'uv')
    expect(await below(at('one')).installed('uv', 'uv')).toBeUndefined()
    for (let run = 0; run < 2; run++) expect(await below(at('one')).install('uv', 'uv')).toBe(program)
    expect(told).toHaveLength(1)

    mkdirSync(at('linked'))
    symlinkSync(path.join(at('one'), 'toolchain'), path.join(at('linked'), 'toolchain'))
    expect(await below(at('linked')).installed('uv', 'uv')).toBe(program)

    renameSync(at('one'), at('moved'))
    expect(await below(at('moved')).installed('uv', 'uv')).toBeUndefined()
    await below(at('moved')).install('uv', 'uv')
    expect(told).toHaveLength(2)

    pin('uv==2')
    expect(await below(at('moved')).installed('uv', 'uv')).toBeUndefined()
  })
})
