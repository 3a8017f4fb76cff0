import { releasedFunctions } from '../../core/receipt.js'
import { planPruning } from '../../core/version-pruning.js'
import { DeployError, messageOf } from '../../errors.js'
import type { TargetContext } from '../context.js'
import { readHistory } from '../ledger/ledger.js'
import type { Released } from './release-code.js'

const defaultKeep = 10
/** Looking at every release would cost each of them a listing. */
const everyVersions = 5

/** KEEP_VERSIONS as a number. Throws Usage. */
export function readKeepVersions(given: string | undefined): number {
  if (given === undefined) return defaultKeep
  const keep = Number(given)
  if (Number.isInteger(keep) && keep >= 2 && keep <= 1000) return keep
  throw new DeployError('Usage', `KEEP_VERSIONS=${given} is not a number from 2 to 1000`, { hint: 'KEEP_VERSIONS=10' })
}

/** Deletes old versions, but never one that an alias or one of the kept releases needs. A failure is only told. */
export async function pruneVersions(released: readonly Released[], context: TargetContext): Promise<void> {
  const keep = readKeepVersions(context.inputs.KEEP_VERSIONS)
  const due = released.filter(({ moved, version }) => moved && Number(version) % everyVersions === 0)
  if (due.length === 0) return
  const { ports, report } = context
  try {
    const history = await readHistory(context)
    const live = history.flatMap((entry) =>
      entry.kind === 'receipt' && entry.receipt.outcome === 'live' ? [entry.receipt] : [],
    )
    const needed = live.slice(0, keep).flatMap(releasedFunctions)
    for (const { name } of due) {
      const { versions, aliased } = await ports.functions.versions(name)
      const kept = needed.filter((one) => one.name === name).map(({ version }) => version)
      for (const version of planPruning(versions, [...aliased, ...kept], keep)) {
        await ports.functions.deleteVersion(name, version)
      }
    }
  } catch (error) {
    const text = messageOf(error)
    report.emit({ type: 'warning', text: `old versions were not removed: ${text}` })
  }
}
