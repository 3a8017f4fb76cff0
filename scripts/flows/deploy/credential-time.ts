import { credentialWarning, expectedMs } from '../../core/credential-time.js'
import type { TargetContext } from '../context.js'
import { readRecent } from '../ledger/ledger.js'

/** Receipts that tell how long a deployment of a target takes. */
const asked = 5

/** Warns, before anything is written, where the credentials end before this deployment may. */
export async function warnOfCredentials(first: boolean, context: TargetContext): Promise<void> {
  const { cloud, ports, report } = context
  if (cloud.expires === undefined) return
  const durations = first ? [] : (await readRecent(asked, context)).map(({ durationMs }) => durationMs)
  const text = credentialWarning(cloud.expires, ports.clock.now(), expectedMs(durations, first))
  if (text === undefined) return
  const hint =
    'sign in again first, unless they renew themselves as those of roles and CI do; a run that is cut off is continued by the same command'
  report.emit({ type: 'warning', text, hint })
}
