import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { bundle } from '../../infra/bootstrap/bundle.mjs'

let folder = ''
const dist = (): string => path.join(folder, 'dist')
const parts = (): string[] => readdirSync(dist()).filter((name) => /-\w{8}\.js$/.test(name))

async function build(main: string, lazy = 'export const word = "lazy"'): Promise<void> {
  writeFileSync(path.join(folder, 'main.ts'), main)
  writeFileSync(path.join(folder, 'lazy.ts'), lazy)
  await bundle(dist(), path.join(folder, 'main.ts'))
}

function run(): string {
  const { stdout, stderr } = spawnSync(process.execPath, [path.join(dist(), 'main.js'), 'go'], { encoding: 'utf8' })
  return stdout + stderr
}

function age(name: string, hours: number): void {
  const then = new Date(Date.now() - hours * 3_600_000)
  utimesSync(path.join(dist(), name), then, then)
}

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'rs-bundle-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const lazily = `import('./lazy.js').then(({ word }) => console.log(word))`

describe('the bundle', () => {
  it('runs as the modules would: lazily, strict, with every character, knowing where it lies', async () => {
    const here = `console.log(new URL('.', import.meta.url).pathname)`
    const texts = `console.log(/^[a…é]+$/.test('…é'), String.raw\`…\`.length, 'ä…')`
    const strict = `try { (Object.freeze({ a: 1 }) as { a: number }).a = 2 } catch (error) { console.log((error as Error).name) }`
    const top = `console.log(typeof this)`
    await build([here, texts, strict, top, lazily].join('\n'))
    const said = [`${dist()}/`, 'true 1 ä…', 'TypeError', 'undefined', 'lazy']
    for (let time = 1; time <= 2; time++) expect(run().trim().split('\n')).toEqual(said)
  })

  it('leaves a program that runs the parts it began with, for a day after they were replaced', async () => {
    await build(lazily)
    const first = parts()
    for (const name of first) age(name, 48)
    await build(lazily, 'export const word = "second"')
    expect(parts()).toEqual(expect.arrayContaining(first))
    const replaced = first.filter((name) => !readdirSync(dist()).includes(name))
    expect(replaced).toEqual([])
    for (const name of parts()) age(name, 23)
    await build(lazily, 'export const word = "third"')
    expect(parts()).toEqual(expect.arrayContaining(first))
    for (const name of parts()) age(name, 25)
    await build(lazily, 'export const word = "fourth"')
    expect(first.some((name) => !existsSync(path.join(dist(), name)))).toBe(true)
    expect(run()).toBe('fourth\n')
  })

  it('is made also where something old cannot be looked at', async () => {
    await build(lazily)
    symlinkSync('nowhere', path.join(dist(), 'leads-nowhere'))
    await build(lazily, 'export const word = "new"')
    expect(run()).toBe('new\n')
  })
})
