import { readFileSync, readdirSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from '@jest/globals'

const read = (file: string): string => readFileSync(file, 'utf8')
const readJson = (file: string): Record<string, unknown> => JSON.parse(read(file)) as Record<string, unknown>
const manifest = readJson('package.json') as {
  dependencies: Record<string, string>
  devDependencies: Record<string, string>
  overrides: Record<string, string>
  engines: { node: string }
  bin: Record<string, string>
}
const lock = readJson('package-lock.json') as { packages: Record<string, { version?: string; integrity?: string }> }

describe('the packages', () => {
  const { dependencies, devDependencies, overrides } = manifest
  it.each(Object.entries({ ...dependencies, ...devDependencies, ...overrides }))(
    '%s is pinned exactly: %s',
    (_name, version) => {
      expect(version).toMatch(/^\d+\.\d+\.\d+$/)
    },
  )

  it('are locked at the pinned versions', () => {
    const pinned = Object.entries({ ...dependencies, ...devDependencies })
    const locked = pinned.map(([name]) => [name, lock.packages[`node_modules/${name}`]?.version])
    expect(locked).toEqual(pinned)
  })

  it('are locked with their hashes, and not to anybody’s mirror', () => {
    expect(read('package-lock.json')).not.toContain('"resolved"')
    expect(read('package-lock.json')).not.toMatch(/"(version|integrity)": "[^"]*:\/\//)
    const unhashed = Object.entries(lock.packages).filter(([place, { integrity }]) => place !== '' && !integrity)
    expect(unhashed.map(([place]) => place)).toEqual([])
  })

  it('run on the oldest Node.js that the project promises', () => {
    expect(manifest.engines.node).toBe('>=20.19.0')
    expect(manifest.bin['rawscribe']).toBe('dist/main.js')
  })
})

describe('the toolchain', () => {
  const pins = readdirSync('infra/toolchain').filter((name) => name.endsWith('.txt'))
  it.each(pins)('%s pins every package exactly and with hashes', (name) => {
    const lines = read(path.join('infra/toolchain', name)).split('\n')
    const packages = lines.filter((line) => /^[a-z0-9]/i.test(line))
    expect(packages.length).toBeGreaterThan(0)
    for (const line of packages) expect(line).toMatch(/^[a-z0-9._-]+(\[[a-z0-9,_-]+\])?==\S+( ;.*)? \\$/i)
    expect(lines.filter((line) => /^\s+--hash=sha256:[0-9a-f]{64}/.test(line)).length).toBeGreaterThanOrEqual(
      packages.length,
    )
    expect(lines.filter((line) => /https?:\/\/|--index-url|--find-links/.test(line))).toEqual([])
  })
})

describe('the configurations of the project', () => {
  it.each(['lambda', 'webapp'])('of %s are there for every environment', (kind) => {
    for (const env of ['dev', 'test', 'stage', 'prod']) {
      expect(typeof readJson(`infra/.config/${kind}/${env}.json`)).toBe('object')
    }
  })
})
