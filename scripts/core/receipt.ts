import { z } from 'zod'
import { canonicalJson } from './hash.js'

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

/** The JSON record of a release, written once. */
export const receiptSchema = z.object({
  format: z.literal(1),
  release: z.number().int().positive(),
  command: z.string(),
  outcome: z.enum(['live', 'failed']),
  /** What failed, in one sentence; only when something did. */
  failure: z.string().optional(),
  at: z.string(),
  durationMs: z.number(),
  who: z.string(),
  commit: z.string().optional(),
  inputs: releaseInputs,
  stack: z.object({ arn: z.string(), changedAt: z.string() }),
  config: z.object({ bucket: z.string(), etag: z.string() }).optional(),
  function: z.object({ name: z.string(), version: z.string(), codeSha256: z.string() }).optional(),
  health: z.object({ attempts: z.number(), durationMs: z.number() }).optional(),
})

export type ReleaseInputs = z.infer<typeof releaseInputs>
export type Receipt = z.infer<typeof receiptSchema>

/** What is found now, to hold against the last receipt. */
export interface Reality {
  stackArn: string
  stackChangedAt: string
  stackHealthy: boolean
  aliasVersion: string | undefined
  configEtag: string | undefined
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
  const was = receipt.inputs
  const changed: [boolean, string][] = [
    [was.template !== inputs.template, 'the template changed'],
    [was.code !== inputs.code, 'code or requirements changed'],
    [was.config !== inputs.config, 'the configuration changed'],
    [canonicalJson(was.parameters) !== canonicalJson(inputs.parameters), 'parameters changed'],
    [was.place !== inputs.place, 'another Python or platform'],
    [was.tool !== inputs.tool, 'another version of this tool'],
    [!reality.stackHealthy, 'the stack is not healthy'],
    [
      receipt.stack.arn !== reality.stackArn || receipt.stack.changedAt !== reality.stackChangedAt,
      'the stack was changed by something else',
    ],
    [receipt.function?.version !== reality.aliasVersion, 'another version is live than the last release'],
    [receipt.config?.etag !== reality.configEtag, 'the uploaded configuration is not the last release’s'],
  ]
  return changed.flatMap(([differs, what]) => (differs ? [what] : []))
}
