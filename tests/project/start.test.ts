import { spawnSync } from 'node:child_process'
import { chmodSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'

const starter = readFileSync(path.resolve('infra/bootstrap/start.cjs'), 'utf8')
let folder = ''

function write(name: string, code: string): void {
  writeFileSync(path.join(folder, name), code)
}

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'rs-start-'))
  write('package.json', '{ "type": "commonjs" }')
  write('main.js', `${starter}start(__dirname, 'first.js', 'b1')\n`)
  write(
    'first.js',
    `const { word } = require('./second.js'); process.exitCode = Number(process.argv[3] ?? 0); console.log(word())`,
  )
  write('second.js', `exports.word = () => 'said by ' + require('node:path').basename(__moduleUrl)`)
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

function run(...words: string[]): string {
  const { stdout, stderr } = spawnSync(process.execPath, [path.join(folder, 'main.js'), ...words], { encoding: 'utf8' })
  return stdout + stderr
}

const answer = 'said by second.js\n'
const place = (): string => path.join(folder, 'code-b1')
const kept = (): string[] =>
  readdirSync(folder).flatMap((name) => (name.startsWith('code-') ? readdirSync(place()) : []))
const index = (): string[] => {
  const data = readFileSync(path.join(place(), kept()[0]!))
  const parts = JSON.parse(data.toString('latin1', 40, 40 + data.readUInt32LE(32))) as [string, number, number][]
  return parts.map(([name]) => name)
}
const contents = (): string => readFileSync(path.join(place(), kept()[0]!), 'latin1')

describe('the program', () => {
  it('keeps its compiled code by command, and starts from it without writing it again', () => {
    expect(run('check-it')).toBe(answer)
    expect(kept()).toEqual([`check-it-${process.version}-${process.platform}-${process.arch}.bin`])
    expect(index()).toEqual(['first.js', 'second.js'])
    const before = contents()
    chmodSync(place(), 0o500)
    expect(run('check-it')).toBe(answer)
    chmodSync(place(), 0o700)
    expect(contents()).toBe(before)
    expect(run('other')).toBe(answer)
    expect(kept()).toHaveLength(2)
  })

  it('keeps the code of parts that a later run of the command needed as well', () => {
    write('third.js', `exports.word = () => 'third'`)
    write('first.js', `console.log(require(process.argv[3]).word())`)
    expect(run('check-it', './third.js')).toBe('third\n')
    expect(index()).toEqual(['first.js', 'third.js'])
    expect(run('check-it', './second.js')).toBe(answer)
    expect(index().sort()).toEqual(['first.js', 'second.js', 'third.js'])
  })

  it.each([
    ['is empty', ''],
    ['is cut off', 'x'.repeat(36)],
    ['is something else', 'x'.repeat(4000)],
  ])('starts where the kept code %s, and replaces it', (_, broken) => {
    run('check-it')
    const whole = contents()
    writeFileSync(path.join(place(), kept()[0]!), broken, 'latin1')
    expect(run('check-it')).toBe(answer)
    expect(contents().length).toBe(whole.length)
  })

  it('passes over kept code that was damaged anywhere', () => {
    run('check-it')
    const file = path.join(place(), kept()[0]!)
    const data = readFileSync(file)
    for (const at of [0, 40, Math.floor(data.length / 2), data.length - 9]) {
      writeFileSync(
        file,
        data.map((byte, i) => (i === at ? byte ^ 0xff : byte)),
      )
      expect(run('check-it')).toBe(answer)
      expect(readFileSync(file)).toHaveLength(data.length)
    }
  })

  it('passes over kept code of another V8', () => {
    run('check-it')
    const file = path.join(place(), kept()[0]!)
    const flags = ['--no-opt', path.join(folder, 'main.js'), 'check-it']
    const before = contents()
    expect(spawnSync(process.execPath, flags, { encoding: 'utf8' }).stdout).toBe(answer)
    expect(readFileSync(file, 'latin1')).not.toBe(before)
  })

  it('keeps nothing of a run that failed', () => {
    expect(run('check-it', '3')).toBe(answer)
    expect(kept()).toEqual([])
  })

  it('starts where nothing can be kept', () => {
    write('code-b1', 'a file, where the folder would be')
    expect(run('check-it')).toBe(answer)
  })
})
