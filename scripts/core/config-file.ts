import { parseDocument } from 'yaml'
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
  const checked = knownSections.safeParse(value)
  if (checked.success) return value as JsonObject
  const issue = checked.error.issues[0]
  throw new DeployError('Usage', `${file}: ${issue?.path.join('.')}: ${issue?.message}`, { hint })
}

function isDeeperThan(value: unknown, levels: number): boolean {
  if (value === null || typeof value !== 'object') return false
  return levels === 0 || Object.values(value).some((inner) => isDeeperThan(inner, levels - 1))
}

/** `:3:5 what is wrong`. JSON.parse tells no line on Node 20, so the place is found by a parser that does. */
export function whereJsonBreaks(text: string): string {
  const lines = text.split('\n')
  const comment = lines.findIndex((line) => /^\s*(\/\/|\/\*)/.test(line))
  if (comment !== -1) return `:${comment + 1}:${(lines[comment]?.search(/\S/) ?? 0) + 1} comments are not JSON`
  // Texts may hold anything: they are blanked out, at the same length.
  const bare = text.replaceAll(/"(?:[^"\\\n]|\\.)*"/g, (quoted) => `"${'x'.repeat(quoted.length - 2)}"`)
  const trailing = /,\s*[}\]]/.exec(bare)
  if (trailing !== null) return `:${positionOf(text, trailing.index)} a comma before the closing bracket is not JSON`
  const error = parseDocument(text, { strict: true, version: '1.2', schema: 'json' }).errors[0]
  if (error === undefined) return ':1:1 is not valid JSON'
  const message = error.message.split('\n')[0]?.replace(/ at line \d+, column \d+:?$/, '') ?? ''
  return `:${positionOf(text, error.pos[0])} is not valid JSON: ${message}`
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
