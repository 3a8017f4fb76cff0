import { describe, expect, it } from '@jest/globals'
import type { S3Client } from '@aws-sdk/client-s3'
import { expireLockVersions } from '../../scripts/adapters/aws/lock-expiry.js'

const owned = { ExpectedBucketOwner: '123456789012' }

/** Runs it on a bucket whose rules are read as `answer`; returns what was put. */
async function putAfter(answer: object): Promise<unknown[]> {
  const put: unknown[] = []
  const send = async (command: { constructor: { name: string }; input: unknown }): Promise<unknown> => {
    if (command.constructor.name === 'PutBucketLifecycleConfigurationCommand') put.push(command.input)
    else if (answer instanceof Error) throw answer
    return answer
  }
  await expireLockVersions({ send } as unknown as S3Client, 'bucket', owned)
  return put
}
const named = (name: string): Error => Object.assign(new Error(name), { name })

describe('old versions of locks', () => {
  it('expire after a day, and nothing but locks does', async () => {
    const Rules = [
      {
        ID: 'locks',
        Status: 'Enabled',
        Filter: { Prefix: 'locks/' },
        NoncurrentVersionExpiration: { NoncurrentDays: 1 },
        Expiration: { ExpiredObjectDeleteMarker: true },
      },
    ]
    const expected = [{ Bucket: 'bucket', LifecycleConfiguration: { Rules }, ...owned }]
    expect(await putAfter(named('NoSuchLifecycleConfiguration'))).toEqual(expected)
    expect(await putAfter({})).toEqual(expected)
  })

  it.each([['ours already'], ["somebody's"]])('leave the rules of the bucket as they are: %s', async (ID) => {
    expect(await putAfter({ Rules: [{ ID }] })).toEqual([])
  })

  it('are not touched where the rules cannot be read', async () => {
    await expect(putAfter(named('AccessDenied'))).rejects.toThrow('AccessDenied')
  })
})
