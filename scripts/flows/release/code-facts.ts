import pMap from 'p-map'
import { changedDependencies } from '../../core/packaging.js'
import { type Receipt, releasedFunctions } from '../../core/receipt.js'
import { isUnshared } from '../../core/shift.js'
import { DeployError } from '../../errors.js'
import type { FunctionAlias, FunctionState, Stack } from '../../ports.js'
import type { Step } from '../../report/report.js'
import type { Sources } from '../build/build-target.js'
import type { TargetContext } from '../context.js'
import { newestRelease, readReceipts } from '../ledger/ledger.js'
import { goodVersions } from './serving.js'
import { settleForFunction } from '../stack/settle-stack.js'
import { type TargetFunction, functionsAtOnce, targetFunctions } from './target-functions.js'

/** A function with what serves of it. */
export interface StandingFunction {
  fn: TargetFunction
  logicalId: string
  name: string
  latest: FunctionState
  alias: FunctionAlias | undefined
  /** CodeSha256 of the live version, where a receipt proves it. */
  liveSha256: string | undefined
  /** The version to go back to: the last good release's, or the one that serves where another release proved that. */
  good: string | undefined
  /** What a run that was cut off left, in one clause. */
  unproved: string | undefined
}

/** All that a release of code alone needs to know of its target. */
export interface CodeFacts {
  stack: Stack
  /** The newest receipt's number, and the last good release. */
  newest: number
  live: Receipt
  functions: StandingFunction[]
}

/** Reads what stands; throws StackState where code alone cannot be brought there. */
export async function gatherCodeFacts(step: Step, context: TargetContext): Promise<CodeFacts> {
  return readCodeFacts(await settleForFunction(step, context), context)
}

/**
 * Under the lock: what was read before it, unless another run was in between, which its receipt or the stack tells. One
 * that left neither cannot be overwritten: every change carries the revision that was read.
 */
export async function confirmCodeFacts(
  early: CodeFacts | undefined,
  step: Step,
  context: TargetContext,
): Promise<CodeFacts> {
  const [stack, newest] = await Promise.all([settleForFunction(step, context), newestRelease(context)])
  const same = early?.newest === newest && early.stack.arn === stack.arn && early.stack.changedAt === stack.changedAt
  return same ? { ...early, stack } : readCodeFacts(stack, context)
}

export async function readCodeFacts(stack: Stack, context: TargetContext): Promise<CodeFacts> {
  const { ports } = context
  const [{ newest, live }, functions] = await Promise.all([readReceipts(context), targetFunctions(stack.arn, context)])
  // What was released before a take-down was of other functions.
  if (live === undefined || live.stack.arn !== stack.arn) throw neverReleased(context)
  const standing = await pMap(
    functions,
    async (fn) => {
      const [latest, alias] = await Promise.all([
        ports.functions.state(fn.name),
        fn.alias === undefined ? undefined : ports.functions.alias(fn.name, fn.alias),
      ])
      if (latest === undefined) throw missing(fn, context)
      return { fn, logicalId: fn.logicalId, name: fn.name, latest, alias }
    },
    { concurrency: functionsAtOnce },
  )
  const serving = standing.flatMap(({ name, alias }) => (alias === undefined ? [] : [[name, alias.version] as const]))
  const good = await goodVersions(Object.fromEntries(serving), live, context)
  const released = releasedFunctions(live)
  return {
    ...{ stack, newest, live },
    functions: standing.map((one) => {
      const { fn, name, latest, alias } = one
      // Without an alias requests reach $LATEST: what it holds is live.
      const direct = { liveSha256: latest.codeSha256, good: undefined, unproved: undefined }
      const proved = released.find((each) => each.name === name)
      return { ...one, ...(fn.alias === undefined ? direct : judge(latest, alias, proved, good.get(name))) }
    }),
  }
}

/** Holds what serves against what the last good release says of it. */
function judge(
  latest: FunctionState,
  alias: FunctionAlias | undefined,
  proved: { version: string; codeSha256: string } | undefined,
  good: string | undefined,
): Pick<StandingFunction, 'liveSha256' | 'good' | 'unproved'> {
  const version = alias?.version
  const shifting = alias !== undefined && !isUnshared(alias)
  if (proved === undefined || version === undefined) {
    return { liveSha256: undefined, good, unproved: undefined }
  }
  if (version !== proved.version || shifting) {
    const left =
      version === good ? 'the last good release did not leave' : 'no release recorded: an earlier run was cut off'
    const unproved = `version ${version} serves, which ${left}; finishing it`
    return { liveSha256: undefined, good, unproved }
  }
  const dirty = latest.codeSha256 !== proved.codeSha256
  const unproved = dirty ? 'holds code that never went live, of a release that failed or was cut off' : undefined
  return { liveSha256: proved.codeSha256, good, unproved }
}

function missing({ logicalId, name }: TargetFunction, { target }: TargetContext): DeployError {
  return new DeployError('StackState', `the function ${name} (${logicalId}) was deleted past CloudFormation`, {
    hint: `make rs-deploy ENV=${target.env} ORG=${target.org}`,
  })
}

function neverReleased({ target }: TargetContext): DeployError {
  return new DeployError('NotDeployed', `${target.env}/${target.org} has no good release yet that code could follow`, {
    hint: `make rs-deploy ENV=${target.env} ORG=${target.org}`,
  })
}

/** Throws StackState where dependencies changed since the last good release; FORCE=true goes on without them. */
export function verifyDependencies(
  { whole, templateHash, files }: Sources,
  { live }: CodeFacts,
  force: boolean,
  step: Step,
  { target }: TargetContext,
): void {
  if (live.inputs.template !== templateHash) {
    step.line('plain', 'template.yaml changed since the last release: that part waits for rs-deploy')
  }
  const before = live.files
  const changed = before === undefined ? [] : changedDependencies(whole, before, files)
  if (before !== undefined && changed.length === 0) return
  const problem =
    before === undefined
      ? 'whether dependencies changed cannot be told: the last release recorded no files'
      : `dependencies changed since release ${live.release}, and code alone does not bring them`
  if (force) return step.line('plain', `${problem}; FORCE=true goes on without them`)
  throw new DeployError('StackState', problem, {
    facts: changed.slice(0, 4).map((file, i) => ({ label: i === 0 ? 'Changed' : '', text: file })),
    hint: `make rs-deploy ENV=${target.env} ORG=${target.org}; or FORCE=true, where the code does not need them`,
  })
}
