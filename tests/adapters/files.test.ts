import {
  chmodSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { inflateRawSync } from 'node:zlib'
import { afterAll, beforeEach, describe, expect, it } from '@jest/globals'
import { makeFiles } from '../../scripts/adapters/files.js'
import type { Files } from '../../scripts/ports.js'

const base = mkdtempSync(path.join(tmpdir(), 'files-'))
let root = base
let files: Files
let number = 0
beforeEach(() => {
  root = path.join(base, String(number++))
  mkdirSync(root)
  files = makeFiles(root)
})
afterAll(() => rmSync(base, { recursive: true }))

function put(name: string, content: string, mode = 0o644): void {
  mkdirSync(path.dirname(path.join(root, name)), { recursive: true })
  writeFileSync(path.join(root, name), content)
  chmodSync(path.join(root, name), mode)
}

describe('reading', () => {
  it('a missing file, or one below a file, is no file', async () => {
    put('file', 'x')
    expect(await files.readText('gone')).toBeUndefined()
    expect(await files.readText('file/below')).toBeUndefined()
    expect(await files.exists('gone/deeper')).toBe(false)
    expect(await files.exists('file/below')).toBe(false)
  })

  it('a folder is no text, and that is a failure', async () => {
    mkdirSync(path.join(root, 'folder'))
    await expect(files.readText('folder')).rejects.toThrow('folder cannot be read: it is a folder')
    await expect(files.readBytes('folder')).rejects.toThrow('folder cannot be read: it is a folder')
    expect(await files.exists('folder')).toBe(true)
  })
})

describe('links', () => {
  it('that lead out of the folder, to a folder or nowhere are told, one to a file beside it is not', async () => {
    put('page/a.css', 'x')
    put('page/sub/b.css', 'x')
    put('secret', 'x')
    const ends = { 'same.css': 'a.css', out: '../secret', folder: 'sub', nowhere: 'gone' }
    for (const [name, end] of Object.entries(ends)) symlinkSync(end, path.join(root, 'page', name))
    expect(await files.linksOut('page')).toEqual(['folder', 'nowhere', 'out'])
  })
})

describe('writing', () => {
  const modeOf = (file: string): number => statSync(path.join(root, file)).mode & 0o777

  it('makes folders, sets the mode, and reads back', async () => {
    await files.write('a/b/c.txt', 'zäh', 0o600)
    expect(await files.readText('a/b/c.txt')).toBe('zäh')
    expect(modeOf('a/b/c.txt')).toBe(0o600)
    await files.write('a/b/c.txt', new Uint8Array([1, 2]), 0o755)
    expect([...(await files.readBytes('a/b/c.txt'))]).toEqual([1, 2])
    expect(modeOf('a/b/c.txt')).toBe(0o755)
    await files.write('new.txt', 'x')
    expect(modeOf('new.txt')).toBe(0o644)
  })

  it('opens no file that was closed to others, and goes where a link leads', async () => {
    put('elsewhere/real.json', 'old', 0o600)
    symlinkSync('elsewhere/real.json', path.join(root, 'link.json'))
    await files.write('link.json', 'new')
    expect(lstatSync(path.join(root, 'link.json')).isSymbolicLink()).toBe(true)
    expect(await files.readText('elsewhere/real.json')).toBe('new')
    expect(modeOf('elsewhere/real.json')).toBe(0o600)
    expect(readdirSync(path.join(root, 'elsewhere'))).toEqual(['real.json'])
  })

  it('leaves the old file, and nothing else, when it fails half way', async () => {
    await files.write('file', 'old')
    const half = (function* () {
      yield 'half of the new'
      throw new Error('the disk is full')
    })()
    await expect(files.write('file', half as never)).rejects.toThrow('the disk is full')
    expect(await files.readText('file')).toBe('old')
    expect(readdirSync(root)).toEqual(['file'])
  })

  it('leaves nothing behind when the place is taken by a folder', async () => {
    mkdirSync(path.join(root, 'file/inner'), { recursive: true })
    await expect(files.write('file', 'new')).rejects.toThrow()
    expect(readdirSync(root)).toEqual(['file'])
  })

  it('is whole for whoever reads meanwhile', async () => {
    const texts = ['a', 'b'].map((letter) => letter.repeat(200_000))
    await files.write('file', texts[0]!)
    const seen = new Set<string | undefined>()
    const reading = Promise.all(Array.from({ length: 20 }, async () => seen.add(await files.readText('file'))))
    await Promise.all([files.write('file', texts[1]!), reading])
    expect([...seen].filter((text) => !texts.includes(text!))).toEqual([])
    expect(await files.readText('file')).toBe(texts[1])
  })

  it('twice at once ends with one of the two, whole', async () => {
    const texts = ['a', 'b'].map((letter) => letter.repeat(200_000))
    await Promise.all(texts.map((text) => files.write('file', text)))
    expect(texts).toContain(await files.readText('file'))
    expect(readdirSync(root)).toEqual(['file'])
  })

  it('removes a folder with everything in it, and does not mind a missing one', async () => {
    put('folder/deep/file', 'x')
    await files.remove('folder')
    await files.remove('folder')
    expect(await files.exists('folder')).toBe(false)
  })
})

describe('listing', () => {
  it('is sorted, relative, and without what tools leave', async () => {
    for (const name of ['f/b.py', 'f/a.py', 'f/sub/c.py', 'f/Z.py']) put(name, 'x')
    for (const name of ['f/__pycache__/a.pyc', 'f/sub/__pycache__/c.pyc', 'f/x.pyc', 'f/.DS_Store']) put(name, 'x')
    for (const name of ['f/.pytest_cache/v/x', 'f/.mypy_cache/x', 'f/.ruff_cache/x']) put(name, 'x')
    expect(await files.list('f')).toEqual(['Z.py', 'a.py', 'b.py', 'sub/c.py'])
  })

  it('keeps hidden files that are sources', async () => {
    put('f/.env.example', 'x')
    expect(await files.list('f')).toEqual(['.env.example'])
  })
})

interface Entry {
  name: string
  mode: number
  time: number
  content: string
}

/** The central directory of a zip (APPNOTE 4.3.12). */
function entriesOf(zip: Buffer): Entry[] {
  const end = zip.lastIndexOf(Buffer.from([0x50, 0x4b, 5, 6]))
  let at = zip.readUInt32LE(end + 16)
  return Array.from({ length: zip.readUInt16LE(end + 10) }, () => {
    const [nameLength, extraLength] = [zip.readUInt16LE(at + 28), zip.readUInt16LE(at + 30)]
    const local = zip.readUInt32LE(at + 42)
    const start = local + 30 + zip.readUInt16LE(local + 26) + zip.readUInt16LE(local + 28)
    const packed = zip.subarray(start, start + zip.readUInt32LE(at + 20))
    const entry = {
      name: zip.toString('utf8', at + 46, at + 46 + nameLength),
      mode: (zip.readUInt32LE(at + 38) >>> 16) & 0o7777,
      time: zip.readUInt32LE(at + 12),
      content: (zip.readUInt16LE(at + 10) === 8 ? inflateRawSync(packed) : packed).toString(),
    }
    at += 46 + nameLength + extraLength + zip.readUInt16LE(at + 32)
    return entry
  })
}
const zipped = async (folder: string): Promise<Buffer> => {
  await files.zip(folder, 'out/code.zip')
  return readFileSync(path.join(root, 'out/code.zip'))
}

describe('zipping', () => {
  const sources: [string, string, number][] = [
    ['main.py', 'print(1)\n'.repeat(500), 0o644],
    ['bin/tool', '#!/bin/sh\n', 0o755],
    ['a b/ü.txt', 'ü', 0o600],
    ['private.sh', '#!/bin/sh\n', 0o700],
    ['open.txt', 'x', 0o666],
    ['empty', '', 0o644],
  ]
  const fill = (folder: string, list: typeof sources): void =>
    list.forEach(([name, content, mode]) => put(`${folder}/${name}`, content, mode))

  it('gives the same bytes again, whatever the times, the order of writing and the modes of others', async () => {
    fill('one', sources)
    const first = await zipped('one')
    expect((await zipped('one')).equals(first)).toBe(true)
    for (const [name] of sources) utimesSync(path.join(root, 'one', name), new Date(0), new Date(1_600_000_000_000))
    expect((await zipped('one')).equals(first)).toBe(true)
    fill(
      'two',
      [...sources].reverse().map(([name, content, mode]) => [name, content, mode | 0o040]),
    )
    expect((await zipped('two')).equals(first)).toBe(true)
  })

  it('holds every file sorted, with its content, one time, and mode 0644 or 0755', async () => {
    fill('one', sources)
    const entries = entriesOf(await zipped('one'))
    expect(entries.map(({ name, mode }) => [name, mode])).toEqual([
      ['a b/ü.txt', 0o644],
      ['bin/tool', 0o755],
      ['empty', 0o644],
      ['main.py', 0o644],
      ['open.txt', 0o644],
      ['private.sh', 0o755],
    ])
    expect(new Set(entries.map(({ time }) => time)).size).toBe(1)
    for (const { name, content } of entries) expect(content).toBe(sources.find(([one]) => one === name)?.[1])
  })

  it('differs when a content, a name or an executable bit differs', async () => {
    fill('one', sources)
    const first = await zipped('one')
    put('one/main.py', 'print(2)')
    const second = await zipped('one')
    chmodSync(path.join(root, 'one/main.py'), 0o755)
    const third = await zipped('one')
    expect(new Set([first, second, third].map((bytes) => bytes.toString('base64'))).size).toBe(3)
  })

  it('does not depend on the time zone', async () => {
    fill('one', [['a', 'x', 0o644]])
    const [entry] = entriesOf(await zipped('one'))
    // MS-DOS time of 1980-01-01 00:00: year 0, month 1, day 1.
    expect(entry?.time).toBe(0x0021_0000)
  })

  it('replaces an older zip as a whole', async () => {
    fill('one', sources)
    await zipped('one')
    await zipped('one')
    expect(readdirSync(path.join(root, 'out'))).toEqual(['code.zip'])
  })
})
