import {
  type CollectionTag,
  type Document,
  type ScalarTag,
  type Tags,
  type YAMLMap,
  type YAMLSeq,
  parseDocument,
} from 'yaml'
import * as z from 'zod'
import { DeployError } from '../errors.js'

const resourceSchema = z.looseObject({
  Type: z.string(),
  Properties: z.record(z.string(), z.unknown()).optional(),
  Metadata: z.record(z.string(), z.unknown()).optional(),
  DeletionPolicy: z.string().optional(),
  UpdateReplacePolicy: z.string().optional(),
})
const parameterSchema = z.looseObject({
  Type: z.string(),
  Default: z.unknown().optional(),
  AllowedPattern: z.string().optional(),
  AllowedValues: z.array(z.unknown()).optional(),
  MaxLength: z.coerce.number().optional(),
  ConstraintDescription: z.string().optional(),
})
const templateSchema = z.looseObject({
  Parameters: z.record(z.string(), parameterSchema).optional(),
  Conditions: z.record(z.string(), z.unknown()).optional(),
  Resources: z.record(z.string(), resourceSchema),
})

export type Template = z.infer<typeof templateSchema>

/** Short forms of CloudFormation's functions (`!Sub`), read as their long form (`Fn::Sub`). */
const shortForms = [
  'And',
  'Base64',
  'Cidr',
  'Equals',
  'FindInMap',
  'GetAZs',
  'If',
  'ImportValue',
  'Join',
  'Length',
  'Not',
  'Or',
  'Select',
  'Split',
  'Sub',
  'ToJsonString',
  'Transform',
]

const longName = (short: string): string => (short === 'Ref' || short === 'Condition' ? short : `Fn::${short}`)

const tags: (ScalarTag | CollectionTag)[] = [...shortForms, 'Ref', 'Condition', 'GetAtt'].flatMap((short) => [
  {
    tag: `!${short}`,
    resolve: (text: string) => ({
      [longName(short)]: short === 'GetAtt' ? splitOnce(text) : text,
    }),
  },
  {
    tag: `!${short}`,
    collection: 'seq' as const,
    resolve: (node: unknown) => ({ [longName(short)]: (node as YAMLSeq).toJSON() as unknown }) as never,
  },
  {
    tag: `!${short}`,
    collection: 'map' as const,
    resolve: (node: unknown) => ({ [longName(short)]: (node as YAMLMap).toJSON() as unknown }) as never,
  },
])

/**
 * Scalars as SAM's own reader (PyYAML) takes them: dates stay texts, and `y` and `n` are no booleans (an attribute type
 * of DynamoDB is `N`).
 */
function asSamReads(defaults: Tags): Tags {
  const left = defaults.filter((tag) => {
    const name = typeof tag === 'string' ? tag : tag.tag
    return !/(^|:)(timestamp|bool)$/.test(name)
  })
  return [...left, ...booleans, ...tags]
}

const booleans: ScalarTag[] = [
  { value: true, test: /^(?:yes|Yes|YES|true|True|TRUE|on|On|ON)$/ },
  { value: false, test: /^(?:no|No|NO|false|False|FALSE|off|Off|OFF)$/ },
].map(({ value, test }) => ({
  tag: 'tag:yaml.org,2002:bool',
  default: true,
  identify: (one: unknown) => one === value,
  test,
  resolve: () => value,
}))

/** `Resource.Attribute.Inner` splits at the first dot only. */
function splitOnce(text: string): string[] {
  const dot = text.indexOf('.')
  return dot === -1 ? [text] : [text.slice(0, dot), text.slice(dot + 1)]
}

/** Reads a template. Throws Usage with file, line and column when it is not one. */
export function parseTemplate(text: string, file: string): Template {
  const json = parseJson(text)
  if (json !== undefined) return json
  const document = parseDocument(text, { customTags: asSamReads, logLevel: 'silent', schema: 'yaml-1.1', merge: false })
  const broken = document.errors[0]
  if (broken !== undefined) {
    const at = broken.linePos?.[0]
    throw new DeployError('Usage', `${file}:${at?.line ?? 1}:${at?.col ?? 1} ${firstLine(broken.message)}`, {
      hint: `correct ${file}, then the same command again`,
    })
  }
  const parsed = templateSchema.safeParse(expanded(document, file))
  if (parsed.success) return parsed.data
  const issue = parsed.error.issues[0]
  throw new DeployError('Usage', `${file} is not a template: ${issue?.path.join('.') ?? ''} ${issue?.message ?? ''}`, {
    hint: `correct ${file}; make rs-validate shows more`,
  })
}

/** A template that is JSON is read many times faster as such; what is wrong with one is the YAML reader's to say. */
function parseJson(text: string): Template | undefined {
  if (!text.startsWith('{')) return undefined
  try {
    const parsed = templateSchema.safeParse(JSON.parse(text))
    return parsed.success ? parsed.data : undefined
  } catch {
    return undefined
  }
}

const keptSchema = z.object({ reading: z.literal(1), of: z.string(), template: templateSchema })

/** What is kept of a template that was read, for the text with this hash; `reading` counts changes of how it is read. */
export function keptReading(template: Template, hash: string): string {
  return JSON.stringify({ reading: 1, of: hash, template } satisfies z.infer<typeof keptSchema>)
}

/** The template that was kept for the text with this hash; undefined where another was, or nothing that can be read. */
export function readKept(kept: string | undefined, hash: string): Template | undefined {
  if (kept?.startsWith(`{"reading":1,"of":"${hash}"`) !== true) return undefined
  try {
    return keptSchema.parse(JSON.parse(kept)).template
  } catch {
    return undefined
  }
}

/** Aliases of aliases of aliases would fill the memory. */
function expanded(document: Document, file: string): unknown {
  try {
    return document.toJS({ maxAliasCount: 1000 })
  } catch (error) {
    throw new DeployError('Usage', `${file} cannot be a template: ${error instanceof Error ? error.message : ''}`, {
      hint: `correct ${file}, then the same command again`,
      cause: error,
    })
  }
}

/** Writes a template in long form, as JSON: every text stays a text, whatever it looks like to a YAML reader. */
export function writeTemplate(template: Template): string {
  return `${JSON.stringify(template, null, 2)}\n`
}

function firstLine(text: string): string {
  return text.split('\n')[0]?.replace(/ at line \d+, column \d+:?$/, '') ?? ''
}

/** 1-based line of a resource's logical id in the template's text. */
export function lineOfResource(text: string, logicalId: string): number | undefined {
  const index = text.split('\n').findIndex((line) => new RegExp(`^\\s{1,8}${logicalId}:\\s*(#.*)?$`).test(line))
  return index === -1 ? undefined : index + 1
}

export interface CodeFolder {
  logicalId: string
  kind: 'function' | 'layer'
  /** The property that names the folder, and the folder as the template has it. */
  property: 'CodeUri' | 'ContentUri'
  folder: string
}

/** What SAM gives to every function that does not say otherwise: `Globals.Function`. */
export function globalProperties(template: Template): Readonly<Record<string, unknown>> {
  const globals = template['Globals'] as { Function?: Record<string, unknown> } | undefined
  return globals?.Function ?? {}
}

/** The functions and layers whose code lies in a folder beside the template (zip packages, not images or S3). */
export function codeFolders(template: Template): CodeFolder[] {
  const globals = globalProperties(template)
  return Object.entries(template.Resources).flatMap(([logicalId, resource]): CodeFolder[] => {
    const [kind, property] =
      resource.Type === 'AWS::Serverless::Function'
        ? (['function', 'CodeUri'] as const)
        : resource.Type === 'AWS::Serverless::LayerVersion'
          ? (['layer', 'ContentUri'] as const)
          : [undefined, undefined]
    const own = resource.Properties ?? {}
    const isZip = own['InlineCode'] === undefined && (own['PackageType'] ?? globals['PackageType']) !== 'Image'
    const shared = kind === 'function' && isZip ? globals['CodeUri'] : undefined
    const folder = property === undefined ? undefined : (own[property] ?? shared)
    if (kind === undefined || typeof folder !== 'string' || /^[a-z0-9]+:\/\//i.test(folder)) return []
    return [{ logicalId, kind, property, folder }]
  })
}
