import path from 'node:path'
import pMap from 'p-map'
import { sha256Base64 } from '../../core/hash.js'
import { type PackagedFunction, packagedFunctions } from '../../core/packaging.js'
import { DeployError } from '../../errors.js'
import type { Step } from '../../report/report.js'
import { readBuildRecord } from './build-record.js'
import { type Sources, buildPlace, buildTarget } from './build-target.js'
import type { FunctionCode } from './code-source.js'
import type { TargetContext } from '../context.js'
import { builtCode } from './release-build.js'

const zipsAtOnce = 8

/**
 * The code of each function as the build would zip it, byte for byte. sam runs only where it would install dependencies
 * into the function; a plain copy, or the function's own makefile, is done here.
 */
export async function packageFunctions(
  sources: Sources,
  step: Step,
  context: TargetContext,
): Promise<Map<string, FunctionCode>> {
  const functions = packagedFunctions(sources.whole, Object.keys(sources.files))
  if (functions.some(({ method }) => method === 'sam')) {
    step.progress('sam installs the dependencies that lie in a function')
    return builtCode(
      await buildTarget(sources, await buildPlace(context), false, step, context),
      context.names.buildFolder,
    )
  }
  const last = await readBuildRecord(context)
  const built = last === undefined ? undefined : builtCode(last, context.names.buildFolder)
  const zips = new Map<string, Promise<FunctionCode>>()
  const packed = await pMap(
    functions,
    async (one): Promise<[string, FunctionCode]> => {
      const same = built?.get(one.logicalId)
      if (same !== undefined && sameFiles(one.folder, last?.files, sources.files)) return [one.logicalId, same]
      // Functions that share a folder share its zip; a makefile may make something else for each.
      const key = one.method === 'copy' ? one.folder : one.logicalId
      const zip = zips.get(key) ?? zipFunction(one, context)
      zips.set(key, zip)
      return [one.logicalId, await zip]
    },
    { concurrency: zipsAtOnce },
  )
  return new Map(packed)
}

/** Whether every file below `folder` is as it was. */
function sameFiles(
  folder: string,
  before: Readonly<Record<string, string>> | undefined,
  now: Readonly<Record<string, string>>,
): boolean {
  if (before === undefined) return false
  const below = (files: Readonly<Record<string, string>>): string =>
    JSON.stringify(
      Object.entries(files)
        .filter(([file]) => !path.relative(folder, file).startsWith('..'))
        .sort(),
    )
  return below(before) === below(now)
}

async function zipFunction(one: PackagedFunction, context: TargetContext): Promise<FunctionCode> {
  const { ports, names } = context
  const place = path.join(names.buildFolder, 'code', one.logicalId)
  const source = one.method === 'copy' ? one.folder : await runMakefile(one, place, context)
  const file = `${place}.zip`
  await ports.files.zip(source, file, one.method === 'copy' ? one.leftOut : [])
  const zip = await ports.files.readBytes(file)
  return { codeSha256: sha256Base64(zip), bytes: zip.length, file }
}

/** As sam does: in a copy of the folder, so that nothing lands among the sources. */
async function runMakefile(
  { logicalId, folder }: PackagedFunction,
  place: string,
  { ports, projectFolder, childEnv }: TargetContext,
): Promise<string> {
  const made = `${place}.made`
  await Promise.all([ports.files.remove(place), ports.files.remove(made)])
  await ports.files.copy(folder, place)
  await ports.files.write(path.join(made, '.keep'), '')
  await ports.files.remove(path.join(made, '.keep'))
  const rule = `build-${logicalId}`
  const { exitCode, output } = await ports.shell.run({
    program: 'make',
    args: ['--no-print-directory', rule],
    cwd: path.join(projectFolder, place),
    env: { ...childEnv, ARTIFACTS_DIR: path.join(projectFolder, made) },
  })
  if (exitCode === 0) return made
  throw new DeployError('BuildFailed', `${path.join(folder, 'Makefile')} could not make ${rule}`, {
    facts: output
      .trim()
      .split('\n')
      .slice(-4)
      .map((text, i) => ({ label: i === 0 ? 'Output' : '', text })),
    hint: 'correct it, then the same command again',
  })
}
