import { CloudWatchLogsClient, FilterLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs'
import type { Logs } from '../../ports.js'
import { type ClientConfig, everyPage, isNamed } from './clients.js'

export function makeLogs(config: ClientConfig): Logs {
  const client = new CloudWatchLogsClient(config)
  return {
    async lastLines(logGroupName, since, most) {
      try {
        const events = await everyPage(
          (nextToken) =>
            client.send(new FilterLogEventsCommand({ logGroupName, startTime: since.getTime(), nextToken })),
          (page) => page.events,
          (page) => page.nextToken,
        )
        return events.flatMap(({ message }) => (message === undefined ? [] : [message.trimEnd()])).slice(-most)
      } catch (error) {
        if (isNamed(error, 'ResourceNotFoundException')) return []
        throw error
      }
    },
  }
}
