import type { Receipt } from '../../core/receipt.js'
import type { Step } from '../../report/report.js'
import type { TargetContext } from '../context.js'
import { askHealth } from './health-gate.js'
import { type Move, moveTraffic } from './move-traffic.js'
import type { Released } from './release-code.js'
import { restoreConfigOf } from '../config/config-back.js'
import type { UploadedConfig } from '../config/target-config.js'

const attemptsAfterwards = 5

export type Rollback = NonNullable<Receipt['rollback']>

/** What a release replaced, for its way back. */
export interface Undo {
  released: readonly Released[]
  /** What the release uploaded; undefined where it uploads none. */
  config: UploadedConfig | undefined
}

/** Takes every moved alias, and the configuration, back to what served before, and asks that for its health. */
export async function rollBack(
  { released, config }: Undo,
  api: string | undefined,
  step: Step,
  context: TargetContext,
): Promise<Rollback> {
  const back = released.filter(({ moved, before, version }) => moved && before !== undefined && before !== version)
  const versions = Object.fromEntries(back.map(({ logicalId, before }) => [logicalId, before ?? '']))
  if (back.length === 0) {
    step.say('nothing to roll back to: no version served before')
    return { outcome: 'nothing', versions, attempts: 0 }
  }
  if (config?.replaced !== undefined && !(await restoreConfigOf(config, context))) {
    step.line('plain', 'something else changed the configuration meanwhile: it stays')
  } else if (config?.replaced !== undefined) step.line('plain', 'the configuration is put back')
  await moveTraffic(await movesBack(back, context), step, context)
  const behind = back.find(({ answersHealth }) => answersHealth !== undefined)
  if (behind === undefined || api === undefined) {
    step.say(`${describe(back)} serve again; nothing answers the health path`)
    return { outcome: 'healthy', versions, attempts: 0 }
  }
  const question = {
    api,
    function: behind.name,
    version: behind.before ?? '',
    mustSayVersion: false,
    attempts: attemptsAfterwards,
  }
  const answer = await askHealth(question, step, context)
  const { attempts } = answer.health
  if (answer.kind === 'healthy') step.say(`${describe(back)} serve again, healthy`)
  else step.say(`${describe(back)} serve again, but: ${answer.problem}`)
  return { outcome: answer.kind, versions, attempts }
}

/** Whoever moved an alias meanwhile knows better: it stays. */
async function movesBack(back: readonly Released[], { ports }: TargetContext): Promise<Move[]> {
  const found = await Promise.all(
    back.map(async ({ name, alias, version, before }): Promise<Move[]> => {
      const now = await ports.functions.alias(name, alias)
      if (now?.version !== version || before === undefined) return []
      return [{ name, alias, from: version, to: before, revisionId: now.revisionId }]
    }),
  )
  return found.flat()
}

function describe(back: readonly Released[]): string {
  const [only] = back
  return back.length === 1 ? `version ${only?.before}` : `the earlier versions of ${back.length} functions`
}
