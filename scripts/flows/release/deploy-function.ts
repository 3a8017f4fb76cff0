import path from 'node:path'
import { selectFunctions } from '../../core/code-selection.js'
import { counted } from '../../core/contents.js'
import type { ImageReference } from '../../core/image.js'
import type { Shift } from '../../core/shift.js'
import { readStrategy } from '../../core/strategy.js'
import { DeployError } from '../../errors.js'
import type { Stack } from '../../ports.js'
import type { Step } from '../../report/report.js'
import { type Sources, readSources } from '../build/build-target.js'
import {
  type CodeFacts,
  type StandingFunction,
  confirmCodeFacts,
  readCodeFacts,
  verifyDependencies,
} from './code-facts.js'
import type { FunctionCode, ImageCode } from '../build/code-source.js'
import { heedImages, imageCode, imageFunction, readImage } from './image-code.js'
import { confirmDeployment } from '../confirm.js'
import type { TargetContext } from '../context.js'
import { goingOnWith, heedShift, verifyWhole } from '../shift/heed-shift.js'
import { healthPathOf, longestProbeMs, readAttempts } from './health-gate.js'
import { packageFunctions } from '../build/package-functions.js'
import { pruneVersions, readKeepVersions } from './prune-versions.js'
import { recordCode, recordCodeFailure } from './record-code.js'
import { type Released, type Wanted, releaseCode } from './release-code.js'
import { settleForFunction } from '../stack/settle-stack.js'
import { withBuildFolder } from '../lock/build-folder.js'
import { withTargetLock } from '../lock/target-lock.js'
import { type Proof, proveRelease, verifyTarget } from '../deploy/verify-target.js'

const minimalZip = path.join('backend', '.build', 'lambda', 'function-minimal.zip')

export type CodeOutcome =
  | { kind: 'unchanged'; stack: Stack; release: number; functions: string[] }
  | { kind: 'deployed'; stack: Stack; release: number; released: Released[] }

/** Brings the code of the functions, and nothing else, past CloudFormation: all that changed, or none. */
export async function deployFunctions(force: boolean, context: TargetContext): Promise<CodeOutcome> {
  const { report } = context
  readAttempts(context.inputs.HEALTH_ATTEMPTS)
  healthPathOf(context)
  readKeepVersions(context.inputs.KEEP_VERSIONS)
  readStrategy(context.inputs.STRATEGY)
  const image = readImage(context)
  return withBuildFolder(context, async () => {
    const taken = await report.step('Package', (step) => takeCode(image, step, context))
    return withTargetLock(context, async (locked, waited) => {
      const left = await heedShift(locked)
      return goingOnWith(left, locked, async () => {
        const early = waited || left !== undefined ? undefined : taken.early
        const facts = await report.step('Check', (step) => check({ ...taken, early }, force, step, locked))
        if (left !== undefined) await verifyWhole(left, new Set(facts.wanted.map(({ fn }) => fn.name)), locked)
        if (facts.wanted.length === 0) return finishUnchanged(facts, locked)
        await confirmDeployment(locked)
        return release(taken.sources, { ...facts, left }, locked)
      })
    })
  })
}

interface Taken {
  sources: Sources
  /** The image that a function is to run instead of code of the checkout. */
  image: ImageReference | undefined
  codes: ReadonlyMap<string, FunctionCode>
  /** What stood while the code was packaged; undefined: it could not be read, and is to be read under the lock. */
  early: CodeFacts | undefined
}

async function takeCode(image: ImageReference | undefined, step: Step, context: TargetContext): Promise<Taken> {
  const { ports } = context
  const standing = settleForFunction(step, context)
  const reading = standing.then((stack) => readCodeFacts(stack, context)).catch(() => undefined)
  const [sources] = await Promise.all([readSources(context), standing])
  if (image !== undefined) {
    step.skip('an image is given: no code of the checkout is brought')
    return { sources, image, codes: new Map(), early: await reading }
  }
  const [codes, early] = await Promise.all([packageFunctions(sources, step, context), reading])
  const [first] = codes.values()
  const home = path.dirname(path.dirname(path.dirname(minimalZip)))
  if (first !== undefined && (await ports.files.exists(home))) await ports.files.copy(first.file, minimalZip)
  const zips = new Map([...codes.values()].map(({ file, bytes }) => [file, bytes] as const))
  const kilobytes = Math.ceil([...zips.values()].reduce((sum, bytes) => sum + bytes, 0) / 1000)
  step.say(`${counted(codes.size, 'function')}, ${kilobytes} kB`)
  return { sources, image, codes, early }
}

/** The functions to release: those whose live code is not what the checkout holds. Throws what stands in the way. */
async function check(
  { sources, image, codes, early }: Taken,
  force: boolean,
  step: Step,
  context: TargetContext,
): Promise<CodeFacts & { wanted: Wanted[] }> {
  const facts = await confirmCodeFacts(early, step, context)
  const chosen = selectFunctions(facts.functions, context.inputs.FUNCTION)
  if (image === undefined) {
    await heedImages(chosen, step, context)
    verifyDependencies(sources, facts, force, step, context)
  }
  const wanted =
    image === undefined
      ? chosen.flatMap((one) => wantedOf(one, codes.get(one.fn.logicalId)))
      : await wantedImage(image, chosen, facts, context)
  verifyAliases(wanted, context)
  for (const { fn, unproved } of chosen) {
    if (unproved !== undefined) step.line('plain', `${fn.logicalId}: ${unproved}`)
  }
  step.say(wanted.length === 0 ? 'live code is this code already' : `${counted(wanted.length, 'function')} changed`)
  return { ...facts, wanted }
}

function wantedOf(one: StandingFunction, code: FunctionCode | ImageCode | undefined): Wanted[] {
  if (code === undefined || code.codeSha256 === one.liveSha256) return []
  return [{ fn: one.fn, code, served: one.good, seen: { latest: one.latest, alias: one.alias } }]
}

async function wantedImage(
  image: ImageReference,
  chosen: readonly StandingFunction[],
  { live }: CodeFacts,
  context: TargetContext,
): Promise<Wanted[]> {
  const only = imageFunction(chosen, context)
  return wantedOf(only, await imageCode(image, only, live, context))
}

/** Code of a function without an alias would be live before it was checked, and there would be no way back. */
function verifyAliases(wanted: readonly Wanted[], { target }: TargetContext): void {
  const bare = wanted.flatMap(({ fn }) => (fn.alias === undefined ? [fn.logicalId] : []))
  if (bare.length === 0) return
  throw new DeployError(
    'StackState',
    `no alias stands before ${bare.join(', ')}: code alone cannot go back from there`,
    {
      hint: `make rs-deploy ENV=${target.env} ORG=${target.org}; FUNCTION=… releases the others; AutoPublishAlias: live gives it one`,
    },
  )
}

async function finishUnchanged({ stack, live, functions }: CodeFacts, context: TargetContext): Promise<CodeOutcome> {
  await verifyTarget(stack, live.function?.version ?? '', context)
  return { kind: 'unchanged', stack, release: live.release, functions: functions.map(({ fn }) => fn.logicalId) }
}

async function release(
  sources: Sources,
  facts: CodeFacts & { wanted: Wanted[]; left: Shift | undefined },
  context: TargetContext,
): Promise<CodeOutcome> {
  const { report } = context
  const { stack, wanted, left } = facts
  let proof: Proof | undefined
  try {
    const released = await report.step('Release', (step) => releaseCode(wanted, step, context, left))
    const undo = { released, config: undefined }
    proof = await proveRelease(stack, undo, { mostMs: longestProbeMs, access: false }, context)
    if (proof.kind === 'unhealthy') throw proof.error
    const number = await recordCode(sources, facts, released, proof.health, context)
    await pruneVersions(released, context)
    return { kind: 'deployed', stack, release: number, released }
  } catch (error) {
    await recordCodeFailure(facts, error, proof, context)
    throw error
  }
}
