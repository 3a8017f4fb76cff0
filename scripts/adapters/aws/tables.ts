import { DynamoDBClient, ScanCommand, type ScanCommandInput } from '@aws-sdk/client-dynamodb'
import type { Tables } from '../../ports.js'
import { type ClientConfig, isNamed } from './clients.js'

/** Tables of one account, counted by what is in them now: DescribeTable's ItemCount is up to six hours old. */
export function makeTables(config: ClientConfig): Tables {
  const client = new DynamoDBClient(config)
  return {
    async countItems(table, after) {
      const ExclusiveStartKey = after as ScanCommandInput['ExclusiveStartKey']
      try {
        const page = await client.send(new ScanCommand({ TableName: table, Select: 'COUNT', ExclusiveStartKey }))
        return { items: page.Count ?? 0, next: page.LastEvaluatedKey }
      } catch (error) {
        if (isNamed(error, 'ResourceNotFoundException')) return { items: 0, next: undefined }
        throw error
      }
    },
  }
}
