import path from 'node:path'
import { sha256Base64 } from '../../core/hash.js'
import type { Receipt, ReleasedFunction } from '../../core/receipt.js'
import type { Shift } from '../../core/shift.js'
import { DeployError } from '../../errors.js'
import type { Stack } from '../../ports.js'
import type { Step } from '../../report/report.js'
import type { BuildRecord } from './build-record.js'
import type { FunctionCode } from './code-source.js'
import type { TargetContext } from '../context.js'
import { type Released, releaseCode } from '../release/release-code.js'
import { targetFunctions } from '../release/target-functions.js'

/**
 * Makes what was built live, after CloudFormation had its turn: a function that it left behind, because it saw no change,
 * is updated directly and named.
 */
export async function releaseBuild(
  build: BuildRecord,
  stack: Stack,
  { served, newer, left }: BeforeRelease,
  step: Step,
  context: TargetContext,
): Promise<Released[]> {
  const { names } = context
  const functions = await targetFunctions(stack.arn, context)
  const codes = builtCode(build, names.buildFolder)
  for (const [logicalId, kept] of newer) {
    step.line(
      'plain',
      `${logicalId} keeps the code of version ${kept.version}, released after this build; CODE=build takes the build’s`,
    )
    codes.set(logicalId, await liveCode(logicalId, kept, context))
  }
  for (const { logicalId, alias } of functions) {
    if (alias === undefined)
      step.line('plain', `${logicalId} has no alias: requests reach it as CloudFormation left it`)
  }
  const wanted = functions
    .filter(({ alias }) => alias !== undefined)
    .map((fn) => ({ fn, code: codes.get(fn.logicalId), served: served.get(fn.name) }))
  const released = await releaseCode(wanted, step, context, left)
  for (const { logicalId, updated } of released) {
    if (updated)
      step.line(
        'changed',
        `${logicalId} held other code than the build: CloudFormation saw no change, updated directly`,
      )
  }
  return released
}

/** What is known of a stack's functions before a release touches it. */
export interface BeforeRelease {
  /** The version to go back to, by the function's name. */
  served: ReadonlyMap<string, string>
  /** Functions whose live code is newer than the build and stays, by logical id. */
  newer: ReadonlyMap<string, ReleasedFunction>
  /** A shift that is to be gone on with. */
  left: Shift | undefined
}

/** The functions whose code the last good release brought past CloudFormation after `build` was made, by logical id. */
export function releasedSince(build: BuildRecord, live: Receipt | undefined): Map<string, ReleasedFunction> {
  if (live === undefined || live.command === 'rs-deploy' || live.at <= build.builtAt) return new Map()
  const built = new Map(build.packages.map(({ logicalId, codeSha256 }) => [logicalId, codeSha256]))
  const differs = ([logicalId, { codeSha256 }]: [string, ReleasedFunction]): boolean =>
    built.has(logicalId) && built.get(logicalId) !== codeSha256
  return new Map(Object.entries(live.functions ?? {}).filter(differs))
}

/** The code of a live version, in case CloudFormation put older code under it. */
export async function liveCode(
  logicalId: string,
  { name, version, codeSha256 }: ReleasedFunction,
  { ports, names }: TargetContext,
): Promise<FunctionCode> {
  const file = path.join(names.buildFolder, 'code', `${logicalId}.live.zip`)
  const zip = await ports.functions.code(name, version)
  if (sha256Base64(zip) !== codeSha256) {
    throw new DeployError('StackState', `the code of ${name}:${version} is not what its receipt says`, {
      hint: 'check the commit of that release out and make rs-deploy-function',
    })
  }
  await ports.files.write(file, zip)
  return { codeSha256, bytes: zip.length, file }
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
