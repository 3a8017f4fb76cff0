import { createHash } from 'node:crypto'
import type { Buckets, Files } from '../../scripts/ports.js'

/** What was called, as `port.method(argument, argument)`. */
export type Calls = string[]

/**
 * A port that has only the given methods; every call is noted in `calls`, and a call of any other method fails the
 * test with its name.
 */
export function fakePort<Port extends object>(name: string, methods: Partial<Port>, calls: Calls = []): Port {
  return new Proxy(methods as Port, {
    get(known, key) {
      const method = Reflect.get(known, key) as unknown
      if (typeof method !== 'function' && Reflect.has(known, key)) return method
      return (...args: unknown[]) => {
        calls.push(
          `${name}.${String(key)}(${args.map((arg) => (typeof arg === 'string' ? arg : typeof arg)).join(', ')})`,
        )
        if (typeof method !== 'function') throw new Error(`unexpected call of ${name}.${String(key)}`)
        return method.apply(known, args) as unknown
      }
    },
  })
}

/** Files in memory: path to text. */
export function memoryFiles(files: Record<string, string>, calls: Calls = []): Files {
  const below = (folder: string): string[] =>
    Object.keys(files).filter((file) => file.startsWith(`${folder.replace(/\/$/, '')}/`))
  return fakePort<Files>(
    'files',
    {
      readText: async (file) => files[file],
      readBytes: async (file) => new TextEncoder().encode(files[file] ?? ''),
      exists: async (file) => files[file] !== undefined || below(file).length > 0,
      list: async (folder) => below(folder).map((file) => file.slice(folder.replace(/\/$/, '').length + 1)),
      exclusively: async (_lockFile, work) => work(),
      write: async (file, content) => {
        files[file] = String(content)
      },
      remove: async (file) => {
        for (const one of [file, ...below(file)]) Reflect.deleteProperty(files, one)
      },
    },
    calls,
  )
}

/** Buckets in memory: `bucket/key` to text. Every bucket of `present` is ours, the others are absent. */
export function memoryBuckets(
  objects: Record<string, string>,
  calls: Calls = [],
  presence: Buckets['presence'] = async () => 'ours',
): Buckets {
  const etagOf = (text: string): string => `"${createHash('md5').update(text).digest('hex')}"`
  const holds = (place: string, etag: string): boolean =>
    objects[place] !== undefined && etagOf(objects[place]) === etag
  return fakePort<Buckets>(
    'buckets',
    {
      presence,
      read: async (bucket, key) => {
        const text = objects[`${bucket}/${key}`]
        return text === undefined ? undefined : { etag: etagOf(text), text }
      },
      readDated: async (bucket, key) => {
        const text = objects[`${bucket}/${key}`]
        return text === undefined
          ? undefined
          : { etag: etagOf(text), text, modifiedAt: new Date(0), serverNow: new Date(0) }
      },
      etag: async (bucket, key) => {
        const text = objects[`${bucket}/${key}`]
        return text === undefined ? undefined : etagOf(text)
      },
      keys: async (bucket, prefix) =>
        Object.keys(objects)
          .filter((place) => place.startsWith(`${bucket}/${prefix}`))
          .map((place) => place.slice(bucket.length + 1)),
      isPrivate: async () => true,
      createPrivate: async () => undefined,
      put: async (bucket, key, text) => {
        objects[`${bucket}/${key}`] = text
        return etagOf(text)
      },
      putNew: async (bucket, key, text) => {
        if (objects[`${bucket}/${key}`] !== undefined) return undefined
        objects[`${bucket}/${key}`] = text
        return etagOf(text)
      },
      replace: async (bucket, key, text, etag) => {
        if (!holds(`${bucket}/${key}`, etag)) return undefined
        objects[`${bucket}/${key}`] = text
        return etagOf(text)
      },
      removeIf: async (bucket, key, etag) => {
        if (!holds(`${bucket}/${key}`, etag)) return false
        Reflect.deleteProperty(objects, `${bucket}/${key}`)
        return true
      },
    },
    calls,
  )
}
