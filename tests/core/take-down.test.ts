import { describe, expect, it } from '@jest/globals'
import {
  type StoredVersion,
  describeContents,
  isEmpty,
  noContents,
  sumContents,
  withVersions,
} from '../../scripts/core/contents.js'
import { planUserPool } from '../../scripts/core/pool-plan.js'
import { planStackRemoval } from '../../scripts/core/stack-removal.js'

const version = (over: Partial<StoredVersion>): StoredVersion => ({
  key: 'k',
  versionId: 'v',
  bytes: 0,
  latest: false,
  deleteMarker: false,
  ...over,
})

describe('counting what a bucket holds', () => {
  const versions = [
    version({ latest: true, bytes: 1500 }),
    version({ bytes: 400 }),
    version({ latest: true, deleteMarker: true }),
    version({ deleteMarker: true }),
  ]

  it('tells objects, older versions and delete markers apart', () => {
    const contents = withVersions(noContents, versions)
    expect(contents).toEqual({ objects: 1, olderVersions: 1, deleteMarkers: 2, bytes: 1900, complete: true })
    expect(describeContents(contents)).toBe('1 object, 1 older version, 2 delete markers, 1.9 kB')
  })

  it('takes a bucket with nothing but a delete marker for not empty', () => {
    expect(isEmpty(withVersions(noContents, [version({ deleteMarker: true, latest: true })]))).toBe(false)
    expect(isEmpty(noContents)).toBe(true)
    expect(describeContents(noContents)).toBe('empty')
  })

  it('sums buckets up, and says when a count ended early', () => {
    const sum = sumContents([withVersions(noContents, versions), { ...noContents, objects: 2, complete: false }])
    expect(describeContents(sum)).toBe('more than 3 objects, 1 older version, 2 delete markers, 1.9 kB')
  })

  it.each([
    [0, '0 bytes'],
    [1, '1 byte'],
    [999, '999 bytes'],
    [1000, '1.0 kB'],
    [3_400_000, '3.4 MB'],
    [2.5e15, '2500.0 TB'],
  ])('writes %d bytes as %s', (bytes, text) => {
    expect(describeContents({ ...noContents, objects: 1, bytes })).toBe(`1 object, ${text}`)
  })
})

describe('what the deletion of a stack does', () => {
  const resource = (logicalId: string, type: string, status = 'CREATE_COMPLETE') => ({ logicalId, type, status })
  const removal = (policy: string | undefined, type = 'AWS::S3::Bucket', status?: string) => {
    const Resources = { One: { Type: type, ...(policy === undefined ? {} : { DeletionPolicy: policy }) } }
    const { goes, stays, losing } = planStackRemoval([resource('One', type, status)], { Resources })
    return [goes, stays, losing].map((some) => some.length)
  }

  it.each([
    ['Retain', [0, 1, 0]],
    ['RetainExceptOnCreate', [0, 1, 0]],
    ['Snapshot', [1, 0, 1]],
    ['Delete', [1, 0, 1]],
    [undefined, [1, 0, 1]],
  ])('with a bucket of DeletionPolicy %s', (policy, expected) => expect(removal(policy)).toEqual(expected))

  it('loses nothing of which a snapshot can be taken', () => {
    expect(removal('Snapshot', 'AWS::RDS::DBInstance')).toEqual([1, 0, 0])
  })

  it('counts nothing that holds no data as a loss', () => {
    expect(removal(undefined, 'AWS::Lambda::Function')).toEqual([1, 0, 0])
  })

  it.each(['DELETE_COMPLETE', 'DELETE_SKIPPED'])('leaves out what an earlier attempt has %s', (status) => {
    expect(removal(undefined, 'AWS::S3::Bucket', status)).toEqual([0, 0, 0])
  })

  it('takes a resource that the template does not know for one that goes', () => {
    const { losing } = planStackRemoval([resource('Other', 'AWS::S3::Bucket')], { Resources: {} })
    expect(losing).toHaveLength(1)
  })
})

describe('a user pool that an earlier stack left behind', () => {
  const kept = { poolId: 'eu-west-1_kept', clientId: 'client' }
  const used = {
    ManageUserPool: 'false',
    UserPoolProtection: 'INACTIVE',
    CognitoUserPoolId: 'eu-west-1_kept',
    CognitoClientId: 'client',
  }

  it.each([{}, { ENABLE_AUTH: 'false' }] as const)('is used by a fresh stack with %j', (inputs) =>
    expect(planUserPool({ inputs, stack: undefined, managed: false, kept })).toEqual(used),
  )

  it('gives way to a pool that is named', () => {
    const inputs = { COGNITO_USER_POOL_ID: 'eu-west-1_other', COGNITO_CLIENT_ID: 'x' }
    const plan = planUserPool({ inputs, stack: undefined, managed: false, kept })
    expect(plan).toEqual({ ManageUserPool: 'false', UserPoolProtection: 'INACTIVE' })
  })

  it('does not replace the stack’s own', () => {
    const plan = planUserPool({ inputs: {}, stack: {}, managed: true, kept })
    expect(plan).toEqual({ ManageUserPool: 'true', UserPoolProtection: 'ACTIVE' })
  })
})
