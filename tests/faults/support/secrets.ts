import { GetObjectCommand, ListBucketsCommand, ListObjectsV2Command, type S3Client } from '@aws-sdk/client-s3'
import { readFile, readdir } from 'node:fs/promises'
import path from 'node:path'
import { familyOf, procFile } from './processes.js'

export interface Watched {
  /** The programs below the process that were looked at. */
  looked: string[]
  /** Where something stood that must not; empty when all is well. */
  found: string[]
}

const everyMs = 20
/** What make or the user gave to the tool, and no child of it has to see. */
const given = /^(MAKE|MFLAGS|RS_|ADMIN_|PASSWORD)/

/** The program that make has started; undefined as long as it has not. */
export function programBelow(make: number): number | undefined {
  return familyOf(make).find((pid) => procFile(pid, 'cmdline').split('\0')[1] === 'dist/main.js')
}

/**
 * Looks at the command line and environment of every process below one until it is asked what it saw. Of that one
 * itself only the command line counts: the environment that it was started with is how it was given its secrets.
 */
export function watchBelow(find: () => number | undefined, secrets: readonly string[]): () => Watched {
  const looked = new Map<number, string>()
  const found = new Set<string>()
  let root: number | undefined
  const look = (): void => {
    root ??= find()
    if (root === undefined) return
    const own = procFile(root, 'cmdline')
    for (const pid of familyOf(root)) {
      // The command line first: a process that is not yet what it will be still shows its parent's in both.
      const line = procFile(pid, 'cmdline')
      if (line === '' || (pid !== root && line === own)) continue
      const name = line.split('\0').slice(0, 3).join(' ')
      if (pid !== root) looked.set(pid, name)
      if (holds(line, secrets)) found.add(`command line of ${name}`)
      const environment = pid === root ? '' : procFile(pid, 'environ')
      if (holds(environment, secrets)) found.add(`environment of ${name}`)
      const names = environment.split('\0').filter((text) => given.test(text))
      for (const text of names) found.add(`${text.split('=')[0]} in the environment of ${name}`)
    }
  }
  const timer = setInterval(look, everyMs)
  return () => {
    clearInterval(timer)
    return { looked: [...looked.values()], found: [...found] }
  }
}

/** Files below the folder that hold a secret. What the local AWS keeps is as Cognito's own: passwords belong there. */
export async function filesHolding(folder: string, secrets: readonly string[]): Promise<string[]> {
  // And the copies of it that a rig begins with.
  const kept = /^\.rs\/(local|start-\w+-local)\/(state|ministack|tmp)\//
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  const files = entries
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name))
    .filter((file) => !kept.test(path.relative(folder, file)))
  if (files.length === 0) throw new Error(`no file below ${folder}`)
  const held = await Promise.all(
    files.map(async (file) => holds(await readFile(file, 'latin1').catch(() => ''), secrets)),
  )
  return files.filter((_, i) => held[i])
}

/** Objects in any bucket that hold a secret; and how many were read. */
export async function objectsHolding(
  s3: S3Client,
  secrets: readonly string[],
): Promise<{ read: number; held: string[] }> {
  const { Buckets = [] } = await s3.send(new ListBucketsCommand({}))
  const held: string[] = []
  let read = 0
  for (const { Name: Bucket = '' } of Buckets) {
    const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket }))
    for (const { Key } of Contents) {
      const text = await (await s3.send(new GetObjectCommand({ Bucket, Key }))).Body?.transformToString('latin1')
      read += 1
      if (holds(text ?? '', secrets)) held.push(`${Bucket}/${Key}`)
    }
  }
  return { read, held }
}

/** As it is, and as JSON, an address, a shell's word or a header would write it. */
function holds(text: string, secrets: readonly string[]): boolean {
  return secrets.some((secret) =>
    [
      secret,
      JSON.stringify(secret).slice(1, -1),
      encodeURIComponent(secret),
      secret.replaceAll('$', '$$$$'),
      Buffer.from(secret).toString('base64').replace(/=+$/, ''),
    ].some((form) => text.includes(form)),
  )
}
