/**
 * Resource types that hold what cannot be made again, and what that is called when it is counted. Log groups are none
 * of them: they tell what happened for as long as they are told to, go with their stack, and would stand in the way of
 * the next one. Where a template keeps one all the same, it counts (`holdsData`).
 */
export const statefulTypes = {
  'AWS::S3::Bucket': 'objects',
  'AWS::Cognito::UserPool': 'users',
  'AWS::Cognito::UserPoolClient': 'its id, which every signed-in page knows',
  'AWS::Cognito::UserPoolGroup': 'memberships',
  'AWS::Cognito::UserPoolUser': 'a user',
  'AWS::Cognito::IdentityPool': 'identities',
  'AWS::S3Express::DirectoryBucket': 'objects',
  'AWS::S3Tables::TableBucket': 'tables',
  'AWS::S3Tables::Table': 'a table',
  'AWS::Cassandra::Keyspace': 'tables',
  'AWS::Cassandra::Table': 'rows',
  'AWS::DynamoDB::Table': 'items',
  'AWS::DynamoDB::GlobalTable': 'items',
  'AWS::RDS::DBInstance': 'a database',
  'AWS::RDS::DBCluster': 'a database',
  'AWS::RDS::GlobalCluster': 'a database',
  'AWS::DocDB::DBCluster': 'a database',
  'AWS::DocDBElastic::Cluster': 'a database',
  'AWS::MemoryDB::Cluster': 'a database',
  'AWS::NeptuneGraph::Graph': 'a graph',
  'AWS::Timestream::Database': 'tables',
  'AWS::Timestream::InfluxDBInstance': 'a database',
  'AWS::Neptune::DBCluster': 'a database',
  'AWS::Redshift::Cluster': 'a database',
  'AWS::RedshiftServerless::Namespace': 'a database',
  'AWS::DSQL::Cluster': 'a database',
  'AWS::QLDB::Ledger': 'a ledger',
  'AWS::HealthLake::FHIRDatastore': 'records',
  'AWS::Lightsail::Bucket': 'objects',
  'AWS::Lightsail::Database': 'a database',
  'AWS::Lightsail::Disk': 'files',
  'AWS::Timestream::Table': 'records',
  'AWS::EFS::FileSystem': 'files',
  'AWS::FSx::FileSystem': 'files',
  'AWS::EC2::Volume': 'files',
  'AWS::ECR::Repository': 'images',
  'AWS::Backup::BackupVault': 'backups',
  'AWS::SecretsManager::Secret': 'a secret',
  'AWS::KMS::Key': 'a key, and with it all it encrypted',
  'AWS::KMS::ReplicaKey': 'a key, and with it all it encrypted',
  'AWS::ACMPCA::CertificateAuthority': 'a key, and with it all it signed',
  'AWS::CodeCommit::Repository': 'a repository',
  'AWS::AmazonMQ::Broker': 'messages',
  'AWS::MSK::Cluster': 'records',
  'AWS::SQS::Queue': 'messages',
  'AWS::Kinesis::Stream': 'records',
  'AWS::OpenSearchService::Domain': 'an index',
  'AWS::OpenSearchServerless::Collection': 'an index',
  'AWS::Elasticsearch::Domain': 'an index',
  'AWS::ElastiCache::CacheCluster': 'a cache',
  'AWS::ElastiCache::ReplicationGroup': 'a cache',
  'AWS::ElastiCache::ServerlessCache': 'a cache',
  'AWS::Route53::HostedZone': 'DNS records',
} as const satisfies Record<string, string>

export type StatefulType = keyof typeof statefulTypes

export function isStateful(type: string): type is StatefulType {
  return Object.hasOwn(statefulTypes, type)
}

/** Types of which CloudFormation can take a snapshot (User Guide, "DeletionPolicy attribute"); of others nothing stays. */
const snapshotTypes = new Set([
  'AWS::DocDB::DBCluster',
  'AWS::EC2::Volume',
  'AWS::ElastiCache::CacheCluster',
  'AWS::ElastiCache::ReplicationGroup',
  'AWS::Neptune::DBCluster',
  'AWS::RDS::DBCluster',
  'AWS::RDS::DBInstance',
  'AWS::Redshift::Cluster',
])

interface Policies {
  DeletionPolicy?: string | undefined
  UpdateReplacePolicy?: string | undefined
}

/** Kept by SAM, whatever a template says, and made again of the same code. */
const madeAgain = new Set(['AWS::Lambda::LayerVersion', 'AWS::Lambda::Version'])

/** Whether a resource holds what cannot be made again: by its type, or because the deployed template keeps it. */
export function holdsData(type: string, deployed: Policies = {}): boolean {
  if (isStateful(type)) return true
  return !madeAgain.has(type) && (isKeeping(deployed.DeletionPolicy) || isKeeping(deployed.UpdateReplacePolicy))
}

/** Whether no policy that kept a resource is taken away. */
export function keepsAsBefore(was: Policies, now: Policies): boolean {
  return (
    (!isKeeping(was.DeletionPolicy) || isKeeping(now.DeletionPolicy)) &&
    (!isKeeping(was.UpdateReplacePolicy) || isKeeping(now.UpdateReplacePolicy))
  )
}

function isKeeping(policy: string | undefined): boolean {
  return policy !== undefined && policy !== 'Delete'
}

/** Whether a resource that leaves its stack stays, or a snapshot of it. */
export function outlivesRemoval(type: string, { DeletionPolicy: policy }: Policies): boolean {
  return policy === 'Retain' || policy === 'RetainExceptOnCreate' || (policy === 'Snapshot' && snapshotTypes.has(type))
}

/** Whether the old one of a resource that is created anew stays, or a snapshot of it. */
export function outlivesReplacement(type: string, { UpdateReplacePolicy: policy }: Policies): boolean {
  return policy === 'Retain' || (policy === 'Snapshot' && snapshotTypes.has(type))
}
