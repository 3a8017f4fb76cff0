import { stat } from 'node:fs/promises'

/** Whether anybody may execute the file. */
export async function isExecutable(file: string): Promise<boolean> {
  return ((await stat(file)).mode & 0o111) !== 0
}
