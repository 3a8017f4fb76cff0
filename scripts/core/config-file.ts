import { type ParseErrorCode, printParseErrorCode, visit } from 'jsonc-parser'
import * as z from 'zod'
import { DeployError } from '../errors.js'
import type { JsonObject } from './config-merge.js'

const authSection = z
  .looseObject({
    cognito: z
      .looseObject({
        userPoolId: z.string().nullable().optional(),
        clientId: z.string().nullable().optional(),
        region: z.string().nullable().optional(),
      })
      .nullable()
      .optional(),
  })
  .nullable()
  .optional()

/** The sections that the backend and the page read; unknown ones pass through untouched. */
const knownSections = z.looseObject({
  auth: authSection,
  cors: z
    .looseObject({ allowOrigins: z.array(z.string()).optional() })
    .nullable()
    .optional(),
  lambda: z.looseObject({ auth: authSection }).nullable().optional(),
  webapp: z
    .looseObject({
      auth: authSection,
      apiEndpoint: z.string().nullable().optional(),
      api: z.looseObject({ proxyTarget: z.string().nullable().optional() }).nullable().optional(),
    })
    .nullable()
    .optional(),
})

/** The backend reads it at each start: what is longer is no configuration. */
const longestConfig = 1_000_000
const deepestConfig = 100

/** Reads one JSON file of infra/.config. Throws Usage with file, line and column, or the path inside, when it is wrong. */
export function parseConfig(text: string, file: string): JsonObject {
  const hint = `correct ${file}, then the same command again`
  if (text.length > longestConfig) {
    throw new DeployError('Usage', `${file} is ${text.length} characters long, ${longestConfig} at most are possible`, {
      hint,
    })
  }
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    throw new DeployError('Usage', `${file}${whereJsonBreaks(text)}`, { hint })
  }
  if (value === null || typeof value !== 'object' || Array.isArray(value)) {
    throw new DeployError(
      'Usage',
      `${file} holds ${value === null ? 'null' : Array.isArray(value) ? 'an array' : `a ${typeof value}`}, a JSON object is expected`,
      { hint },
    )
  }
  if (isDeeperThan(value, deepestConfig)) {
    throw new DeployError('Usage', `${file} is nested deeper than ${deepestConfig} levels`, { hint })
  }
  const twice = whereNamedTwice(text)
  if (twice !== undefined) throw new DeployError('Usage', `${file}${twice}`, { hint })
  const checked = knownSections.safeParse(value)
  if (checked.success) return value as JsonObject
  const issue = checked.error.issues[0]
  throw new DeployError('Usage', `${file}: ${issue?.path.join('.')}: ${issue?.message}`, { hint })
}

function isDeeperThan(value: unknown, levels: number): boolean {
  if (value === null || typeof value !== 'object') return false
  return levels === 0 || Object.values(value).some((inner) => isDeeperThan(inner, levels - 1))
}

/** What the parser finds, in words; none of them quotes the text, which may hold a secret. */
const inWords: Readonly<Record<string, string>> = {
  InvalidCommentToken: 'comments are not JSON',
  UnexpectedEndOfComment: 'comments are not JSON',
  InvalidSymbol: 'is not valid JSON: a text needs double quotes around it',
  InvalidNumberFormat: 'is not valid JSON: a number is written otherwise',
  UnexpectedEndOfNumber: 'is not valid JSON: a number is written otherwise',
  PropertyNameExpected: 'is not valid JSON: a name in double quotes is expected',
  ValueExpected: 'is not valid JSON: a value is expected',
  ColonExpected: 'is not valid JSON: a colon is expected',
  CommaExpected: 'is not valid JSON: a comma is expected',
  CloseBraceExpected: 'is not valid JSON: a closing } is expected',
  CloseBracketExpected: 'is not valid JSON: a closing ] is expected',
  EndOfFileExpected: 'is not valid JSON: nothing is expected after its end',
  UnexpectedEndOfString: 'is not valid JSON: a text is not closed on its line',
  InvalidUnicode: 'is not valid JSON: \\u takes four hexadecimal digits',
  InvalidEscapeCharacter: 'is not valid JSON: no such character stands after a backslash',
  InvalidCharacter: 'is not valid JSON: a control character stands in a text',
}

/** `:3:5 what is wrong`. JSON.parse tells no line on Node 20, so the place is found by a parser that does. */
export function whereJsonBreaks(text: string): string {
  if (text.startsWith('\uFEFF')) return ':1:1 a byte order mark is not JSON: save the file as UTF-8 without it'
  let found: { offset: number; words: string } | undefined
  let comma: number | undefined
  const onError = (code: ParseErrorCode, offset: number): void => {
    const words = text[offset] === '#' ? inWords['InvalidCommentToken'] : inWords[printParseErrorCode(code)]
    found ??=
      comma !== undefined && /^[}\]]/.test(text.slice(offset)) && text.slice(comma + 1, offset).trim() === ''
        ? { offset: comma, words: 'a comma before the closing bracket is not JSON' }
        : { offset: placeOf(code, offset, text), words: words ?? 'is not valid JSON' }
  }
  const onSeparator = (character: string, offset: number): void => {
    if (character === ',') comma = offset
  }
  try {
    visit(text, { onError, onSeparator }, { disallowComments: true })
  } catch (error) {
    // Nested deeper than the parser's stack.
    if (!(error instanceof RangeError)) throw error
  }
  return `:${positionOf(text, found?.offset ?? 0)} ${found?.words ?? 'is not valid JSON'}`
}

/** A comma is missing where the value before it ends. */
function placeOf(code: ParseErrorCode, offset: number, text: string): number {
  return printParseErrorCode(code) === 'CommaExpected' ? text.slice(0, offset).trimEnd().length : offset
}

/** `:3:5 "name" stands there twice`, of which JSON.parse takes the last and says nothing; undefined where no name does. */
function whereNamedTwice(text: string): string | undefined {
  const open: Set<string>[] = []
  let twice: string | undefined
  visit(text, {
    onObjectBegin: () => void open.push(new Set()),
    onObjectEnd: () => void open.pop(),
    onObjectProperty: (name, offset) => {
      if (open.at(-1)?.has(name) === true) twice ??= `:${positionOf(text, offset)} "${name}" stands there twice`
      open.at(-1)?.add(name)
    },
  })
  return twice
}

function positionOf(text: string, index: number): string {
  const before = text.slice(0, index).split('\n')
  return `${before.length}:${(before.at(-1)?.length ?? 0) + 1}`
}

/** What is wrong with a configuration that lies at `place`, with line and column; undefined where nothing is. */
export function configProblem(text: string, place: string): string | undefined {
  try {
    parseConfig(text, place)
    return undefined
  } catch (error) {
    if (error instanceof DeployError) return error.message
    throw error
  }
}
