import type { Receipt } from '../../core/receipt.js'
import type { Step } from '../../report/report.js'
import type { TargetContext } from '../context.js'
import { type HealthQuestion, askHealth, attemptsBack } from './health-gate.js'
import { type Move, moveTraffic } from './move-traffic.js'
import type { Released } from './release-code.js'
import { restoreConfigOf, whyStays } from '../config/config-back.js'
import type { UploadedConfig } from '../config/target-config.js'

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
  const due = released.filter(({ moved, before, version }) => moved && before !== undefined && before !== version)
  if (due.length === 0) {
    step.say('nothing to roll back to: no version served before')
    return { outcome: 'nothing', versions: {}, attempts: 0 }
  }
  const { back, moves, left } = await lookBack(due, context)
  for (const id of left) step.line('plain', `something else moved the alias of ${id} meanwhile: it stays`)
  const told = { versions: versionsOf(back), ...(left.length === 0 ? {} : { left }) }
  if (back.length === 0) {
    step.say('nothing was taken back')
    return { outcome: 'nothing', ...told, attempts: 0 }
  }
  if (config?.replaced !== undefined && !(await restoreConfigOf(config, context))) {
    step.line('plain', whyStays(config))
  } else if (config?.replaced !== undefined) step.line('plain', 'the configuration is put back')
  await moveTraffic(moves, step, context)
  if (api === undefined) {
    step.say(`${describe(back)} serve again; nobody was asked: the stack has no API`)
    return { outcome: 'unasked', ...told, attempts: 0 }
  }
  const answer = await askHealth(questionAfter(back, api, context), step, context)
  const { attempts } = answer.health
  if (answer.kind === 'healthy') step.say(`${describe(back)} serve again, healthy`)
  else step.say(`${describe(back)} serve again, but: ${answer.problem}`)
  return { outcome: answer.kind, ...told, attempts }
}

/** Where none of them is behind the API, it is asked as the gate asked it: whichever version answers. */
function questionAfter(back: readonly Released[], api: string, { names }: TargetContext): HealthQuestion {
  const behind = back.find(({ answersHealth }) => answersHealth !== undefined)
  const [name, version] = behind === undefined ? [names.function, undefined] : [behind.name, behind.before]
  return { api, function: name, version, mustSayVersion: false, attempts: attemptsBack }
}

interface LookBack {
  /** What serves its earlier version once the moves are made; some may do so already. */
  back: Released[]
  moves: Move[]
  left: string[]
}

/** Whoever moved an alias to another version meanwhile knows better: it stays. */
async function lookBack(due: readonly Released[], { ports }: TargetContext): Promise<LookBack> {
  const aliases = await Promise.all(due.map(({ name, alias }) => ports.functions.alias(name, alias)))
  const found: LookBack = { back: [], moves: [], left: [] }
  for (const [i, one] of due.entries()) {
    const { logicalId, name, alias, version, before = '' } = one
    const now = aliases[i]
    if (now === undefined || (now.version !== version && now.version !== before)) {
      found.left.push(logicalId)
      continue
    }
    found.back.push(one)
    const { revisionId } = now
    if (now.version === version) found.moves.push({ name, alias, from: version, to: before, revisionId })
  }
  return found
}

function versionsOf(back: readonly Released[]): Record<string, string> {
  return Object.fromEntries(back.map(({ logicalId, before }) => [logicalId, before ?? '']))
}

function describe(back: readonly Released[]): string {
  const [only] = back
  return back.length === 1 ? `version ${only?.before}` : `the earlier versions of ${back.length} functions`
}
