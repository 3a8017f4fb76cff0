import { randomUUID } from 'node:crypto'
import { createWriteStream } from 'node:fs'
import { mkdir, readFile, rename } from 'node:fs/promises'
import path from 'node:path'
import { pipeline } from 'node:stream/promises'
import { ZipArchive } from 'archiver'
import { isExecutable } from './executable.js'

/** The earliest time a zip can hold (MS-DOS dates start in 1980). */
const fixedTime = new Date('1980-01-01T00:00:00Z')

/** Zips the named files of a folder in the order given; equal files make equal bytes. The zip is there whole or not at all. */
export async function zipFiles(folder: string, names: readonly string[], file: string): Promise<void> {
  await mkdir(path.dirname(file), { recursive: true })
  const archive = new ZipArchive({ zlib: { level: 6 } })
  const fresh = `${file}.${randomUUID()}.new`
  const written = pipeline(archive, createWriteStream(fresh))
  for (const name of names) {
    const source = path.join(folder, name)
    const executable = await isExecutable(source)
    archive.append(await readFile(source), {
      name: name.split(path.sep).join('/'),
      date: fixedTime,
      mode: executable ? 0o755 : 0o644,
    })
  }
  await archive.finalize()
  await written
  await rename(fresh, file)
}
