import * as z from 'zod'
import { DeployError } from '../errors.js'
import { type Project, bucketKeys, knownOutputs, knownParameters, ownProject } from './project.js'

export const projectFile = 'infra/project.json'

const word = z.string().regex(/^[a-z0-9]+(-[a-z0-9]+)*$/, 'lowercase letters and digits, single hyphens inside')
/** A name pattern must tell targets apart, or two organizations would meet in one resource. */
const pattern = z
  .string()
  .refine((text) => text.includes('{env}') && text.includes('{org}'), 'must hold {env} and {org}')
  .refine(
    (text) => [...text.matchAll(/\{(\w*)\}/g)].every(([, name]) => placeholders.includes(name ?? '')),
    'may hold {prefix}, {frontendPrefix}, {env}, {org} and {account}',
  )
const placeholders = ['prefix', 'frontendPrefix', 'env', 'org', 'account']
const stage = z.string().regex(/^(\{env\}|\$default|[A-Za-z0-9_-]+)$/, 'is a stage name or {env}')
const address = z.string().regex(/^\/\S*$/, 'is a path that begins with /')
const renamed = <K extends string>(keys: readonly K[]) =>
  z.partialRecord(z.enum([...keys]), z.string().min(1)).default({})

const schema = z.strictObject({
  $schema: z.string().optional(),
  prefix: word,
  frontendPrefix: word.optional(),
  names: z
    .strictObject({
      function: pattern.default(ownProject.names.function),
      layer: pattern.default(ownProject.names.layer),
      api: pattern.optional(),
      apiStage: stage.default(ownProject.names.apiStage),
      userPool: pattern.default(ownProject.names.userPool),
      userPoolClient: pattern.default(ownProject.names.userPoolClient),
      role: pattern.default(ownProject.names.role),
      others: z.array(pattern).default([]),
    })
    .prefault({}),
  buckets: z.partialRecord(z.enum([...bucketKeys]), pattern).default({}),
  outputs: renamed(knownOutputs),
  parameters: renamed(knownParameters),
  api: z
    .strictObject({
      healthPath: address.default('/health'),
      health: z.enum(['status', 'any']).default('status'),
      openPaths: z.array(address).default([]),
      guardedPaths: z.array(address).default([]),
      list: z.strictObject({ path: address, key: z.string(), title: z.string() }).optional(),
    })
    .prefault({}),
})

/** Reads what another project says of itself. Throws Usage with file, path, and what is expected there. */
export function parseProject(text: string): Project {
  const parsed = schema.safeParse(readJson(text))
  if (!parsed.success) {
    const issue = parsed.error.issues[0]
    const where = issue === undefined || issue.path.length === 0 ? '' : ` ${issue.path.join('.')}:`
    throw new DeployError('Usage', `${projectFile}:${where} ${issue?.message ?? ''}`, {
      hint: 'docs/adopting.md has every field',
    })
  }
  const { prefix, frontendPrefix = prefix, names, buckets, outputs, parameters, api } = parsed.data
  const named = { ...names, api: names.api ?? ownProject.names.api }
  const namesApi = names.api !== undefined
  return {
    prefix,
    frontendPrefix,
    names: named,
    namesApi,
    buckets,
    outputs,
    parameters,
    api: { ...api, list: api.list },
  }
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    throw new DeployError('Usage', `${projectFile} is not JSON: ${error instanceof Error ? error.message : ''}`, {
      hint: 'docs/adopting.md has an example',
    })
  }
}
