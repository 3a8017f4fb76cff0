import {
  CloudWatchLogsClient,
  DeleteLogGroupCommand,
  DescribeLogGroupsCommand,
  FilterLogEventsCommand,
} from '@aws-sdk/client-cloudwatch-logs'
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
