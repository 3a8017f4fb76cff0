import { type RunResult, shown } from '../../e2e/support/project.js'
import type { Fault, Rule } from '../../support/fault-proxy.js'
import type { Call } from '../../support/wire.js'
import { killFamily } from './processes.js'
import { type Rig, type Start, letLocksGoStale, lockKey } from './rig.js'

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

/** Every mutating call of a clean run, cut in every way; but how often a holder's heart beats hangs on the machine. */
export function cellsOf(start: Start, writes: readonly Call[], chosen: readonly Way[] = ways): Cell[] {
  const seen = new Map<string, number>()
  return writes.flatMap((call) => {
    const operation = nameOf(call)
    const nth = (seen.get(operation) ?? 0) + 1
    seen.set(operation, nth)
    if (nth > 1 && call.path.endsWith(lockKey) && operation.startsWith('s3.Put')) return []
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
  return (await runCells([cell], rig, between)).outcome
}

/**
 * Cells of one start and one way, whose calls are cut in one run. A run ends at the first cut that it does not survive,
 * and what comes after that one is not met: `met` are those that were.
 */
async function runCells(
  cells: readonly Cell[],
  rig: Rig,
  between: () => Promise<void> = async () => undefined,
): Promise<{ outcome: CellOutcome; met: Cell[] }> {
  const [{ start, way }] = cells as [Cell]
  await rig.begin(start)
  let pid = 0
  const met: Cell[] = []
  rig.proxy.rules(ruleOf(cells, met, () => killFamily(pid)))
  const first = await rig.deploy({ onStart: (started) => void (pid = started) })
  const uncut = met.length > 0 ? [] : [`no call was cut: ${cells.map(describeCell).join(', ')}`, shown(first)]
  if (first.exitCode === 0) return { outcome: { problems: uncut, second: undefined, state: await rig.state() }, met }
  const problems = [...uncut, ...poorEnding(way, first)]
  rig.proxy.rules()
  await between()
  letLocksGoStale(rig.proxy)
  const second = await rig.deploy()
  return { outcome: { problems, second, state: settled(second, await rig.state()) }, met }
}

/** A run that finds everything done writes nothing: not even the dead one's lock, which the next one takes over. */
export function settled(second: RunResult, state: string[]): string[] {
  const idle = second.stdout.includes('"outcome":"unchanged"')
  return idle ? state.filter((line) => !line.includes('/locks/')) : state
}

/**
 * Cuts every one of the calls with as few runs as there are cuts that a run does not survive: all that are left at once,
 * from the beginning, until each was met.
 */
export async function runTogether(cells: readonly Cell[], rig: Rig): Promise<CellOutcome[]> {
  const outcomes: CellOutcome[] = []
  for (let left = cells; left.length > 0;) {
    const { outcome, met } = await runCells(left, rig)
    outcomes.push(outcome)
    if (met.length === 0) break
    left = left.filter((cell) => !met.includes(cell))
  }
  return outcomes
}

/** Cuts the calls of cells of one way, and tells in `met` which it has cut. */
export function ruleOf(cells: readonly Cell[], met: Cell[], kill: () => void): Rule {
  const [{ way }] = cells as [Cell]
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
  const seen = new Map<string, number>()
  const matches = (call: Call): boolean => {
    const operation = nameOf(call)
    // Credentials that have expired stay so, for every call.
    if (way === 'expired' && met.length > 0) return call.service !== 'http'
    if (call.again) return false
    const nth = (seen.get(operation) ?? 0) + 1
    seen.set(operation, nth)
    const cell = cells.find((one) => one.operation === operation && one.nth === nth)
    if (cell !== undefined) met.push(cell)
    return cell !== undefined
  }
  return { matches, from: 1, times: Infinity, fault: faults[way] }
}

export function nameOf({ service, operation }: Call): string {
  return `${service}.${operation}`
}

/** What is wrong with how a run ended that did not survive: it must say what failed, as what it is, and what to type. */
function poorEnding(way: Way, { exitCode, stdout, stderr }: RunResult): string[] {
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
