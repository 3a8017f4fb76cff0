import path from 'node:path'
import { type Template, globalProperties } from './template.js'

const locations: Readonly<Record<string, string>> = {
  'AWS::CloudFormation::Stack': 'TemplateURL',
  'AWS::Serverless::Application': 'Location',
}

/** Whether a template nests other stacks. */
export function nestsStacks(template: Template): boolean {
  return Object.values(template.Resources).some(({ Type }) => Type in locations)
}

/** The nested stacks whose template is a file, with that file as the template names it. */
export function nestedFiles(template: Template): { logicalId: string; property: string; file: string }[] {
  return Object.entries(template.Resources).flatMap(([logicalId, { Type, Properties }]) => {
    const property = locations[Type]
    const file = property === undefined ? undefined : Properties?.[property]
    if (property === undefined || typeof file !== 'string' || /^([a-z0-9]+:|\/)/i.test(file)) return []
    return [{ logicalId, property, file }]
  })
}

/** The template with the files of its nested stacks named as `rename` says. */
export function withNestedFiles(template: Template, rename: (file: string) => string): Template {
  const resources = { ...template.Resources }
  for (const { logicalId, property, file } of nestedFiles(template)) {
    const resource = template.Resources[logicalId]
    if (resource === undefined) continue
    resources[logicalId] = { ...resource, Properties: { ...resource.Properties, [property]: rename(file) } }
  }
  return { ...template, Resources: resources }
}

/** One of the templates that make a project. */
export interface TemplatePart {
  /** What precedes its logical ids: '' for the root, `Nested/`, `Nested/Inner/`. */
  prefix: string
  /** Its file. */
  file: string
  template: Template
}

/**
 * Everything that root and nested templates declare, in one: nested resources under `Nested/Inner`, all code folders named
 * from one place, what Globals give written out. It is for looking at code; references between resources do not hold in it.
 */
export function wholeTemplate(parts: readonly TemplatePart[]): Template {
  const resources = parts.flatMap(({ prefix, file, template }) => {
    const { CodeUri, Runtime, PackageType } = globalProperties(template)
    const globals = { ...present({ CodeUri, Runtime, PackageType }) }
    return Object.entries(template.Resources).map(([logicalId, resource]) => {
      const inherited = resource.Type === 'AWS::Serverless::Function' ? globals : {}
      const own = { ...inherited, ...resource.Properties }
      const folders = Object.entries(own).map(([name, value]) => [name, fromRoot(name, value, path.dirname(file))])
      return [`${prefix}${logicalId}`, { ...resource, Properties: Object.fromEntries(folders) as typeof own }] as const
    })
  })
  return { Resources: Object.fromEntries(resources) }
}

function fromRoot(name: string, value: unknown, folder: string): unknown {
  const isFolder = name === 'CodeUri' || name === 'ContentUri'
  if (!isFolder || typeof value !== 'string' || /^[a-z0-9]+:\/\//i.test(value) || path.isAbsolute(value)) return value
  return path.join(folder, value)
}

function present(values: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined))
}
