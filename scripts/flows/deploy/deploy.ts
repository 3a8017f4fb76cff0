import type { Shift } from '../../core/shift.js'
import { readStrategy } from '../../core/strategy.js'
import { DeployError } from '../../errors.js'
import type { Stack } from '../../ports.js'
import type { Step } from '../../report/report.js'
import { type BuildRecord, requireBuild } from '../build/build-record.js'
import { buildTarget } from '../build/build-target.js'
import { executeChangeSet } from '../stack/change-set.js'
import type { TargetContext } from '../context.js'
import { warnOfCredentials } from './credential-time.js'
import { type DeploymentFacts, gatherFacts } from './deployment-facts.js'
import { finishUnchanged } from './finish-unchanged.js'
import { readLastDeployment } from '../ledger/ledger.js'
import { type PlannedChanges, confirmChanges, deployableOf, orDrop, planChanges } from '../stack/plan-changes.js'
import { goingOnWith, heedShift } from '../shift/heed-shift.js'
import { ensureLogRole, prepareAccount } from '../stack/prepare-account.js'
import { pruneArtifacts } from '../ledger/prune-artifacts.js'
import { pruneVersions } from '../release/prune-versions.js'
import { protectStack } from '../stack/protect-stack.js'
import { type LiveFacts, behindApi, recordFailure, recordRelease } from '../ledger/record-release.js'
import { releaseBuild, releasedSince } from '../build/release-build.js'
import { versionsBefore } from '../release/serving.js'
import { readShift } from '../shift/shift-journal.js'
import { settleStack, verifyDeployable } from '../stack/settle-stack.js'
import { type Begun, besideProved, configBack } from '../config/config-back.js'
import { type UploadedConfig, uploadConfig } from '../config/target-config.js'
import { withBuildFolder } from '../lock/build-folder.js'
import { withTargetLock } from '../lock/target-lock.js'
import { verifyQuotas } from './verify-quotas.js'
import { type Proof, ensureSignIn, proveRelease } from './verify-target.js'

export interface DeployOptions {
  /** rs-deploy builds first, rs-deploy-only takes the build that is there. */
  build: 'fresh' | 'existing'
  force: boolean
}

export type DeployOutcome =
  | { kind: 'unchanged'; stack: Stack; release: number; version: string; admin: string | undefined }
  | { kind: 'deployed'; stack: Stack; release: number; version: string; admin: string | undefined }

/** Brings one target to what the sources, the configuration and the parameters say, and proves that it is there. */
export async function deploy(options: DeployOptions, context: TargetContext): Promise<DeployOutcome> {
  const { report, ports, inputs } = context
  readStrategy(inputs.STRATEGY)
  const first = await report.step('Check', (step) => look(options, step, context))
  const shifting = await readShift(context)
  const unchanged = shifting === undefined ? await finishUnchanged(first, 'checked', context) : undefined
  if (unchanged !== undefined) return unchanged
  return withBuildFolder(context, async (waitedHere) => {
    const build = await report.step('Build', (step) => takeBuild(options, first, step, context))
    await report.step('Account', (step) => prepareAccount(step, context))
    return withTargetLock(context, async (locked, waited) => {
      const left = await heedShift(locked)
      return goingOnWith(left, locked, async () => {
        const settled = await report.step('Stack', (step) =>
          settleStack(step, locked, options.build === 'fresh' ? 'rs-deploy' : 'rs-deploy-only'),
        )
        // Another run was in between: what it did may be what this one was to do.
        const again =
          waitedHere ||
          waited ||
          shifting !== undefined ||
          settled.changed ||
          (await hasMoved(first, settled.stack, locked))
        const facts = again ? await report.step('Check again', (step) => look(options, step, locked)) : first
        const done = left ? undefined : await finishUnchanged(facts, 'locked', locked)
        return (
          done ??
          deployLocked(
            build,
            { ...facts, left },
            again ? await ports.stacks.describe(locked.names.stack) : settled.stack,
            { ...locked, usedUp: [...(locked.usedUp ?? []), ...(settled.usedUp ?? [])] },
          )
        )
      })
    })
  })
}

/** Between the first look and the lock another machine may have come and gone without being met. */
export async function hasMoved(
  seen: Pick<DeploymentFacts, 'stack' | 'receipt'>,
  stack: Stack | undefined,
  context: TargetContext,
): Promise<boolean> {
  if (stack?.arn !== seen.stack?.arn || stack?.changedAt !== seen.stack?.changedAt) return true
  const last = await readLastDeployment(context)
  return (last?.kind === 'receipt' ? last.receipt.release : undefined) !== seen.receipt?.release
}

async function look(options: DeployOptions, step: Step, context: TargetContext): Promise<DeploymentFacts> {
  const looking = gatherFacts(context, options.build === 'existing')
  // A stack that cannot be deployed is the first thing to say, whatever else is wrong.
  looking.catch(() => undefined)
  await verifyDeployable(context)
  const found = await looking
  const reasons = options.force ? ['FORCE=true'] : found.reasons
  if (reasons.length > 0) await warnOfCredentials(found.stack === undefined, context)
  if (found.stack === undefined) await verifyQuotas(found.sources.template, found.parameters, context)
  noteOutsideBuckets(found, context)
  step.say(reasons.length === 0 ? 'nothing changed since the last release' : reasons.join(', '))
  return { ...found, reasons }
}

/** A first deployment that finds its data: what rs-teardown kept is used as it is, and belongs to no stack. */
function noteOutsideBuckets({ stack, parameters }: DeploymentFacts, { report, target, project }: TargetContext): void {
  const name = project.parameters.CreateBuckets ?? 'CreateBuckets'
  const outside = parameters.some((parameter) => parameter.name === name && parameter.value === 'false')
  if (stack !== undefined || !outside) return
  const adopt = `make rs-adopt-buckets ENV=${target.env} ORG=${target.org}`
  const text = `the buckets exist outside the stack, which uses them as they are; ${adopt} gives them to it`
  report.emit({ type: 'note', text })
}

async function takeBuild(
  options: DeployOptions,
  facts: DeploymentFacts,
  step: Step,
  context: TargetContext,
): Promise<BuildRecord> {
  if (options.build === 'fresh') return buildTarget(facts.sources, facts.place, options.force, step, context)
  const record = await requireBuild(facts.place, context)
  const same = record.template === facts.sources.templateHash && record.code === facts.sources.codeHash
  const when = record.builtAt.slice(0, 16).replace('T', ' ')
  step.skip(`the build of ${when}${same ? '' : '; the sources have changed since, make rs-deploy builds them'}`)
  return record
}

/** What is to be deployed, and a shift that is to be gone on with. */
interface Due extends DeploymentFacts {
  left: Shift | undefined
}

/** Until the plan is confirmed nothing of the target is changed; whatever happens after that is recorded. */
async function deployLocked(
  build: BuildRecord,
  facts: Due,
  standing: Stack | undefined,
  context: TargetContext,
): Promise<DeployOutcome> {
  // The shell of a first change set is no stack yet.
  const before = standing?.status === 'REVIEW_IN_PROGRESS' ? undefined : standing
  // Before there is a change set: where it cannot be read, nothing is left behind.
  const found = before && (await versionsBefore(before, facts.live, context))
  const changes = await planChanges(deployableOf(build, facts), before, context)
  await confirmChanges(changes, facts.parameters, before, context)
  // The first write: whoever may not do it has changed nothing, and leaves no plan behind.
  if (changes.set !== undefined) await orDrop(context, () => ensureLogRole(context))
  const served = found?.versions ?? new Map<string, string>()
  const astray = facts.left !== undefined || found?.astray === true
  const begun: Begun = { stackArn: before?.arn, served, astray, config: undefined }
  let live: Awaited<ReturnType<typeof makeLive>> | undefined
  try {
    live = await makeLive(build, changes, facts, before, begun, context)
    if (live.kind === 'unhealthy') throw live.error
    const admin = await ensureSignIn(facts.admin, live.stack, context)
    const release = await recordRelease(build, facts, live, context)
    await pruneVersions(live.released, context)
    await pruneArtifacts(release, context)
    return { kind: 'deployed', stack: live.stack, release, version: behindApi(live.released)?.version ?? '', admin }
  } catch (error) {
    const configRestored = await configBack(begun, error, context)
    await recordFailure(build, facts, { error, proof: live, configRestored }, context)
    throw error
  }
}

async function makeLive(
  build: BuildRecord,
  { set }: PlannedChanges,
  facts: Due,
  before: Stack | undefined,
  begun: Begun,
  context: TargetContext,
): Promise<LiveFacts | Extract<Proof, { kind: 'unhealthy' }>> {
  const { report } = context
  const newer = keepsLive(context) ? releasedSince(build, facts.live) : new Map<string, never>()
  const upload = async (): Promise<UploadedConfig> => {
    const uploaded = await report.step('Config', (step) => uploadConfig(facts.config, step, context))
    return (begun.config = await besideProved(uploaded, begun, facts.live, context))
  }
  const early = before !== undefined && facts.presence.lambda === 'ours' ? await upload() : undefined
  const changed =
    set === undefined
      ? (before ?? missingStack(context))
      : await report.step('Deploy', (step) => executeChangeSet(set, facts.sources.templateText, step, context))
  const config = early ?? (await upload())
  const stack = await report.step('Protect', (step) => protectStack(changed, step, context))
  const standing = { served: begun.served, newer, left: facts.left }
  const released = await report.step('Release', (step) => releaseBuild(build, stack, standing, step, context))
  const proof = await proveRelease(stack, { released, config }, { access: true }, context)
  return proof.kind === 'unhealthy'
    ? proof
    : {
        kind: 'live',
        stack,
        config: config.stored,
        released,
        health: proof.health,
        kept: newer.size > 0 ? facts.live : undefined,
      }
}

/** rs-deploy brings what the checkout holds; an existing build may be older than what was released meanwhile. */
function keepsLive({ command, inputs }: TargetContext): boolean {
  return command === 'rs-deploy-only' && inputs.CODE !== 'build'
}

function missingStack({ names }: TargetContext): never {
  throw new DeployError('StackState', `the stack ${names.stack} does not exist, and nothing would be created`, {
    hint: 'template.yaml must hold at least one resource',
  })
}
