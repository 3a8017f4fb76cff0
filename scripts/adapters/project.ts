import { readFile } from 'node:fs/promises'
import path from 'node:path'
import type { EnvironmentEntry } from '../core/environments-file.js'
import { type Project, ownProject } from '../core/project.js'
import { DeployError } from '../errors.js'

/**
 * What infra/project.json of the folder says; where there is none, the project that this tool is part of. A command that
 * acts on no target asks for none: the local AWS can be ended whatever the file says.
 */
export async function readProject(projectFolder: string, toolFolder: string, needed: boolean): Promise<Project> {
  if (!needed) return ownProject
  const text = await readIfThere(projectFolder, 'project.json')
  if (text !== undefined) return (await import('../core/project-file.js')).parseProject(text)
  if (projectFolder === toolFolder) return ownProject
  throw new DeployError('Usage', `${projectFolder} has no infra/project.json: its names are not known`, {
    hint: 'write it, docs/adopting.md has an example; or leave PROJECT_DIR out for the project that the tool is part of',
  })
}

/** What infra/environments.json says about an environment; undefined where it says nothing. Throws Usage when it is broken. */
export async function readEnvironment(
  projectFolder: string,
  env: string | undefined,
): Promise<EnvironmentEntry | undefined> {
  const text = await readIfThere(projectFolder, 'environments.json')
  if (text === undefined) return undefined
  const entries = (await import('../core/environments-file.js')).parseEnvironments(text)
  return env === undefined ? undefined : entries[env]
}

function readIfThere(projectFolder: string, name: string): Promise<string | undefined> {
  return readFile(path.join(projectFolder, 'infra', name), 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return undefined
    throw error
  })
}
