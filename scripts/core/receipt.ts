import * as z from 'zod'
import { liveAlias } from './functions.js'
import { canonicalJson } from './hash.js'
import { shiftRecord } from './shift.js'

/** Hashes and values that decide what a deployment does: equal inputs give an equal result. */
export const releaseInputs = z.object({
  template: z.string(),
  code: z.string(),
  config: z.string(),
  parameters: z.record(z.string(), z.string()),
  /** Python version and platform of the wheels: a local build is not one for Lambda. */
  place: z.string(),
  tool: z.string(),
})

/** What of a function a release made live. */
export const releasedFunction = z.object({
  name: z.string(),
  /** Its version; `$LATEST` where it has no alias. */
  version: z.string(),
  codeSha256: z.string(),
  alias: z.string().optional(),
  /** Of a function that is an image: `sha256:…`. */
  imageDigest: z.string().optional(),
})

/** What became of a release that was not healthy: what serves again was asked, or could not be, or nothing went back. */
export const rollbackOutcomes = ['healthy', 'unhealthy', 'unasked', 'nothing'] as const

/** The resource that a deployment failed on, as CloudFormation told it. */
export const failureCause = z.object({
  logicalId: z.string(),
  type: z.string(),
  reason: z.string(),
  /** Logical ids of the nested stacks that lead to it, outermost first. */
  nested: z.array(z.string()).optional(),
})

/** How a release ended; and what else leaves a receipt, done or failed, and counts as no release. */
const outcomes = ['live', 'failed', 'removed', 'not-removed', 'adopted', 'not-adopted'] as const

/** The JSON record of a release, written once. Take-downs and adoptions leave one too. */
export const receiptSchema = z.object({
  format: z.literal(1),
  release: z.number().int().positive(),
  command: z.string(),
  outcome: z.enum(outcomes),
  /** What failed, in one sentence; only when something did. */
  failure: z.string().optional(),
  /** What it failed on; only where a resource did. */
  cause: failureCause.optional(),
  /** What a take-down removed, or was to remove where it failed; what the stack took over, or was to. */
  removed: z.string().optional(),
  adopted: z.string().optional(),
  /** Only of a take-down: what the stack that stood then had, which its successor is to have. */
  parameters: z.record(z.string(), z.string()).optional(),
  at: z.string(),
  durationMs: z.number(),
  who: z.string(),
  commit: z.string().optional(),
  inputs: releaseInputs,
  /** Short hash (12 hex digits of SHA-256) of every file that the inputs were made of; older receipts have none. */
  files: z.record(z.string(), z.string()).optional(),
  /** Where code and layers lie, by logical id; older receipts have none. */
  artifacts: z.record(z.string(), z.string()).optional(),
  /** Address of the packaged template, as CloudFormation was handed it; older receipts have none. */
  packaged: z.string().optional(),
  stack: z.object({ arn: z.string(), changedAt: z.string() }),
  /** What was uploaded; older receipts know no version of it. */
  config: z.object({ bucket: z.string(), etag: z.string(), versionId: z.string().optional() }).optional(),
  /** Only of a release that failed after it had changed the configuration: whether that is again what it was. */
  configRestored: z.boolean().optional(),
  /** The function behind the API; all that older tools know. */
  function: z.object({ name: z.string(), version: z.string(), codeSha256: z.string() }).optional(),
  /** Every function, by logical id; older receipts have none, and of a failed release only those that it had proved. */
  functions: z.record(z.string(), releasedFunction).optional(),
  /** Of a way back: the release whose code serves again. */
  rolledBackTo: z.number().int().positive().optional(),
  /** Only of a release that failed its check once requests reached it. */
  rollback: z
    .object({
      outcome: z.enum(rollbackOutcomes),
      /** What serves again, by logical id. */
      versions: z.record(z.string(), z.string()),
      attempts: z.number(),
      /** Logical ids of what something else had moved meanwhile, and so stays. */
      left: z.array(z.string()).optional(),
    })
    .optional(),
  /** Only of a release whose traffic moved step by step. */
  shift: shiftRecord.optional(),
  health: z.object({ attempts: z.number(), durationMs: z.number() }).optional(),
})

/** What a shift that went back leaves for the receipt: the cause of its error. */
export const shiftFailure = receiptSchema.pick({ shift: true, rollback: true }).required()

export type ReleaseInputs = z.infer<typeof releaseInputs>
export type ShiftFailure = z.infer<typeof shiftFailure>
export type Receipt = z.infer<typeof receiptSchema>
export type ReleasedFunction = z.infer<typeof releasedFunction>

/** Whether it tells of a release; what take-downs and adoptions left does not. */
export function isRelease({ outcome }: Pick<Receipt, 'outcome'>): boolean {
  return outcome === 'live' || outcome === 'failed'
}

/** Whether what it tells of failed. */
export function hasFailed({ outcome }: Pick<Receipt, 'outcome'>): boolean {
  return outcome === 'failed' || outcome === 'not-removed' || outcome === 'not-adopted'
}

/** The functions of a release; an older receipt knows one, without its logical id. */
export function releasedFunctions({ functions, function: only }: Receipt): ReleasedFunction[] {
  if (functions !== undefined) return Object.values(functions)
  return only === undefined ? [] : [{ ...only, alias: liveAlias }]
}

export type FailureCause = z.infer<typeof failureCause>

/** `Inner > Queue, AWS::SQS::Queue: it already exists`. */
export function describeCause({ logicalId, type, reason, nested = [] }: FailureCause): string {
  return `${[...nested, logicalId].join(' > ')}, ${type}: ${reason}`
}

/** What is found now, to hold against the last receipt. */
export interface Reality {
  stackArn: string
  stackChangedAt: string
  stackHealthy: boolean
  /** The version that serves, by the function's name; `$LATEST` where it has no alias. */
  versions: Readonly<Record<string, string | undefined>>
  configEtag: string | undefined
}

/** What is said of an input that differs. */
export const inputClauses: Readonly<Record<keyof ReleaseInputs, string>> = {
  template: 'the template changed',
  code: 'code or requirements changed',
  config: 'the configuration changed',
  parameters: 'parameters changed',
  place: 'another Python or platform',
  tool: 'another version of this tool',
}

/** Why a deployment is needed, one clause per difference; empty when inputs and reality are as the receipt says. */
export function differences(
  receipt: Receipt | undefined,
  inputs: ReleaseInputs,
  reality: Reality | undefined,
): string[] {
  if (reality === undefined) return ['not deployed yet']
  if (receipt === undefined) return ['no release of it is recorded']
  if (receipt.outcome !== 'live') return ['the last release failed']
  const changed: [boolean, string][] = [
    [!reality.stackHealthy, 'the stack is not healthy'],
    [
      receipt.stack.arn !== reality.stackArn || receipt.stack.changedAt !== reality.stackChangedAt,
      'the stack was changed by something else',
    ],
    [
      releasedFunctions(receipt).some(({ name, version }) => reality.versions[name] !== version),
      'another version is live than the last release',
    ],
    [receipt.config?.etag !== reality.configEtag, 'the uploaded configuration is not the last release’s'],
  ]
  return [...inputDifferences(receipt.inputs, inputs), ...clausesOf(changed)]
}

/** Which inputs differ, one clause each. */
export function inputDifferences(was: ReleaseInputs, now: ReleaseInputs): string[] {
  return clausesOf([
    [was.template !== now.template, inputClauses.template],
    [was.code !== now.code, inputClauses.code],
    [was.config !== now.config, inputClauses.config],
    [canonicalJson(was.parameters) !== canonicalJson(now.parameters), inputClauses.parameters],
    [was.place !== now.place, inputClauses.place],
    [was.tool !== now.tool, inputClauses.tool],
  ])
}

function clausesOf(changed: readonly [boolean, string][]): string[] {
  return changed.flatMap(([differs, what]) => (differs ? [what] : []))
}
