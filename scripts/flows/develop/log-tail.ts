import pMap from 'p-map'
import type { LogEvent } from '../../ports.js'
import type { CloudContext } from '../context.js'

/** A log that is read on and on, and the function that writes it. */
export interface LogSource {
  logicalId: string
  group: string
}

export interface SourcedEvent extends LogEvent {
  source: LogSource
}

export interface TailRound {
  /** What was not there before, oldest first. */
  events: SourcedEvent[]
  /** Logs that do not exist (yet). */
  absent: LogSource[]
  throttled: boolean
}

export interface LogTail {
  /** Asks every log once. */
  next(): Promise<TailRound>
}

/** CloudWatch shows an event up to some seconds late, and with the time at which it was written. */
const lateMs = 20_000
/** FilterLogEvents takes 5 calls a second for an account and region in the narrowest regions (CloudWatch Logs quotas). */
const logsAtOnce = 5

/** Reads logs from `since` on, each event once. */
export function tailLogs(sources: readonly LogSource[], since: Date, { ports }: CloudContext): LogTail {
  const readers = sources.map((source) => ({ source, newest: since.getTime(), told: new Map<string, number>() }))
  return {
    async next() {
      const round: TailRound = { events: [], absent: [], throttled: false }
      await pMap(
        readers,
        async (reader) => {
          const from = Math.max(since.getTime(), reader.newest - lateMs)
          const found = await ports.logs.events(reader.source.group, new Date(from))
          if (found === 'absent') return void round.absent.push(reader.source)
          if (found === 'throttled') return void (round.throttled = true)
          const fresh = found.filter(({ id }) => !reader.told.has(id))
          for (const { id, at } of fresh) reader.told.set(id, at.getTime())
          reader.newest = Math.max(reader.newest, ...reader.told.values())
          // What no later round asks for needs no remembering.
          for (const [id, at] of reader.told) if (at < reader.newest - lateMs) reader.told.delete(id)
          round.events.push(...fresh.map((event) => ({ ...event, source: reader.source })))
        },
        { concurrency: logsAtOnce },
      )
      round.events.sort((a, b) => a.at.getTime() - b.at.getTime())
      return round
    },
  }
}
