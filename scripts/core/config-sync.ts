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
    synced = applyEdits(synced, modify(synced, [...path], value, { formattingOptions }))
  }
  return { text: synced, changes: configChanges(before, parse(synced) as JsonObject) }
}

/** Whether the file names an API that is not on this machine: local addresses must not replace its values. */
export function isOfAnotherCloud(webapp: string | undefined, lambda: string | undefined): boolean {
  const api = valueAt(webapp === undefined ? {} : (parse(webapp) as Json), ['webapp', 'apiEndpoint'])
  if (typeof api === 'string')
    return !/^https?:\/\/(127\.0\.0\.1|localhost|\[::1\]|[^/]+\.localhost)[:/]/.test(`${api}/`)
  const pool = valueAt(lambda === undefined ? {} : (parse(lambda) as Json), ['lambda', 'auth', 'cognito', 'userPoolId'])
  return typeof pool === 'string'
}

function valueAt(value: Json | undefined, path: readonly string[]): Json | undefined {
  return path.reduce<Json | undefined>(
    (inner, key) => (inner !== null && typeof inner === 'object' && !Array.isArray(inner) ? inner[key] : undefined),
    value,
  )
}

function formattingOf(text: string): { insertSpaces: boolean; tabSize: number; eol: string } {
  const indent = /^([ \t]+)\S/m.exec(text)?.[1] ?? '  '
  return { insertSpaces: !indent.startsWith('\t'), tabSize: indent.length, eol: text.includes('\r\n') ? '\r\n' : '\n' }
}
