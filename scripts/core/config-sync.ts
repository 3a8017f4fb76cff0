import { applyEdits, modify, parse } from 'jsonc-parser'
import { type EntryChange } from './input-changes.js'
import { configChanges } from './config-diff.js'
import type { Json, JsonObject } from './config-merge.js'

/** What the configuration files of an organization repeat of its stack; undefined where the stack has no such part. */
export interface StackValues {
  api: string | undefined
  userPoolId: string | undefined
  clientId: string | undefined
  region: string
}

export interface FileSync {
  text: string
  changes: EntryChange[]
}

type Wanted = readonly (readonly [path: readonly string[], value: string | undefined])[]

/** The values that `webapp/{env}-{org}.json` takes from the stack, by path. */
export function webappValues({ api, ...pool }: StackValues): Wanted {
  return [[['webapp', 'apiEndpoint'], api], [['webapp', 'api', 'proxyTarget'], api], ...poolValues('webapp', pool)]
}

/** The values that `lambda/{env}-{org}.json` takes from the stack, by path. */
export function lambdaValues(values: StackValues): Wanted {
  return poolValues('lambda', values)
}

function poolValues(section: string, { userPoolId, clientId, region }: Omit<StackValues, 'api'>): Wanted {
  if (userPoolId === undefined) return []
  const values = Object.entries({ userPoolId, clientId, region })
  return values.map(([name, value]) => [[section, 'auth', 'cognito', name], value] as const)
}

/** The file with the wanted values in it, all else as it was written; a new file holds nothing else. */
export function syncFile(text: string | undefined, wanted: Wanted): FileSync {
  const before = text === undefined ? {} : (parse(text) as JsonObject)
  const start = text ?? '{}\n'
  const formattingOptions = formattingOf(start)
  let synced = start
  for (const [path, value] of wanted) {
    if (value === undefined || valueAt(before, path) === value) continue
    const edit = editOf(path, value, parse(synced) as Json)
    synced = applyEdits(synced, modify(synced, edit.path, edit.value, { formattingOptions }))
  }
  return { text: synced, changes: configChanges(before, parse(synced) as JsonObject) }
}

/**
 * The paths at which the file holds a value of AWS that another one would take the place of: an address that is not of
 * this machine, or what belongs to another pool than the stack's own.
 */
export function replacedOfAws(text: string | undefined, wanted: Wanted): string[] {
  const file = text === undefined ? {} : (parse(text) as Json)
  const pools = wanted.filter(([path]) => path.at(-1) === 'userPoolId').map(([, value]) => value)
  return wanted.flatMap(([path, value]) => {
    const was = valueAt(file, path)
    if (value === undefined || typeof was !== 'string' || was === '' || was === value) return []
    const pool = valueAt(file, [...path.slice(0, -1), 'userPoolId'])
    const isOurs = path.includes('cognito') ? pools.some((own) => own === pool) : isLocalAddress(was)
    return isOurs ? [] : [path.join('.')]
  })
}

function isLocalAddress(address: string): boolean {
  return /^https?:\/\/(127\.0\.0\.1|localhost|\[::1\]|[^/]+\.localhost)[:/]/.test(`${address}/`)
}

/** The path and value to write. What is null or no object on the way gives way to one: nothing can be added below it. */
function editOf(path: readonly string[], value: string, file: Json): { path: string[]; value: string | JsonObject } {
  for (let depth = 1; depth < path.length; depth++) {
    const above = valueAt(file, path.slice(0, depth))
    if (above === undefined) break
    if (isObject(above)) continue
    const whole = path.slice(depth).reduceRight<Json>((inner, key) => ({ [key]: inner }), value)
    return { path: path.slice(0, depth), value: whole as JsonObject }
  }
  return { path: [...path], value }
}

function isObject(value: Json | undefined): value is JsonObject {
  return value !== null && typeof value === 'object' && !Array.isArray(value)
}

function valueAt(value: Json | undefined, path: readonly string[]): Json | undefined {
  return path.reduce<Json | undefined>((inner, key) => (isObject(inner) ? inner[key] : undefined), value)
}

function formattingOf(text: string): { insertSpaces: boolean; tabSize: number; eol: string } {
  const indent = /^([ \t]+)\S/m.exec(text)?.[1] ?? '  '
  return { insertSpaces: !indent.startsWith('\t'), tabSize: indent.length, eol: text.includes('\r\n') ? '\r\n' : '\n' }
}
