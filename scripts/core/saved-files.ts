import path from 'node:path'
import { dependencyFiles } from './packaging.js'
import type { Target } from './target.js'
import { type Template, codeFolders } from './template.js'

export const templateFile = 'template.yaml'
const configFolder = 'infra/.config/lambda'

/** Saved files by what brings them live. */
export interface SavedFiles {
  code: string[]
  config: string[]
  /** The template, requirements, layers: these go through CloudFormation. */
  stack: string[]
}

/** Every file and folder whose saves matter to a target. */
export function watchedPlaces(template: Template): string[] {
  return [
    ...new Set([templateFile, configFolder, ...codeFolders(template).map(({ folder }) => path.normalize(folder))]),
  ]
}

/** Sorts what was saved; what is nothing to this target (another organization's configuration) is left out. */
export function sortSaved(files: readonly string[], template: Template, { env, org }: Target): SavedFiles {
  const ours = [`${configFolder}/${env}.json`, `${configFolder}/${env}-${org}.json`]
  const folders = codeFolders(template).map(({ folder }) => folder)
  const once = [...new Set(files)].sort()
  const inCode = once.filter((file) => folders.some((folder) => !path.relative(folder, file).startsWith('..')))
  const dependencies = new Set(dependencyFiles(template, inCode))
  return {
    code: inCode.filter((file) => !dependencies.has(file)),
    config: once.filter((file) => ours.includes(file)),
    stack: once.filter((file) => file === templateFile || dependencies.has(file)),
  }
}

/** `cors.py`, `cors.py and 2 more`. */
export function nameFiles(files: readonly string[]): string {
  const [first = '', ...more] = files
  return more.length === 0 ? path.basename(first) : `${path.basename(first)} and ${more.length} more`
}
