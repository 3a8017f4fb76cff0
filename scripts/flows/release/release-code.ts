import pMap from 'p-map'
import { counted } from '../../core/contents.js'
import { DeployError } from '../../errors.js'
import { type Shift, type ShiftRecord, isUnshared } from '../../core/shift.js'
import type { CodeSource, FunctionAlias, FunctionState } from '../../ports.js'
import type { Step } from '../../report/report.js'
import { type Checked, checkBeforeTraffic } from './check-version.js'
import { type FunctionCode, type ImageCode, codeSource, digestOf } from '../build/code-source.js'
import type { TargetContext } from '../context.js'
import { leaveProved } from './leave-proved.js'
import { type ReadyVersion, moveReady } from './move-ready.js'
import { type FailedFunction, preparationFailure } from './preparation-failure.js'
import { hasFailed, quiet, settled, verified } from './settle-function.js'
import { type TargetFunction, functionsAtOnce } from './target-functions.js'

/** What a release is to make live of one function. */
export interface Wanted {
  fn: TargetFunction
  /** Undefined: what $LATEST holds. */
  code: FunctionCode | ImageCode | undefined
  /** The version that served before the release began, where that is not what the alias says now. */
  served?: string | undefined
  /** What was read under the lock already. */
  seen?: { latest: FunctionState; alias: FunctionAlias | undefined }
}

export interface Released {
  logicalId: string
  name: string
  alias: string
  version: string
  codeSha256: string
  imageDigest?: string
  /** The version that served before; undefined: there was no good one. */
  before: string | undefined
  /** False when the alias was on this version already, and that was proved. */
  moved: boolean
  /** Whether $LATEST had to be given its code by us: CloudFormation had not, or was not asked. */
  updated: boolean
  /** How its requests were moved, where that was not at once. */
  shift?: ShiftRecord
  /** Whether the API's answer to the health path must name this version; undefined: the function does not answer it. */
  answersHealth: Checked | undefined
}

interface Prepared extends ReadyVersion {
  made: Omit<Released, 'moved'>
}

/**
 * Makes the wanted code of all functions live, or of none: each is updated, settled, published and checked before
 * traffic by invoking that very version; only when all of them are good, the aliases are moved. `left`: a shift that is
 * to be gone on with.
 */
export async function releaseCode(
  wanted: readonly Wanted[],
  step: Step,
  context: TargetContext,
  left?: Shift,
): Promise<Released[]> {
  const prepared = await prepareAll(wanted, step, context).catch((error: unknown) =>
    leaveProved(error, { wanted, left }, step, context),
  )
  const moves = prepared.filter(isDue)
  tellUnasked(moves, step)
  const shift = await moveReady(moves, left, step, context)
  const moved = new Set(moves.map(({ fn }) => fn.name))
  const released = prepared.map(({ made }) => ({ ...made, moved: moved.has(made.name), ...(shift && { shift }) }))
  step.say(describeReleased(released))
  return released
}

/** Also where an alias is on this version already, if a run that was cut off left it there: nothing proved it. */
function isDue({ made, current }: Prepared): boolean {
  const unproved = made.before !== undefined && made.before !== made.version
  return current.version !== made.version || !isUnshared(current) || unproved
}

async function prepareAll(wanted: readonly Wanted[], step: Step, context: TargetContext): Promise<Prepared[]> {
  const failures: FailedFunction[] = []
  let done = 0
  const several = wanted.length > 1
  const tell = (fn: TargetFunction, text: string): void =>
    step.progress(several ? `${done}/${wanted.length} functions ready; ${fn.logicalId}: ${text}` : text)
  const all = { among: Math.min(wanted.length, functionsAtOnce), sources: new Map() }
  const prepared = await pMap(
    wanted,
    async (one) => {
      try {
        return await prepareVersion(one, all, (text) => tell(one.fn, text), context)
      } catch (error) {
        failures.push({ fn: one.fn, error })
        return undefined
      } finally {
        done += 1
        if (several) step.progress(`${done}/${wanted.length} functions ready`)
      }
    },
    { concurrency: functionsAtOnce },
  )
  if (failures.length > 0) throw preparationFailure(failures, wanted.length)
  return prepared.flatMap((one) => one ?? [])
}

/** What the functions of one release share. */
interface Preparation {
  /** How many are prepared at a time. */
  among: number
  /** By CodeSha256: code that several functions have is uploaded once. */
  sources: Map<string, Promise<CodeSource>>
}

/** Publishes the wanted code as a version that is ready and passed its check; no request reaches it yet. */
async function prepareVersion(
  { fn, code, served, seen }: Wanted,
  all: Preparation,
  tell: (text: string) => void,
  context: TargetContext,
): Promise<Prepared> {
  const { functions } = context.ports
  const alias = fn.alias ?? noAlias(fn)
  tell('waiting for the function to settle')
  const [held, current] = await Promise.all([
    quiet(fn.name, undefined, context, seen?.latest, all.among),
    seen?.alias ?? functions.alias(fn.name, alias),
  ])
  if (current === undefined) return noAlias(fn)
  // What Lambda could not prepare is brought anew, be it the same code.
  const behind = code !== undefined && (held.codeSha256 !== code.codeSha256 || hasFailed(held))
  const published = await (behind ? update(held, code, all, tell, context) : publish(verified(held), tell, context))
  // AWS tells the version's state; where it does not, it is asked for.
  const told = published.state === undefined ? undefined : published
  const ready = await settled(fn.name, published.version, context, told, all.among)
  const before = served ?? current.version
  const good = before === '$LATEST' ? undefined : before
  const answersHealth = await check(fn, ready.version, { before: good, serving: current.version }, tell, context)
  const { logicalId, name } = fn
  const { version, codeSha256 } = ready
  const made = { logicalId, name, alias, version, codeSha256, before: good, updated: behind, answersHealth }
  return { fn, current, made: { ...made, ...digestOf(code) } }
}

/** Gives the function its code, of which Lambda publishes a version with the update. */
async function update(
  held: FunctionState,
  code: FunctionCode | ImageCode,
  { among, sources }: Preparation,
  tell: (text: string) => void,
  context: TargetContext,
): Promise<FunctionState> {
  const source = sources.get(code.codeSha256) ?? codeSource(code, tell, context)
  sources.set(code.codeSha256, source)
  tell('updating the code')
  const updated = await context.ports.functions.updateCode(held.name, await source, code.codeSha256, held.revisionId)
  if (/^\d+$/.test(updated.version)) return updated
  // Its answer was lost, and the version's number with it.
  return publish(await settled(held.name, undefined, context, updated, among), tell, context)
}

async function publish(
  { name, codeSha256, revisionId }: FunctionState,
  tell: (text: string) => void,
  { ports }: TargetContext,
): Promise<FunctionState> {
  tell('publishing a version')
  return ports.functions.publish(name, codeSha256, revisionId)
}

async function check(
  fn: TargetFunction,
  version: string,
  { before, serving }: { before: string | undefined; serving: string },
  tell: (text: string) => void,
  context: TargetContext,
): Promise<Checked | undefined> {
  if (fn.check === undefined) return undefined
  tell(`checking version ${version} before traffic`)
  try {
    const checked = await checkBeforeTraffic(fn.name, version, fn.check, context)
    return fn.check.expects === 'health' ? checked : undefined
  } catch (error) {
    if (!(error instanceof DeployError)) throw error
    // Before a first release the alias points at $LATEST, which is this very code.
    const hint =
      before === undefined
        ? 'this stack has no good version yet: its API answers with this code; correct it, then the same command again'
        : `${servingWords(version, before, serving)}; correct the code, then the same command again`
    throw new DeployError(error.code, error.message, { facts: error.facts, hint, cause: error })
  }
}

function servingWords(version: string, before: string, serving: string): string {
  if (serving === before) return `no request reached it, version ${before} goes on serving`
  if (serving === version) return 'it serves already, because an earlier run left it there'
  return `no request reached it, but version ${serving} serves, which was never proved`
}

function noAlias({ name }: TargetFunction): never {
  throw new DeployError('StackState', `the function ${name} has no alias "live"`, {
    hint: 'the template must hold an AWS::Lambda::Alias of that name: make rs-deploy',
  })
}

/** Only a call runs what a function does as it begins: of one that must not be called, a broken import is found by nobody. */
function tellUnasked(moves: readonly Prepared[], step: Step): void {
  const unasked = moves.flatMap(({ fn }) => (fn.check === undefined ? [fn.logicalId] : []))
  if (unasked.length === 0) return
  const rest = unasked.length > 3 ? ` and ${unasked.length - 3} more` : ''
  step.line(
    'plain',
    `${unasked.slice(0, 3).join(', ')}${rest} cannot be tried before traffic: Metadata HealthEvent in the template names an event that may be sent`,
  )
}

function describeReleased(released: readonly Released[]): string {
  const [only] = released
  if (released.length === 1 && only !== undefined) {
    return `version ${only.version} ${only.moved ? 'checked, now live' : 'was live already'}`
  }
  return `${released.filter(({ moved }) => moved).length} of ${counted(released.length, 'function')} moved to a new version`
}
