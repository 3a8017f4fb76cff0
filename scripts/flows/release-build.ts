import path from 'node:path'
import type { Stack } from '../ports.js'
import type { Step } from '../report/report.js'
import type { BuildRecord } from './build-record.js'
import type { FunctionCode } from './code-source.js'
import type { TargetContext } from './context.js'
import { type Released, releaseCode } from './release-code.js'
import { targetFunctions } from './target-functions.js'

/**
 * Makes what was built live, after CloudFormation had its turn: a function that it left behind, because it saw no change,
 * is updated directly and named.
 */
export async function releaseBuild(
  build: BuildRecord,
  stack: Stack,
  served: ReadonlyMap<string, string>,
  step: Step,
  context: TargetContext,
): Promise<Released[]> {
  const { names, target } = context
  const functions = await targetFunctions(stack.arn, context)
  const codes = builtCode(build, names.buildFolder)
  const wanted = functions
    .filter(({ alias }) => alias !== undefined)
    .map((fn) => ({ fn, code: codes.get(fn.logicalId), served: served.get(fn.name) }))
  const released = await releaseCode(wanted, `ENV=${target.env} ORG=${target.org}`, step, context)
  for (const { logicalId, updated } of released) {
    if (updated)
      step.line(
        'changed',
        `${logicalId} held other code than the build: CloudFormation saw no change, updated directly`,
      )
  }
  return released
}

/** The code of a build, by the function's logical id. */
export function builtCode(build: BuildRecord, buildFolder: string): Map<string, FunctionCode> {
  const functions = build.packages.filter(({ kind }) => kind === 'function')
  return new Map(
    functions.map(({ logicalId, zip, bytes, codeSha256 }) => [
      logicalId,
      { codeSha256, bytes, file: path.join(buildFolder, zip) },
    ]),
  )
}
