import { selectFunctions } from '../../core/code-selection.js'
import { type LogReading, readLogEvent } from '../../core/log-event.js'
import { readSince } from '../../core/since.js'
import type { TargetContext } from '../context.js'
import { deployedStack } from '../stack/deployed-stack.js'
import { type LogSource, type SourcedEvent, type TailRound, tailLogs } from './log-tail.js'
import { targetFunctions } from '../release/target-functions.js'

const paceMs = { aws: 1_000, local: 300 }
/** So that a stack of many functions stays below five calls a second. */
const paceOfOneLogMs = 200
const slowestMs = 30_000

export interface LogOptions {
  /** Undefined: every line. */
  filter: string | undefined
  follow: boolean
}

/** Prints the logs of the target's functions, and goes on until it is stopped; that is how it ends well. */
export async function watchLog(options: LogOptions & { since: string }, context: TargetContext): Promise<void> {
  const since = readSince(options.since, context.ports.clock.now())
  try {
    await printLogs(await logsOf(context), since, options, context)
  } catch (error) {
    if (!context.signal.aborted) throw error
  }
}

/** Prints what the logs hold since then, and with `follow` what comes until the signal is aborted. */
export async function printLogs(
  sources: readonly LogSource[],
  since: Date,
  options: LogOptions,
  context: TargetContext,
): Promise<void> {
  const tail = tailLogs(sources, since, context)
  const missed = new Set<LogSource>()
  let waitMs = pace(sources.length, context)
  for (;;) {
    const round = await tail.next()
    tellAbsent(round, missed, options, context)
    printEvents(round.events, options.filter, sources.length > 1, context)
    if (!options.follow && !round.throttled) return
    waitMs = round.throttled ? Math.min(waitMs * 2, slowestMs) : pace(sources.length, context)
    await context.ports.clock.sleep(waitMs, context.signal)
  }
}

/** The logs of the functions that FUNCTION names, or of all. Throws NotDeployed. */
export async function logsOf(context: TargetContext): Promise<LogSource[]> {
  const stack = await deployedStack(context)
  const functions = selectFunctions(await targetFunctions(stack.arn, context), context.inputs.FUNCTION)
  return functions.map(({ logicalId, name }) => ({ logicalId, group: `/aws/lambda/${name}` }))
}

function pace(logs: number, { cloud }: TargetContext): number {
  return cloud.kind === 'local' ? paceMs.local : Math.max(paceMs.aws, logs * paceOfOneLogMs)
}

/** Said once for each log. */
function tellAbsent(
  { absent }: TailRound,
  missed: Set<LogSource>,
  { follow }: LogOptions,
  context: TargetContext,
): void {
  for (const source of absent.filter((one) => !missed.has(one))) {
    missed.add(source)
    const waiting = follow ? '; its first call makes it, waiting for that' : '; its first call makes it'
    context.report.emit({ type: 'note', text: `there is no log ${source.group} yet${waiting}` })
  }
}

/** One event is one line of JSON; for people it may be several. */
function printEvents(
  events: readonly SourcedEvent[],
  filter: string | undefined,
  several: boolean,
  { report }: Pick<TargetContext, 'report'>,
): void {
  const wanted = filter?.toLowerCase()
  for (const event of events) {
    if (wanted !== undefined && !event.message.toLowerCase().includes(wanted)) continue
    const reading = readLogEvent(event.message)
    if (reading.kind === 'noise') continue
    const { source, at, message } = event
    const level = reading.kind === 'line' ? reading.level : undefined
    const data = { function: source.logicalId, at: at.toISOString(), kind: reading.kind, level, message }
    report.emit({ type: 'result', text: describe(event, reading, several), data })
  }
}

/** `12:00:01.123 Function  info  request path=/health`; further lines stand beneath the words. */
function describe(
  { at, source }: SourcedEvent,
  reading: Exclude<LogReading, { kind: 'noise' }>,
  several: boolean,
): string {
  const start = `${at.toISOString().slice(11, 23)}  ${several ? `${source.logicalId}  ` : ''}`
  const level = reading.kind === 'report' ? '└ ' : reading.level === undefined ? '' : `${reading.level}  `
  const [first = '', ...rest] = reading.text.split('\n')
  return [`${start}${level}${first}`, ...rest.map((line) => `${' '.repeat(start.length)}${line}`)].join('\n')
}
