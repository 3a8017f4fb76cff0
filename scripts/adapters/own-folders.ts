import { mkdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'

const ownFolder = /^\.(rs|aws-sam-.+)$/

/**
 * Where `file`, relative to the project, lies in a folder that this tool makes there: has that folder ignore itself.
 * Logs, configurations and the local AWS must reach no repository, whatever the project's own ignore file says.
 */
export function keepOutOfGit(projectFolder: string, file: string): void {
  const [name = ''] = path.normalize(file).split(path.sep)
  if (!ownFolder.test(name)) return
  const folder = path.join(projectFolder, name)
  mkdirSync(folder, { recursive: true })
  try {
    writeFileSync(path.join(folder, '.gitignore'), '*\n', { flag: 'wx' })
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  }
}
