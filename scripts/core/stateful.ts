/** Resource types that hold what cannot be made again, and what that is called when it is counted. */
export const statefulTypes = {
  'AWS::S3::Bucket': 'objects',
  'AWS::Cognito::UserPool': 'users',
  'AWS::Cognito::UserPoolClient': 'its id, which every signed-in page knows',
  'AWS::Cognito::UserPoolGroup': 'memberships',
  'AWS::DynamoDB::Table': 'items',
  'AWS::DynamoDB::GlobalTable': 'items',
  'AWS::RDS::DBInstance': 'a database',
  'AWS::RDS::DBCluster': 'a database',
  'AWS::EFS::FileSystem': 'files',
  'AWS::SecretsManager::Secret': 'a secret',
  'AWS::KMS::Key': 'a key, and with it all it encrypted',
  'AWS::SQS::Queue': 'messages',
  'AWS::Kinesis::Stream': 'records',
  'AWS::OpenSearchService::Domain': 'an index',
  'AWS::ElastiCache::ReplicationGroup': 'a cache',
  'AWS::Route53::HostedZone': 'DNS records',
} as const satisfies Record<string, string>

export type StatefulType = keyof typeof statefulTypes

export function isStateful(type: string): type is StatefulType {
  return Object.hasOwn(statefulTypes, type)
}
