import { createHash } from 'node:crypto'
import type { Buckets, ChangeSet, Files, Shell, Stacks, Tool, Toolchain } from '../../scripts/ports.js'

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

/**
 * sam as far as a flow sees it: all goes well, and `sam deploy` makes a change set without changes, which `planned` knows of
 * then.
 */
export function fakeSam(
  stackArn: string,
  template: string,
): { sam: { toolchain: Toolchain; shell: Shell }; planned: Partial<Stacks> } {
  const tool = (name: string): Tool => ({ name, version: '1', program: name, origin: '' })
  const set: ChangeSet = {
    ...{ arn: 'arn:changeSet/samcli-deploy1', stackArn, status: 'CREATE_COMPLETE' },
    ...{ statusReason: undefined, changes: [] },
  }
  let sets: string[] = []
  const toolchain = fakePort<Toolchain>('toolchain', { sam: async () => tool('sam'), uv: async () => tool('uv') })
  const shell = fakePort<Shell>('shell', {
    run: async ({ args }) => {
      if (args.includes('deploy')) sets = [set.arn]
      return { exitCode: 0, output: '' }
    },
  })
  return {
    sam: { toolchain, shell },
    planned: {
      resources: async () => [],
      template: async () => template,
      changeSetArns: async () => sets,
      changeSet: async () => set,
      deleteChangeSet: async () => void (sets = []),
    },
  }
}

/** Files in memory: path to text. */
export function memoryFiles(files: Record<string, string>, calls: Calls = []): Files {
  const below = (folder: string): string[] =>
    Object.keys(files).filter((file) => file.startsWith(`${folder.replace(/\/$/, '')}/`))
  const contentsOf = (folder: string): string => JSON.stringify(below(folder).map((file) => [file, files[file]]))
  return fakePort<Files>(
    'files',
    {
      readText: async (file) => files[file],
      readBytes: async (file) => new TextEncoder().encode(files[file] ?? ''),
      exists: async (file) => files[file] !== undefined || below(file).length > 0,
      linksOut: async () => [],
      list: async (folder) => below(folder).map((file) => file.slice(folder.replace(/\/$/, '').length + 1)),
      exclusively: async (_lockFile, work) => work(),
      write: async (file, content) => {
        files[file] = String(content)
      },
      zip: async (folder, file) => {
        files[file] = `zip of ${contentsOf(folder)}`
      },
      fingerprint: async (folder) => contentsOf(folder),
      remove: async (file) => {
        for (const one of [file, ...below(file)]) Reflect.deleteProperty(files, one)
      },
    },
    calls,
  )
}

/** As S3 makes it of what is uploaded at once. */
export function etagOf(text: string): string {
  return `"${createHash('md5').update(text).digest('hex')}"`
}

/** Buckets in memory: `bucket/key` to text. Every bucket of `present` is ours, the others are absent. */
export function memoryBuckets(
  objects: Record<string, string>,
  calls: Calls = [],
  presence: Buckets['presence'] = async () => 'ours',
): Buckets {
  const holds = (place: string, etag: string): boolean =>
    objects[place] !== undefined && etagOf(objects[place]) === etag
  // Each text is a version of its own, named after its content.
  const kept = new Map<string, string>()
  const versionOf = (place: string): string | undefined => {
    const text = objects[place]
    if (text === undefined) return undefined
    const versionId = `version of ${etagOf(text)}`
    kept.set(`${place} ${versionId}`, text)
    return versionId
  }
  return fakePort<Buckets>(
    'buckets',
    {
      presence,
      readVersion: async (bucket, key, versionId) => {
        versionOf(`${bucket}/${key}`)
        const text = kept.get(`${bucket}/${key} ${versionId}`)
        return text === undefined ? undefined : { etag: etagOf(text), text, versionId }
      },
      read: async (bucket, key) => {
        const text = objects[`${bucket}/${key}`]
        return text === undefined ? undefined : { etag: etagOf(text), text, versionId: versionOf(`${bucket}/${key}`) }
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
      expiresLocks: async () => true,
      createPrivate: async () => undefined,
      put: async (bucket, key, text) => {
        versionOf(`${bucket}/${key}`)
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
        versionOf(`${bucket}/${key}`)
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
