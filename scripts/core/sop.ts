import { LineCounter, isAlias, isMap, isScalar, isSeq, parseDocument, visit } from 'yaml'
import { whereJsonBreaks } from './config-file.js'

/** What the backend reads as a SOP, and nothing else (backend/rawscribe/sops): the same limits, the same reasons. */
const largestSop = 1024 * 1024
const deepestSop = 100
const idPattern = /^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/
const suffix = /\.(ya?ml|json)$/i

/** The id that a file's name stands for: `count.v2.yaml` is `count.v2`. */
export function sopId(name: string): string {
  return name.replace(suffix, '')
}

/** Why a file is no SOP, in one clause with its place; undefined where it is one. */
export function sopProblem(name: string, bytes: Uint8Array): string | undefined {
  if (!suffix.test(name)) return 'its name must end in .yaml, .yml or .json'
  if (!idPattern.test(sopId(name))) return `${sopId(name)} cannot be an id: letters, digits, dot, _ and - only`
  if (bytes.length > largestSop) return `it is ${bytes.length} bytes long, ${largestSop} at most are possible`
  let text: string
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    return 'it is not UTF-8 text'
  }
  return name.toLowerCase().endsWith('.json') ? jsonProblem(text) : yamlProblem(text)
}

function jsonProblem(text: string): string | undefined {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    const [, line = '1', column = '1', problem = ''] = /^:(\d+):(\d+) (.*)$/s.exec(whereJsonBreaks(text)) ?? []
    return `line ${line}, column ${column}: ${problem}`
  }
  return documentProblem(value)
}

function yamlProblem(text: string): string | undefined {
  const lines = new LineCounter()
  const at = (offset: number): string => {
    const { line, col } = lines.linePos(offset)
    return `line ${line}, column ${col}`
  }
  // As PyYAML reads: version 1.1, and a key that stands twice is no error.
  const document = parseDocument(text, { version: '1.1', uniqueKeys: false, lineCounter: lines, logLevel: 'silent' })
  const broken = document.errors[0] ?? document.warnings.find(({ code }) => code === 'TAG_RESOLVE_FAILED')
  if (broken !== undefined) {
    return `${at(broken.pos[0])}: ${broken.message.split('\n')[0]?.replace(/ at line \d+, column \d+:?$/, '') ?? ''}`
  }
  let found: string | undefined
  visit(document, (_key, node, path) => {
    const place = at((node as { range?: [number] } | null)?.range?.[0] ?? 0)
    const depth = path.filter((one) => isMap(one) || isSeq(one)).length + (isMap(node) || isSeq(node) ? 1 : 0)
    if (isAlias(node)) found = `${place}: aliases (*name) are not supported`
    else if (depth > deepestSop) found = `${place}: nested too deeply`
    else if (isScalar(node) && typeof node.value === 'number' && !Number.isFinite(node.value))
      found = `${place}: ${node.source ?? 'this number'} cannot be said in JSON`
    return found === undefined ? undefined : visit.BREAK
  })
  return found ?? documentProblem(document.toJS())
}

function documentProblem(document: unknown): string | undefined {
  if (document === null || typeof document !== 'object' || Array.isArray(document)) {
    return 'line 1, column 1: an object is expected'
  }
  const { title, name } = document as { title?: unknown; name?: unknown }
  const called = title === undefined || title === null || title === '' ? name : title
  return typeof called === 'string' && called !== '' ? undefined : 'a title (text) is missing'
}
