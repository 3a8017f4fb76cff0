import { describe, expect, it } from '@jest/globals'
import { unprotectedResources } from '../../scripts/core/change-risk.js'
import { outlivesRemoval, statefulTypes } from '../../scripts/core/stateful.js'

describe('what holds data', () => {
  it.each([
    'AWS::Cognito::UserPoolUser',
    'AWS::Cognito::IdentityPool',
    'AWS::ElastiCache::CacheCluster',
    'AWS::MemoryDB::Cluster',
    'AWS::OpenSearchServerless::Collection',
    'AWS::RDS::GlobalCluster',
    'AWS::S3Express::DirectoryBucket',
    'AWS::S3Tables::Table',
    'AWS::RedshiftServerless::Namespace',
    'AWS::DSQL::Cluster',
    'AWS::Cassandra::Keyspace',
    'AWS::QLDB::Ledger',
    'AWS::HealthLake::FHIRDatastore',
    'AWS::Lightsail::Database',
  ])('is %s, which no template may leave without policies', (Type) => {
    expect(unprotectedResources({ before: undefined, after: { Resources: { One: { Type } } } })).toEqual(['One'])
  })

  it('is no log group, which goes with its stack', () => {
    const after = { Resources: { One: { Type: 'AWS::Logs::LogGroup' } } }
    expect(unprotectedResources({ before: undefined, after })).toEqual([])
  })

  it('is everything of which CloudFormation takes a snapshot', () => {
    const all = ['DocDB::DBCluster', 'EC2::Volume', 'ElastiCache::CacheCluster', 'ElastiCache::ReplicationGroup']
    const databases = ['Neptune::DBCluster', 'RDS::DBCluster', 'RDS::DBInstance', 'Redshift::Cluster']
    for (const type of [...all, ...databases].map((name) => `AWS::${name}`)) {
      expect([type, outlivesRemoval(type, { DeletionPolicy: 'Snapshot' })]).toEqual([type, true])
      expect(Object.keys(statefulTypes)).toContain(type)
    }
  })
})
