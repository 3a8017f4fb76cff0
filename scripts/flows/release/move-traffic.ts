import pMap from 'p-map'
import { commandFor } from '../../core/next-command.js'
import { DeployError, messageOf } from '../../errors.js'
import type { FunctionAlias } from '../../ports.js'
import type { Step } from '../../report/report.js'
import type { TargetContext } from '../context.js'

/** An alias that is to serve another version. */
export interface Move {
  name: string
  alias: string
  from: string
  to: string
  /** Of the alias as it was read: whoever changed it since is not overwritten. */
  revisionId: string
}

/** Moves all aliases or none: where one cannot be moved, those already moved go back. */
export async function moveTraffic(moves: readonly Move[], step: Step, context: TargetContext): Promise<void> {
  const { functions } = context.ports
  const moved: { move: Move; now: FunctionAlias }[] = []
  const failures: unknown[] = []
  step.progress(moves.length === 1 ? 'moving the alias' : `moving ${moves.length} aliases`)
  await pMap(
    moves,
    async (move) => {
      if (failures.length > 0) return
      await functions.moveAlias(move.name, move.alias, move.to, move.revisionId).then(
        (now) => void moved.push({ move, now }),
        (error: unknown) => void failures.push(error),
      )
    },
    { concurrency: aliasesAtOnce },
  )
  if (failures.length === 0) return
  const [first] = failures
  const stuck = await moveBack(moved, context)
  if (stuck.length === 0) throw first
  const { code, facts } = first instanceof DeployError ? first : { code: 'AwsFailed' as const, facts: [] }
  throw new DeployError(code, messageOf(first), {
    facts: [...facts, ...stuck.map((text) => ({ label: 'Not back', text }))],
    hint: `${commandFor('rs-rollback', context.target)} takes them back`,
    cause: first,
  })
}

const aliasesAtOnce = 32

/** Takes moved aliases back to where they were. Returns those that could not be, with why. */
async function moveBack(
  moved: readonly { move: Move; now: FunctionAlias }[],
  { ports }: TargetContext,
): Promise<string[]> {
  const stuck: string[] = []
  for (const { move, now } of moved) {
    await ports.functions.moveAlias(move.name, move.alias, move.from, now.revisionId).catch((error: unknown) => {
      stuck.push(`${move.name}: ${messageOf(error)}`)
    })
  }
  return stuck
}
