import { artifactsOf } from '../../core/artifacts.js'
import { imageDigestOf } from '../../core/image.js'
import { situationOf } from '../../core/stack-state.js'
import { type Receipt, type ReleaseInputs, failureCause, shiftFailure } from '../../core/receipt.js'
import { parseTemplate } from '../../core/template.js'
import type { Stack, StoredObject } from '../../ports.js'
import type { BuildRecord } from '../build/build-record.js'
import type { TargetContext } from '../context.js'
import { keepTemplate } from '../stack/packaged-template.js'
import type { DeploymentFacts } from '../deploy/deployment-facts.js'
import { pastGuard, writeReceipt } from './ledger.js'
import type { Health } from '../release/health-gate.js'
import type { Released } from '../release/release-code.js'
import type { Proof } from '../deploy/verify-target.js'
import { messageOf } from '../../errors.js'

/** What a deployment proved to be there at its end. */
export interface LiveFacts {
  kind: 'live'
  stack: Stack
  /** The uploaded configuration; undefined: the project has none. */
  config: StoredObject | undefined
  released: readonly Released[]
  health: Health | undefined
  /** The release whose newer code was left live instead of the build's. */
  kept: Receipt | undefined
}

/** Writes the receipt of a deployment that is live. Returns its release number. */
export async function recordRelease(
  build: BuildRecord,
  facts: DeploymentFacts,
  live: LiveFacts,
  context: TargetContext,
): Promise<number> {
  const { stack, config, released, health, kept } = live
  const code = kept?.inputs.code ?? build.code
  const inputs = { ...inputsOf(build, facts), code, parameters: { ...facts.inputs.parameters, ...stack.parameters } }
  const processed = parseTemplate(await context.ports.stacks.template(stack.arn), `the template of ${stack.name}`)
  const receipt: Omit<Receipt, 'release'> = {
    ...(await commonPart(context)),
    outcome: 'live',
    inputs,
    ...(kept?.files === undefined ? filesOf(build, facts) : { files: { ...kept.files, ...facts.config.files } }),
    artifacts: artifactsOf(processed),
    packaged: await keepTemplate(stack, context),
    stack: { arn: stack.arn, changedAt: stack.changedAt },
    ...configPart(config, context),
    ...functionsPart(released),
    ...shiftPart(released),
    ...(health === undefined ? {} : { health }),
  }
  return (await writeReceipt(receipt, facts.receipt?.release ?? 0, context)).release
}

/** How a deployment ended that was not to end so. */
export interface Failed {
  error: unknown
  /** As far as it came. */
  proof: Proof | LiveFacts | undefined
  /** Undefined: it changed no configuration. */
  configRestored: boolean | undefined
}

/** A deployment that ended badly leaves a receipt too; that it cannot be written must not hide why it failed. */
export async function recordFailure(
  build: BuildRecord,
  facts: DeploymentFacts,
  { error, proof, configRestored }: Failed,
  context: TargetContext,
): Promise<void> {
  try {
    const stack = await context.ports.stacks.describe(context.names.stack)
    if (stack === undefined || situationOf(stack.status) === 'unborn') return
    const receipt: Omit<Receipt, 'release'> = {
      ...(await commonPart(context)),
      outcome: 'failed',
      failure: messageOf(error),
      ...causePart(error),
      inputs: inputsOf(build, facts),
      ...filesOf(build, facts),
      stack: { arn: stack.arn, changedAt: stack.changedAt },
      ...shiftFailurePart(error),
      ...proofPart(proof),
      ...(configRestored === undefined ? {} : { configRestored }),
    }
    await writeReceipt(receipt, facts.receipt?.release ?? 0, pastGuard(context))
  } catch (problem) {
    const text = messageOf(problem)
    context.report.emit({ type: 'warning', text: `the failed release could not be recorded: ${text}` })
  }
}

/** The configuration's object, and the version of it that brings it back. */
export function configPart(config: StoredObject | undefined, { names }: TargetContext): Pick<Receipt, 'config'> {
  if (config === undefined) return {}
  const { etag, versionId } = config
  return { config: { bucket: names.buckets.lambda, etag, ...(versionId === undefined ? {} : { versionId }) } }
}

/** The released function that answers the health path; where none does, any. */
export function behindApi(released: readonly Released[]): Released | undefined {
  return released.find(({ answersHealth }) => answersHealth !== undefined) ?? released[0]
}

/** Every function, and once more the one that older tools look for. */
export function functionsPart(released: readonly Released[]): Pick<Receipt, 'function' | 'functions'> {
  const only = behindApi(released)
  if (only === undefined) return {}
  return {
    function: { name: only.name, version: only.version, codeSha256: only.codeSha256 },
    ...functionsOf(released),
  }
}

function functionsOf(released: readonly Released[]): Pick<Receipt, 'functions'> {
  const functions = released.map((one) => {
    const { logicalId, name, alias, version, codeSha256 } = one
    const imageDigest = imageDigestOf(one)
    return [logicalId, { name, alias, version, codeSha256, ...(imageDigest === undefined ? {} : { imageDigest }) }]
  })
  return { functions: Object.fromEntries(functions) as NonNullable<Receipt['functions']> }
}

/** What a release proved before it failed; or that it was not healthy, and what became of the way back. */
export function proofPart(proof: Proof | LiveFacts | undefined): Pick<Receipt, 'functions' | 'health' | 'rollback'> {
  if (proof === undefined) return {}
  const { health } = proof
  const found = proof.kind === 'unhealthy' ? { rollback: proof.rollback } : functionsOf(proof.released)
  return { ...found, ...(health === undefined ? {} : { health }) }
}

/** What was built decides what is live, not what lies in the checkout by then. */
function inputsOf(build: BuildRecord, { inputs }: DeploymentFacts): ReleaseInputs {
  return { ...inputs, template: build.template, code: build.code, place: build.place }
}

/** Of a build that an older version of this tool left, only what the checkout still holds is known. */
function filesOf(build: BuildRecord, { sources, config }: DeploymentFacts): Pick<Receipt, 'files'> {
  const same = build.template === sources.templateHash && build.code === sources.codeHash
  const built = build.files ?? (same ? sources.files : undefined)
  return built === undefined ? {} : { files: { ...built, ...config.files } }
}

/** How requests were moved to the new versions, where that was not at once. */
export function shiftPart(released: readonly Released[]): Pick<Receipt, 'shift'> {
  const shift = released.find((one) => one.shift !== undefined)?.shift
  return shift === undefined ? {} : { shift }
}

/** The resource that it failed on, where it was one. */
export function causePart(error: unknown): Pick<Receipt, 'cause'> {
  const cause = failureCause.safeParse(error instanceof Error ? error.cause : undefined)
  return cause.success ? { cause: cause.data } : {}
}

/** What became of a shift that went back. */
export function shiftFailurePart(error: unknown): Pick<Receipt, 'shift' | 'rollback'> {
  const found = shiftFailure.safeParse(error instanceof Error ? error.cause : undefined)
  return found.success ? found.data : {}
}

/** Who, when and from which commit. */
export async function commonPart({
  ports,
  command,
  who,
  started,
  childEnv,
  projectFolder,
}: TargetContext): Promise<Pick<Receipt, 'format' | 'command' | 'at' | 'durationMs' | 'who' | 'commit'>> {
  const now = ports.clock.now()
  const git = { program: 'git', args: ['rev-parse', 'HEAD'], cwd: projectFolder, env: childEnv }
  const commit = await ports.shell.run(git).catch(() => undefined)
  return {
    format: 1,
    command,
    at: now.toISOString(),
    durationMs: now.getTime() - started.getTime(),
    who,
    ...(commit?.exitCode === 0 ? { commit: commit.output.trim() } : {}),
  }
}
