import type { RunResult } from '../../e2e/support/project.js'
import type { Fault, Rule } from '../../support/fault-proxy.js'
import type { Call } from '../../support/wire.js'
import { killFamily } from './processes.js'
import { type Rig, type Start, letLocksGoStale } from './rig.js'

/** How a call is cut. The first six happen once; credentials that have expired stay so; the dead stay dead. */
export const ways = [
  'throttled',
  'broken',
  'unavailable',
  'skewed',
  'reset',
  'answer-lost',
  'expired',
  'killed',
] as const
export type Way = (typeof ways)[number]

/** One call of a deployment, cut in one way. */
export interface Cell {
  start: Start
  /** `lambda.PublishVersion`, with `nth` counted among the calls of that name. */
  operation: string
  nth: number
  way: Way
}

export function describeCell({ operation, nth, way }: Cell): string {
  return `${operation} #${nth} ${way}`
}

/** Every mutating call of a clean run, cut in every way. */
export function cellsOf(start: Start, writes: readonly Call[], chosen: readonly Way[] = ways): Cell[] {
  const seen = new Map<string, number>()
  return writes.flatMap((call) => {
    const operation = nameOf(call)
    const nth = (seen.get(operation) ?? 0) + 1
    seen.set(operation, nth)
    return chosen.map((way) => ({ start, operation, nth, way }))
  })
}

export interface CellOutcome {
  /** What is wrong with how the first run ended; empty when all is well. */
  problems: string[]
  /** The same command once more, where the first did not end well. */
  second: RunResult | undefined
  state: string[]
}

/** Runs a deployment with one call cut; where it did not survive, the same command again without a cut, `between` the two. */
export async function runCell(
  cell: Cell,
  rig: Rig,
  between: () => Promise<void> = async () => undefined,
): Promise<CellOutcome> {
  await rig.begin(cell.start)
  let pid = 0
  rig.proxy.rules(ruleOf(cell, () => killFamily(pid)))
  const first = await rig.deploy({ onStart: (started) => void (pid = started) })
  const uncut = rig.proxy.met() > 0 ? [] : ['no call was cut']
  if (first.exitCode === 0) return { problems: uncut, second: undefined, state: await rig.state() }
  const problems = [...uncut, ...poorEnding(cell, first)]
  rig.proxy.rules()
  await between()
  letLocksGoStale(rig.proxy)
  const second = await rig.deploy()
  const state = await rig.state()
  // A run that finds everything done writes nothing: not even the dead one's lock, which the next one takes over.
  const idle = second.stdout.includes('"outcome":"unchanged"')
  return { problems, second, state: idle ? state.filter((line) => !line.includes('/locks/')) : state }
}

export function ruleOf(cell: Cell, kill: () => void): Rule {
  const faults: Record<Way, Fault> = {
    throttled: { kind: 'refused', as: 'throttled' },
    broken: { kind: 'refused', as: 'broken' },
    unavailable: { kind: 'refused', as: 'unavailable' },
    skewed: { kind: 'refused', as: 'skewed' },
    expired: { kind: 'refused', as: 'expired' },
    reset: { kind: 'reset' },
    'answer-lost': { kind: 'answer-lost' },
    killed: { kind: 'then', happens: kill },
  }
  return {
    matches: (call) => nameOf(call) === cell.operation,
    from: cell.nth,
    times: cell.way === 'expired' ? Infinity : 1,
    fault: faults[cell.way],
  }
}

export function nameOf({ service, operation }: Call): string {
  return `${service}.${operation}`
}

/** What is wrong with how a run ended that did not survive: it must say what failed, as what it is, and what to type. */
function poorEnding({ way }: Cell, { exitCode, stdout, stderr }: RunResult): string[] {
  if (way === 'killed') return []
  const lines = stdout.split('\n').filter((line) => line.startsWith('{"type":"failure"'))
  const failure = JSON.parse(lines.at(-1) ?? '{}') as { code?: string; message?: string; hint?: string }
  const said = `exit ${exitCode}: ${JSON.stringify(failure)} ${stderr}`
  if (lines.length !== 1) return [`it ends with ${lines.length} failures: ${said}`]
  if (exitCode !== 5 || !['AwsFailed', 'ToolFailed'].includes(failure.code ?? '')) return [`another code: ${said}`]
  if ((failure.hint ?? '') === '') return [`no hint: ${said}`]
  if (way === 'expired' && !/credentials|expired/i.test(failure.message ?? ''))
    return [`no word of credentials: ${said}`]
  return []
}
