import {
  CloudWatchLogsClient,
  DeleteLogGroupCommand,
  DescribeLogGroupsCommand,
  FilterLogEventsCommand,
  type FilteredLogEvent,
} from '@aws-sdk/client-cloudwatch-logs'
import type { LogEvent, Logs } from '../../ports.js'
import { type ClientConfig, everyPage, isNamed } from './clients.js'

export function makeLogs(config: ClientConfig): Logs {
  const client = new CloudWatchLogsClient(config)
  const eventsSince = (logGroupName: string, since: Date): Promise<FilteredLogEvent[]> =>
    everyPage(
      (nextToken) => client.send(new FilterLogEventsCommand({ logGroupName, startTime: since.getTime(), nextToken })),
      (page) => page.events,
      (page) => page.nextToken,
    )
  return {
    async events(group, since) {
      try {
        return withIds(await eventsSince(group, since))
      } catch (error) {
        if (isNamed(error, 'ResourceNotFoundException')) return 'absent'
        if (isNamed(error, 'ThrottlingException', 'LimitExceededException')) return 'throttled'
        throw error
      }
    },
    async lastLines(logGroupName, since, most) {
      try {
        const events = await eventsSince(logGroupName, since)
        return events.flatMap(({ message }) => (message === undefined ? [] : [message.trimEnd()])).slice(-most)
      } catch (error) {
        if (isNamed(error, 'ResourceNotFoundException')) return []
        throw error
      }
    },
    async hasGroup(name) {
      const groups = await everyPage(
        (nextToken) => client.send(new DescribeLogGroupsCommand({ logGroupNamePrefix: name, nextToken })),
        (page) => page.logGroups,
        (page) => page.nextToken,
      )
      return groups.some(({ logGroupName }) => logGroupName === name)
    },
    async removeGroup(logGroupName) {
      await client.send(new DeleteLogGroupCommand({ logGroupName })).catch((error: unknown) => {
        if (!isNamed(error, 'ResourceNotFoundException')) throw error
      })
    },
  }
}

/** An emulator gives no ids: then it is the how-manieth of its kind in its stream, and all of one moment are read at once. */
function withIds(events: readonly FilteredLogEvent[]): LogEvent[] {
  const met = new Map<string, number>()
  return events.map(({ eventId, logStreamName = '', timestamp = 0, message = '' }) => {
    const kind = `${logStreamName} ${timestamp} ${message}`
    const nth = (met.get(kind) ?? 0) + 1
    met.set(kind, nth)
    return { id: eventId ?? `${kind} ${nth}`, at: new Date(timestamp), message: message.trimEnd() }
  })
}
