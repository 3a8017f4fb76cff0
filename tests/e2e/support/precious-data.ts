import { DynamoDBClient, ListTablesCommand, PutItemCommand, ScanCommand } from '@aws-sdk/client-dynamodb'
import {
  AdminCreateUserCommand,
  CognitoIdentityProviderClient,
  ListUserPoolsCommand,
  ListUsersCommand,
} from '@aws-sdk/client-cognito-identity-provider'
import {
  GetObjectCommand,
  ListBucketsCommand,
  ListObjectVersionsCommand,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3'

/** What a team cannot afford to lose: objects with their versions, users, items. */
export interface PreciousData {
  seed(): Promise<void>
  /** All of it, one line each, with its content. */
  read(): Promise<string[]>
}

export function preciousData(endpoint: string): PreciousData {
  const config = { region: 'us-east-1', endpoint, credentials: { accessKeyId: 'test', secretAccessKey: 'test' } }
  const s3 = new S3Client({ ...config, forcePathStyle: true })
  const cognito = new CognitoIdentityProviderClient(config)
  const tables = new DynamoDBClient(config)
  const buckets = async (): Promise<string[]> =>
    ((await s3.send(new ListBucketsCommand({}))).Buckets ?? [])
      .map(({ Name = '' }) => Name)
      .filter((name) => !name.startsWith('rawscribe-sam-deployments'))
  const pools = async (): Promise<string[]> =>
    ((await cognito.send(new ListUserPoolsCommand({ MaxResults: 60 }))).UserPools ?? []).map(({ Id = '' }) => Id)
  const tableNames = async (): Promise<string[]> => (await tables.send(new ListTablesCommand({}))).TableNames ?? []

  const objectsOf = async (Bucket: string): Promise<string[]> => {
    const { Versions = [] } = await s3.send(new ListObjectVersionsCommand({ Bucket }))
    return Promise.all(
      Versions.map(async ({ Key, VersionId }) => {
        const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key, VersionId }))
        return `object ${Bucket}/${Key} ${VersionId} ${await Body?.transformToString()}`
      }),
    )
  }
  const usersOf = async (UserPoolId: string): Promise<string[]> =>
    ((await cognito.send(new ListUsersCommand({ UserPoolId }))).Users ?? []).map(
      (user) => `user ${UserPoolId} ${user.Username} ${JSON.stringify(user.Attributes)}`,
    )
  const itemsOf = async (TableName: string): Promise<string[]> =>
    ((await tables.send(new ScanCommand({ TableName }))).Items ?? []).map(
      (item) => `item ${TableName} ${JSON.stringify(item)}`,
    )
  return {
    async seed() {
      for (const Bucket of await buckets()) {
        for (const text of ['first', 'second']) {
          await s3.send(new PutObjectCommand({ Bucket, Key: 'kept/one.txt', Body: `${text} of ${Bucket}` }))
        }
        await s3.send(new PutObjectCommand({ Bucket, Key: 'kept/two.txt', Body: 'two' }))
      }
      for (const UserPoolId of await pools()) {
        const Username = 'somebody@example.org'
        await cognito.send(new AdminCreateUserCommand({ UserPoolId, Username, MessageAction: 'SUPPRESS' }))
      }
      for (const TableName of await tableNames()) {
        for (const id of ['1', '2', '3']) await tables.send(new PutItemCommand({ TableName, Item: { id: { S: id } } }))
      }
    },
    async read() {
      const lines = await Promise.all([
        ...(await buckets()).map(objectsOf),
        ...(await pools()).map(usersOf),
        ...(await tableNames()).map(itemsOf),
      ])
      return lines.flat().sort()
    },
  }
}
