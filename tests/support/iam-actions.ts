/** What IAM calls the services of the SDK's packages. */
export const services: Readonly<Record<string, string>> = {
  'api-gateway': 'apigateway',
  'cloudwatch-logs': 'logs',
  'cognito-identity-provider': 'cognito-idp',
  'service-quotas': 'servicequotas',
}

/** Commands whose IAM actions are not called like them (Service Authorization Reference). */
export const otherwise: Readonly<Record<string, readonly string[]>> = {
  CopyObject: ['s3:GetObject', 's3:PutObject'],
  HeadBucket: ['s3:ListBucket'],
  HeadObject: ['s3:GetObject'],
  GetObject: ['s3:GetObject', 's3:GetObjectVersion'],
  ListBuckets: ['s3:ListAllMyBuckets'],
  ListObjectsV2: ['s3:ListBucket'],
  ListObjectVersions: ['s3:ListBucketVersions'],
  DeleteObjects: ['s3:DeleteObject', 's3:DeleteObjectVersion'],
  GetBucketEncryption: ['s3:GetEncryptionConfiguration'],
  PutBucketEncryption: ['s3:PutEncryptionConfiguration'],
  PutPublicAccessBlock: ['s3:PutBucketPublicAccessBlock'],
  GetBucketLifecycleConfiguration: ['s3:GetLifecycleConfiguration'],
  PutBucketLifecycleConfiguration: ['s3:PutLifecycleConfiguration'],
  Invoke: ['lambda:InvokeFunction'],
  GetAccount: ['apigateway:GET'],
  GetRestApis: ['apigateway:GET'],
  UpdateAccount: ['apigateway:PATCH', 'iam:PassRole'],
  CreateChangeSet: ['cloudformation:CreateChangeSet', 'cloudformation:TagResource', 'iam:PassRole'],
  // Nobody needs a right for these.
  GetCallerIdentity: [],
  InitiateAuth: [],
}

/** What sam calls by itself: it uploads what it packaged, and makes the change set. */
export const bySam = [
  's3:GetObject',
  's3:PutObject',
  's3:AbortMultipartUpload',
  's3:ListBucket',
  's3:GetBucketLocation',
].concat(['cloudformation:DescribeStacks', 'cloudformation:DescribeChangeSet', 'cloudformation:GetTemplateSummary'])

/** The first and the last that CloudFormation does with a resource, and what it needs of others for it. */
export const byType: Readonly<Record<string, readonly string[]>> = {
  'AWS::CloudFront::Distribution': [
    'cloudfront:CreateDistribution',
    'cloudfront:UpdateDistribution',
    'cloudfront:GetDistribution',
    'cloudfront:DeleteDistribution',
    'cloudfront:TagResource',
  ],
  'AWS::CloudFront::Function': [
    'cloudfront:CreateFunction',
    'cloudfront:UpdateFunction',
    'cloudfront:PublishFunction',
    'cloudfront:DescribeFunction',
    'cloudfront:GetFunction',
    'cloudfront:DeleteFunction',
  ],
  'AWS::CloudFront::OriginAccessControl': [
    'cloudfront:CreateOriginAccessControl',
    'cloudfront:UpdateOriginAccessControl',
    'cloudfront:GetOriginAccessControl',
    'cloudfront:DeleteOriginAccessControl',
  ],
  'AWS::CloudWatch::Alarm': [
    'cloudwatch:PutMetricAlarm',
    'cloudwatch:DescribeAlarms',
    'cloudwatch:DeleteAlarms',
    'cloudwatch:TagResource',
  ],
  'AWS::Cognito::UserPool': [
    'cognito-idp:CreateUserPool',
    'cognito-idp:UpdateUserPool',
    'cognito-idp:DescribeUserPool',
    'cognito-idp:DeleteUserPool',
    'cognito-idp:TagResource',
  ],
  'AWS::Cognito::UserPoolClient': [
    'cognito-idp:CreateUserPoolClient',
    'cognito-idp:UpdateUserPoolClient',
    'cognito-idp:DescribeUserPoolClient',
    'cognito-idp:DeleteUserPoolClient',
  ],
  'AWS::Cognito::UserPoolGroup': [
    'cognito-idp:CreateGroup',
    'cognito-idp:UpdateGroup',
    'cognito-idp:GetGroup',
    'cognito-idp:DeleteGroup',
  ],
  'AWS::IAM::Role': [
    'iam:CreateRole',
    'iam:GetRole',
    'iam:PutRolePolicy',
    'iam:DeleteRolePolicy',
    'iam:UpdateAssumeRolePolicy',
    'iam:TagRole',
    'iam:DeleteRole',
  ],
  'AWS::Lambda::Alias': ['lambda:CreateAlias', 'lambda:GetAlias', 'lambda:UpdateAlias', 'lambda:DeleteAlias'],
  'AWS::Lambda::Permission': ['lambda:AddPermission', 'lambda:GetPolicy', 'lambda:RemovePermission'],
  'AWS::Logs::LogGroup': [
    'logs:CreateLogGroup',
    'logs:DescribeLogGroups',
    'logs:PutRetentionPolicy',
    'logs:TagResource',
    'logs:DeleteLogGroup',
  ],
  'AWS::S3::Bucket': [
    's3:CreateBucket',
    's3:PutBucketVersioning',
    's3:PutEncryptionConfiguration',
    's3:PutBucketPublicAccessBlock',
    's3:PutBucketOwnershipControls',
    's3:PutBucketTagging',
    's3:GetBucketVersioning',
    's3:DeleteBucket',
  ],
  'AWS::S3::BucketPolicy': ['s3:PutBucketPolicy', 's3:GetBucketPolicy', 's3:DeleteBucketPolicy'],
  'AWS::SNS::Subscription': ['sns:Subscribe', 'sns:GetSubscriptionAttributes', 'sns:Unsubscribe'],
  'AWS::SNS::Topic': [
    'sns:CreateTopic',
    'sns:GetTopicAttributes',
    'sns:SetTopicAttributes',
    'sns:TagResource',
    'sns:DeleteTopic',
  ],
  'AWS::SNS::TopicPolicy': ['sns:SetTopicAttributes', 'sns:GetTopicAttributes'],
  'AWS::Serverless::Api': [
    'apigateway:POST',
    'apigateway:PUT',
    'apigateway:PATCH',
    'apigateway:GET',
    'apigateway:DELETE',
    'logs:CreateLogDelivery',
  ],
  'AWS::Serverless::Function': [
    'lambda:CreateFunction',
    'lambda:UpdateFunctionCode',
    'lambda:UpdateFunctionConfiguration',
    'lambda:GetFunction',
    'lambda:DeleteFunction',
    'lambda:TagResource',
    'iam:PassRole',
    's3:GetObject',
  ],
  'AWS::Serverless::LayerVersion': [
    'lambda:PublishLayerVersion',
    'lambda:GetLayerVersion',
    'lambda:DeleteLayerVersion',
    's3:GetObject',
  ],
}
