import { chmod, cp, mkdir, open, readFile, readdir, realpath, rename, rm, stat } from 'node:fs/promises'
import { createHash, randomUUID } from 'node:crypto'
import path from 'node:path'
import { exclusively } from '../../infra/bootstrap/exclusive.mjs'
import { DeployError } from '../errors.js'
import type { Files } from '../ports.js'
import { isExecutable } from './executable.js'
import { keepOutOfGit } from './own-folders.js'

const rubbish = new Set(['__pycache__', '.DS_Store', '.pytest_cache', '.mypy_cache', '.ruff_cache'])

/** Files below `root`; relative paths are taken from there. */
export function makeFiles(root: string): Files {
  const at = (file: string): string => path.resolve(root, file)
  return {
    async readText(file) {
      return await readFile(at(file), 'utf8').catch(undefinedWhenMissing).catch(unreadable(file))
    },
    readBytes: (file) => readFile(at(file)).catch(unreadable(file)),
    exists: async (file) => (await stat(at(file)).catch(undefinedWhenMissing)) !== undefined,
    linksOut: (folder) => linksOut(at(folder)),
    list: async (folder) => (await listFiles(at(folder))).filter((file) => !isRubbish(file)),
    async write(file, content, mode) {
      keepOutOfGit(root, file)
      await writeWhole(at(file), content, mode)
    },
    async exclusively(lockFile, work, waiting) {
      keepOutOfGit(root, lockFile)
      return exclusively(at(lockFile), work, waiting)
    },
    remove: (folder) => rm(at(folder), { recursive: true, force: true }),
    copy: (from, to) => cp(at(from), at(to), { recursive: true, filter: (file) => !isRubbish(file) }),
    async zip(folder, file, leftOut = []) {
      const names = (await listFiles(at(folder))).filter((name) => !isLeftOut(name, leftOut))
      await (await import('./zip.js')).zipFiles(at(folder), names, at(file))
    },
    fingerprint: (folder) => fingerprint(at(folder)),
  }
}

function unreadable(file: string): (error: NodeJS.ErrnoException) => never {
  return (error) => {
    const why = { EISDIR: 'it is a folder', ENOENT: 'it is not there' }[String(error.code)] ?? error.code
    throw new DeployError('Usage', `${file} cannot be read: ${why ?? error.message}`, {
      hint: 'a file that can be read',
      cause: error,
    })
  }
}

function undefinedWhenMissing(error: NodeJS.ErrnoException): undefined {
  if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return undefined
  throw error
}

async function linksOut(folder: string): Promise<string[]> {
  const [inside, entries] = await Promise.all([
    realpath(folder),
    readdir(folder, { recursive: true, withFileTypes: true }),
  ])
  const links = entries.filter((entry) => entry.isSymbolicLink())
  const found = await Promise.all(
    links.map(async (entry) => {
      const link = path.join(entry.parentPath, entry.name)
      const end = await realpath(link).catch(undefinedWhenMissing)
      const stays = end?.startsWith(`${inside}${path.sep}`) === true && (await stat(end)).isFile()
      return stays ? [] : [path.relative(folder, link)]
    }),
  )
  return found.flat().sort()
}

async function listFiles(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  return entries
    .filter((entry) => !entry.isDirectory())
    .map((entry) => path.relative(folder, path.join(entry.parentPath, entry.name)))
    .sort()
}

async function fingerprint(folder: string): Promise<string> {
  const hash = createHash('sha256')
  for (const name of await listFiles(folder)) {
    const file = path.join(folder, name)
    const [bytes, executable] = await Promise.all([readFile(file), isExecutable(file)])
    hash.update(JSON.stringify([name, executable, bytes.length])).update(bytes)
  }
  return hash.digest('hex')
}

/** What tools leave among the sources: no part of them. */
function isRubbish(file: string): boolean {
  return file.endsWith('.pyc') || file.split(path.sep).some((part) => rubbish.has(part))
}

/** A file that is there keeps its mode unless another is wanted; where a link stands, what it leads to is written. */
async function writeWhole(place: string, content: string | Uint8Array, wanted?: number): Promise<void> {
  await mkdir(path.dirname(place), { recursive: true })
  const file = (await realpath(place).catch(undefinedWhenMissing)) ?? place
  const mode = wanted ?? ((await stat(file).catch(undefinedWhenMissing))?.mode ?? 0o644) & 0o7777
  const fresh = `${file}.${randomUUID()}.new`
  try {
    const handle = await open(fresh, 'w', mode)
    try {
      await handle.writeFile(content)
      await handle.sync()
    } finally {
      await handle.close()
    }
    await chmod(fresh, mode)
    await rename(fresh, file)
  } catch (error) {
    await rm(fresh, { force: true })
    throw error
  }
}

/** Whether a file, or a folder above it, has a name that is left out. */
function isLeftOut(file: string, leftOut: readonly string[]): boolean {
  const parts = file.split(path.sep)
  return leftOut.some((name) =>
    name.startsWith('*') ? parts.some((part) => part.endsWith(name.slice(1))) : parts.includes(name),
  )
}
