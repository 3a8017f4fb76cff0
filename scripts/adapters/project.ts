import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { type Project, ownProject } from '../core/project.js'
import { DeployError } from '../errors.js'

/** What infra/project.json of the folder says; where there is none, the project that this tool is part of. */
export async function readProject(projectFolder: string, toolFolder: string, needed: boolean): Promise<Project> {
  const file = path.join(projectFolder, 'infra', 'project.json')
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return undefined
    throw error
  })
  if (text !== undefined) return (await import('../core/project-file.js')).parseProject(text)
  if (projectFolder === toolFolder || !needed) return ownProject
  throw new DeployError('Usage', `${projectFolder} has no infra/project.json: its names are not known`, {
    hint: 'docs/adopting.md has an example; or run make in the folder of the tool',
  })
}
