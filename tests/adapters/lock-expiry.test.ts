import { describe, expect, it } from '@jest/globals'
import type { S3Client } from '@aws-sdk/client-s3'
import { expireLockVersions, lockExpiry } from '../../scripts/adapters/aws/lock-expiry.js'

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
const expires = (answer: object): Promise<boolean> => {
  const send = async (): Promise<unknown> => (answer instanceof Error ? Promise.reject(answer) : answer)
  return lockExpiry({ send } as unknown as S3Client, owned).expiresLocks('bucket')
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

  const theirs = { ID: 'theirs', Status: 'Enabled', Filter: { Prefix: 'logs/' }, Expiration: { Days: 30 } }
  const old = { ID: 'old', Status: 'Enabled', Prefix: 'logs/', Expiration: { Days: 30 } }
  const noncurrent = { Status: 'Enabled', NoncurrentVersionExpiration: { NoncurrentDays: 7 } }

  it('expire beside the rules that somebody made, which stay as they are', async () => {
    const answer = { Rules: [theirs], TransitionDefaultMinimumObjectSize: 'varies_by_storage_class' }
    expect(await putAfter(answer)).toMatchObject([
      {
        LifecycleConfiguration: { Rules: [theirs, { ID: 'locks', Filter: { Prefix: 'locks/' } }] },
        TransitionDefaultMinimumObjectSize: 'varies_by_storage_class',
      },
    ])
  })

  it('expire by a rule of the older form where theirs have it: S3 takes no mixture', async () => {
    const [put] = (await putAfter({ Rules: [old] })) as { LifecycleConfiguration: { Rules: object[] } }[]
    expect(put?.LifecycleConfiguration.Rules).toEqual([old, expect.objectContaining({ ID: 'locks', Prefix: 'locks/' })])
    expect(put?.LifecycleConfiguration.Rules[1]).not.toHaveProperty('Filter')
  })

  it.each([
    ['ours', { ID: 'locks', Status: 'Enabled' }],
    ['ours, switched off by somebody', { ID: 'locks', Status: 'Disabled' }],
    ['theirs for the whole bucket', { ...noncurrent, ID: 'all', Filter: {} }],
    ['theirs of the older form', { ...noncurrent, ID: 'all', Prefix: '' }],
  ])('expire already by a rule: %s', async (_whose, rule) => {
    expect(await putAfter({ Rules: [rule] })).toEqual([])
    expect(await expires({ Rules: [rule] })).toBe(true)
  })

  it.each([
    ['none', {}],
    ['one of other keys', { Rules: [{ ...noncurrent, ID: 'x', Filter: { Prefix: 'logs/' } }] }],
    ['one of tagged objects', { Rules: [{ ...noncurrent, ID: 'x', Filter: { Tag: { Key: 'a', Value: 'b' } } }] }],
    ['one that is switched off', { Rules: [{ ...noncurrent, ID: 'x', Status: 'Disabled', Filter: {} }] }],
    ['one of current versions', { Rules: [theirs] }],
  ])('do not expire by a rule: %s', async (_what, answer) => expect(await expires(answer)).toBe(false))

  it('count as expiring where the rules are not shown to us: nothing is stopped by that', async () => {
    expect(await expires(named('AccessDenied'))).toBe(true)
    await expect(expires(named('SlowDown'))).rejects.toThrow('SlowDown')
  })

  it('are not touched where the rules cannot be read', async () => {
    await expect(putAfter(named('AccessDenied'))).rejects.toThrow('AccessDenied')
  })
})
