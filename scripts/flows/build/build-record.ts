import path from 'node:path'
import * as z from 'zod'
import type { Names } from '../../core/names.js'
import { DeployError } from '../../errors.js'
import type { BuildPlace } from './build-target.js'
import type { TargetContext } from '../context.js'

const buildRecord = z.object({
  /** Hash over everything that the build was made of. */
  inputs: z.string(),
  place: z.string(),
  builtAt: z.string(),
  template: z.string(),
  code: z.string(),
  /** Short hash of each file, by its path; builds of older versions have none. */
  files: z.record(z.string(), z.string()).optional(),
  packages: z.array(
    z.object({
      logicalId: z.string(),
      kind: z.enum(['function', 'layer']),
      property: z.enum(['CodeUri', 'ContentUri']),
      /** Relative to the build folder. */
      zip: z.string(),
      bytes: z.number(),
      codeSha256: z.string(),
      /** Of the folder that was zipped; builds of older versions have none. */
      fingerprint: z.string().optional(),
    }),
  ),
})

/** What a finished build left: it is written last and removed first. */
export type BuildRecord = z.infer<typeof buildRecord>

export function recordFile(names: Names): string {
  return path.join(names.buildFolder, 'build.json')
}

/** Undefined when there is no finished build; one that cannot be read counts as none. */
export async function readBuildRecord({ ports, names }: TargetContext): Promise<BuildRecord | undefined> {
  const text = await ports.files.readText(recordFile(names))
  if (text === undefined) return undefined
  try {
    const parsed = buildRecord.safeParse(JSON.parse(text))
    return parsed.success ? parsed.data : undefined
  } catch {
    return undefined
  }
}

/** The existing build, as rs-deploy-only needs it. Throws NotBuilt when there is none, or one for another place. */
export async function requireBuild(place: BuildPlace, context: TargetContext): Promise<BuildRecord> {
  const { names, target } = context
  const hint = `make rs-deploy ENV=${target.env} ORG=${target.org}`
  const record = await readBuildRecord(context)
  if (record === undefined) {
    throw new DeployError('NotBuilt', `there is no finished build in ${names.buildFolder}`, { hint })
  }
  if (record.place !== place.name) {
    throw new DeployError(
      'NotBuilt',
      `the build in ${names.buildFolder} was made for ${record.place}, not for ${place.name}`,
      {
        hint,
      },
    )
  }
  return record
}
