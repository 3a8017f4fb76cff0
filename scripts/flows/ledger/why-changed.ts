import { type EntryChange, entryChanges, inputOfFile, isSecretParameter } from '../../core/input-changes.js'
import { type Receipt, inputClauses, inputDifferences } from '../../core/receipt.js'
import type { TargetContext } from '../context.js'
import { type DeploymentFacts, gatherFacts } from '../deploy/deployment-facts.js'
import { findReceipt } from './ledger.js'

/** Why a deployment would do something now. */
export interface WhyChanged {
  /** One clause each, as rs-deploy says them; empty when nothing changed. */
  reasons: string[]
  /** The last release that is live: what is compared with. */
  since: Receipt | undefined
  /** What differs of each input since then, in the order of the clauses. */
  inputs: { clause: string; changes: EntryChange[] }[]
  /** Whether that release was recorded with its files. */
  filesKnown: boolean
}

/** Holds what a deployment would be made of against the last live release. Reads only. */
export async function whyChanged(context: TargetContext): Promise<WhyChanged> {
  const facts = await gatherFacts(withoutAdmin(context), false)
  const live = facts.receipt?.outcome === 'live' ? facts.receipt : undefined
  const since = live ?? (await findReceipt(({ outcome }) => outcome === 'live', context))
  const clauses = since === undefined || facts.stack === undefined ? [] : inputDifferences(since.inputs, facts.inputs)
  return {
    reasons: facts.reasons,
    since,
    inputs: since === undefined ? [] : clauses.map((clause) => ({ clause, changes: changesOf(clause, since, facts) })),
    filesKnown: since?.files !== undefined,
  }
}

/** Whether an administrator is to be made has nothing to do with it, and no password is wanted for an answer. */
export function withoutAdmin(context: TargetContext): TargetContext {
  const named = Object.entries(context.inputs).filter(([name]) => !name.startsWith('ADMIN_'))
  return { ...context, inputs: Object.fromEntries(named) }
}

function changesOf(clause: string, { inputs, files }: Receipt, facts: DeploymentFacts): EntryChange[] {
  switch (clause) {
    case inputClauses.parameters: {
      const { template } = facts.sources
      return entryChanges(inputs.parameters, facts.inputs.parameters, (name) => isSecretParameter(name, template))
    }
    case inputClauses.place:
      return entryChanges({ place: inputs.place }, { place: facts.inputs.place })
    case inputClauses.tool:
      return entryChanges({ tool: inputs.tool }, { tool: facts.inputs.tool })
    default: {
      const input = (['template', 'code', 'config'] as const).find((name) => inputClauses[name] === clause)
      const only = (all: Readonly<Record<string, string>>): Record<string, string> =>
        Object.fromEntries(Object.entries(all).filter(([file]) => inputOfFile(file, facts.sources.templates) === input))
      const now = { ...facts.sources.files, ...facts.config.files }
      return files === undefined ? [] : entryChanges(only(files), only(now))
    }
  }
}
