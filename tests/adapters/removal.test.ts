import { describe, expect, it } from '@jest/globals'
import type { CognitoIdentityProviderClient, UserPoolType } from '@aws-sdk/client-cognito-identity-provider'
import type { S3Client } from '@aws-sdk/client-s3'
import { bucketContents } from '../../scripts/adapters/aws/contents.js'
import { poolRemoval, unprotected } from '../../scripts/adapters/aws/pool-removal.js'
import { poolSearch } from '../../scripts/adapters/aws/pool-search.js'
import { poolUsers } from '../../scripts/adapters/aws/pool-users.js'
import { rejectedBy } from '../support/failures.js'

interface Sent {
  name: string
  input: Record<string, unknown>
}

/** A client that answers its commands in turn and keeps what it was sent. */
function scripted(...answers: unknown[]): { client: unknown; sent: Sent[] } {
  const sent: Sent[] = []
  const send = async (command: { constructor: { name: string }; input: Record<string, unknown> }): Promise<unknown> => {
    sent.push({ name: command.constructor.name, input: command.input })
    const answer = answers.shift()
    if (answer instanceof Error) throw answer
    return answer
  }
  return { client: { send }, sent }
}
const named = (name: string): Error => Object.assign(new Error(name), { name })
const owned = { ExpectedBucketOwner: '123456789012' }

describe('what lies in a bucket', () => {
  const contentsOf = (...answers: unknown[]) => {
    const { client, sent } = scripted(...answers)
    return { contents: bucketContents(client as S3Client, owned), sent }
  }

  it('is read with its delete markers, and where the next page begins', async () => {
    const { contents, sent } = contentsOf({
      Versions: [{ Key: 'a', VersionId: '1', IsLatest: true, Size: 5, LastModified: new Date(7) }, { Key: 'b' }],
      DeleteMarkers: [{ Key: 'c', VersionId: '2', IsLatest: true }],
      IsTruncated: true,
      NextKeyMarker: 'c',
      NextVersionIdMarker: '2',
    })
    const page = await contents.versions('bucket', 'prefix/', { key: 'a', versionId: '' })
    expect(page.versions).toEqual([
      { key: 'a', versionId: '1', bytes: 5, latest: true, deleteMarker: false, modifiedAt: new Date(7) },
      { key: 'b', versionId: 'null', bytes: 0, latest: false, deleteMarker: false },
      { key: 'c', versionId: '2', bytes: 0, latest: true, deleteMarker: true },
    ])
    expect(page.next).toEqual({ key: 'c', versionId: '2' })
    expect(sent[0]?.input).toEqual({ Bucket: 'bucket', Prefix: 'prefix/', KeyMarker: 'a', ...owned })
  })

  it('is nothing where there is no bucket; any other failure is one', async () => {
    expect(await contentsOf(named('NoSuchBucket')).contents.versions('b', '')).toEqual({
      versions: [],
      next: undefined,
    })
    await expect(contentsOf(named('AccessDenied')).contents.versions('b', '')).rejects.toThrow('AccessDenied')
  })

  it('is not removed when S3 says so inside an answer of 200', async () => {
    const Errors = [{ Key: 'a', Code: 'AccessDenied', Message: 'locked' }]
    const { contents } = contentsOf({ Errors })
    const error = await rejectedBy(contents.removeVersions('b', [{ key: 'a', versionId: '1' }]))
    expect(error.code).toBe('AwsFailed')
    expect(error.message).toBe('S3 kept 1 of 1 objects of b')
    expect(error.facts).toEqual([{ label: 'AccessDenied', text: 'a locked' }])
  })

  it('is removed version by version, of our own bucket only', async () => {
    const { contents, sent } = contentsOf({})
    await contents.removeVersions('b', [{ key: 'a', versionId: '1' }])
    const Delete = { Objects: [{ Key: 'a', VersionId: '1' }], Quiet: true }
    expect(sent).toEqual([{ name: 'DeleteObjectsCommand', input: { Bucket: 'b', Delete, ...owned } }])
  })

  it.each([
    [undefined, true],
    ['NoSuchBucket', true],
    ['BucketNotEmpty', false],
  ])('and the bucket, answered %s', async (name, removed) => {
    const { contents } = contentsOf(name === undefined ? {} : named(name))
    expect(await contents.removeBucket('b')).toBe(removed)
  })
})

describe('user pools', () => {
  const removalOf = (...answers: unknown[]) => {
    const { client, sent } = scripted(...answers)
    const cognito = client as CognitoIdentityProviderClient
    return { removal: { ...poolRemoval(cognito), ...poolSearch(cognito), ...poolUsers(cognito) }, sent }
  }

  it('are found by their exact name, on every page', async () => {
    const { removal } = removalOf(
      {
        UserPools: [
          { Id: '1', Name: 'pool-a2' },
          { Id: '2', Name: 'pool-a' },
        ],
        NextToken: 'more',
      },
      {
        UserPools: [
          { Id: '3', Name: 'Pool-a' },
          { Id: '4', Name: 'pool-a' },
        ],
      },
    )
    expect(await removal.findByName('pool-a')).toEqual(['2', '4'])
  })

  it('have clients that are found by their exact name, on every page', async () => {
    const { removal, sent } = removalOf(
      { UserPoolClients: [{ ClientId: '1', ClientName: 'c' }], NextToken: 'more' },
      { UserPoolClients: [{ ClientId: '2', ClientName: 'c2' }] },
    )
    expect(await removal.clientsByName('pool', 'c')).toEqual(['1'])
    expect(sent.map(({ input }) => input['NextToken'])).toEqual([undefined, 'more'])
  })

  it('and users that are gone already are no error', async () => {
    await removalOf(named('UserNotFoundException')).removal.removeUser('p', 'u')
    await removalOf(named('ResourceNotFoundException')).removal.removePool('p')
    await expect(removalOf(named('TooManyRequestsException')).removal.removeUser('p', 'u')).rejects.toThrow()
  })

  const pool: UserPoolType = {
    Id: 'p',
    Name: 'pool',
    DeletionProtection: 'ACTIVE',
    MfaConfiguration: 'OPTIONAL',
    LambdaConfig: { PreSignUp: 'arn' },
    UserPoolTags: { team: 'a' },
    AdminCreateUserConfig: { AllowAdminCreateUserOnly: true, UnusedAccountValidityDays: 7 },
    Policies: { PasswordPolicy: { MinimumLength: 12, TemporaryPasswordValidityDays: 7 } },
  }

  it('lose their protection and no other setting', () => {
    expect(unprotected('p', pool)).toMatchObject({
      UserPoolId: 'p',
      DeletionProtection: 'INACTIVE',
      PoolName: 'pool',
      MfaConfiguration: 'OPTIONAL',
      LambdaConfig: { PreSignUp: 'arn' },
      UserPoolTags: { team: 'a' },
      Policies: { PasswordPolicy: { MinimumLength: 12, TemporaryPasswordValidityDays: 7 } },
    })
  })

  it('are not told the same period twice, which Cognito refuses', () => {
    expect(unprotected('p', pool).AdminCreateUserConfig).toEqual({ AllowAdminCreateUserOnly: true })
    const config = pool.AdminCreateUserConfig
    expect(unprotected('p', { ...pool, Policies: {} }).AdminCreateUserConfig).toEqual(config)
  })
})
