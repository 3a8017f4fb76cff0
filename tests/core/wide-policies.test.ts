import { describe, expect, it } from '@jest/globals'
import type { Template } from '../../scripts/core/template.js'
import { account, names, only, trespasses } from '../support/trespasses.js'

describe('the isolation proof of policies', () => {
  const allows = (statement: object): Template =>
    only('AWS::IAM::Policy', { PolicyDocument: { Statement: [{ Effect: 'Allow', ...statement }] } })
  const poolsOf = (id: string): string => `arn:aws:cognito-idp:eu-west-1:${account}:userpool/${id}`
  const logs = `arn:aws:logs:eu-west-1:${account}:log-group`
  it.each([
    ['all buckets', { Action: 's3:GetObject', Resource: 'arn:aws:s3:::*' }],
    ['all buckets that begin alike', { Action: 's3:GetObject', Resource: ['arn:aws:s3:::raw*'] }],
    ['all functions', { Action: 'lambda:InvokeFunction', Resource: 'arn:aws:lambda:*:*:function:*' }],
    ['everything', { Action: ['logs:PutLogEvents', 's3:PutObject'], Resource: '*' }],
    ['every action', { Action: '*', Resource: '*' }],
    ['everything but something', { Action: 's3:*', NotResource: 'arn:aws:s3:::x' }],
    ['the keys of every bucket', { Action: 's3:ListBucket', Resource: '*' }],
    ['the users of every pool', { Action: ['cognito-idp:ListUsers'], Resource: '*' }],
    ['taking on every role', { Action: 'sts:AssumeRole', Resource: '*' }],
    ['taking on every role of a path', { Action: 'sts:AssumeRole', Resource: `arn:aws:iam::${account}:role/*` }],
    ['handing on every role', { Action: ['iam:GetRole', 'iam:PassRole'], Resource: '*' }],
    ['changing every stack', { Action: 'cloudformation:UpdateStack', Resource: '*' }],
    ['every stack by a name', { Action: 'cloudformation:*', Resource: 'arn:aws:cloudformation:*:*:stack/raw*' }],
    ['telling every topic', { Action: 'sns:Publish', Resource: '*' }],
    ['every topic of the region', { Action: 'sns:Publish', Resource: `arn:aws:sns:eu-west-1:${account}:*` }],
    ['the values of every parameter', { Action: 'ssm:GetParameter*', Resource: '*' }],
    ['writing every parameter', { Action: 'SSM:PutParameter', Resource: 'arn:aws:ssm:*:*:parameter/*' }],
    ['more than reads by a wildcard', { Action: 'iam:*', Resource: '*' }],
    ['the users of every pool by its address', { Action: 'cognito-idp:AdminDeleteUser', Resource: poolsOf('*') }],
    ['the clients of every pool', { Action: 'cognito-idp:ListUserPoolClients', Resource: '*' }],
    ['reading every log', { Action: ['logs:FilterLogEvents', 'logs:PutLogEvents'], Resource: '*' }],
    ['everything of logs', { Action: 'logs:*', Resource: '*' }],
    ['removing every log', { Action: 'logs:DeleteLogGroup', Resource: `${logs}:/aws/lambda/*` }],
    ['reading the streams of every log', { Action: 'logs:GetLogEvents', Resource: `${logs}:/aws/*:*` }],
    ['everything by a list', { Action: 'dynamodb:Scan', Resource: ['arn:aws:s3:::x', '*'] }],
  ])('finds a policy that allows %s', (_what, statement) => {
    expect(trespasses(allows(statement))).toHaveLength(1)
  })

  it.each([
    ['a listing of the account', { Action: ['s3:ListAllMyBuckets', 'dynamodb:ListTables'], Resource: '*' }],
    ['a look at stacks', { Action: ['cloudformation:Describe*', 'cloudformation:ListStacks'], Resource: '*' }],
    [
      'a look at roles and topics',
      { Action: ['iam:ListRoles', 'sns:ListTopics', 'ssm:DescribeParameters'], Resource: '*' },
    ],
    ['a look at every role', { Action: 'iam:GetRole', Resource: `arn:aws:iam::${account}:role/*` }],
    ['the question who is asking', { Action: 'sts:GetCallerIdentity', Resource: '*' }],
    ['its own role', { Action: 'iam:PassRole', Resource: `arn:aws:iam::${account}:role/${names.role}` }],
    ['its own topic', { Action: 'sns:Publish', Resource: `arn:aws:sns:eu-west-1:${account}:${names.stack}-alarms` }],
    ['its own pool', { Action: 'cognito-idp:*', Resource: poolsOf('eu-west-1_Own') }],
    ['its own logs', { Action: 'logs:*', Resource: `${logs}:/aws/lambda/${names.function}:*` }],
    ['writing logs', { Action: ['logs:CreateLogGroup', 'logs:PutLogEvents'], Resource: 'arn:aws:logs:*:*:*' }],
    [
      'what a state machine needs for its logs',
      {
        Action: ['Create', 'Get', 'Update', 'Delete']
          .map((one) => `logs:${one}LogDelivery`)
          .concat('logs:ListLogDeliveries', 'logs:PutResourcePolicy', 'logs:DescribeResourcePolicies'),
        Resource: '*',
      },
    ],
    ['another service', { Action: 'xray:PutTraceSegments', Resource: '*' }],
    ['its own objects', { Action: 's3:*', Resource: `${names.buckets.eln}/*` }],
    ['a resource policy', { Action: 's3:*', Resource: '*', Principal: '*' }],
  ])('lets a policy be that allows %s', (_what, statement) => {
    expect(trespasses(allows(statement))).toEqual([])
  })

  const given = (...arns: unknown[]): Template => only('AWS::IAM::Role', { ManagedPolicyArns: arns })
  const ofAws = (name: string): string => `arn:aws:iam::aws:policy/${name}`
  it.each([
    ['all of a service', given(ofAws('AmazonS3FullAccess'))],
    ['all of it by a function', given({ 'Fn::Sub': 'arn:${AWS::Partition}:iam::aws:policy/AmazonS3FullAccess' })],
    ['all of it by a list parameter', only('AWS::IAM::User', { ManagedPolicyArns: { Ref: 'Policies' } })],
    ['every queue', given(ofAws('service-role/AWSLambdaSQSQueueExecutionRole'))],
    ['reading every log', given(ofAws('service-role/AmazonAPIGatewayPushToCloudWatchLogs'))],
    ['what nobody can read', given(`arn:aws:iam::${account}:policy/AWSLambdaBasicExecutionRole`)],
    ['what another stack has', given({ 'Fn::ImportValue': 'platform-policy' })],
    ['what is known only in part', given({ 'Fn::Sub': 'arn:aws:iam::aws:policy/${Some.Name}' })],
  ])('finds a role that is given %s', (_what, template) => {
    const found = trespasses(template, { Policies: `${ofAws('AWSXRayDaemonWriteAccess')},${ofAws('PowerUserAccess')}` })
    expect(found.map(({ place }) => place)).toEqual(['Properties.ManagedPolicyArns'])
  })

  it.each([
    [
      'Resource',
      { Effect: 'Allow', Action: 's3:GetObject', Resource: { 'Fn::If': ['Unknown', '*', 'arn:aws:s3:::x'] } },
    ],
    ['Action', { Effect: 'Allow', Action: [{ 'Fn::If': ['Unknown', 'xray:Put', 's3:*'] }], Resource: '*' }],
    ['statement', { 'Fn::If': ['Unknown', { Effect: 'Allow', Action: '*', Resource: '*' }, { Ref: 'AWS::NoValue' }] }],
  ])('looks at both branches of a condition that only AWS knows, around a %s', (_what, statement) => {
    const template = only('AWS::IAM::Policy', { PolicyDocument: { Statement: [statement] } })
    const Unknown = { 'Fn::Equals': [{ 'Fn::ImportValue': 'x' }, 'y'] }
    expect(trespasses({ ...template, Conditions: { Unknown } })).toHaveLength(1)
  })

  const policy = (Resource: unknown, names: string[]): Template => ({
    ...only('AWS::IAM::Policy', { PolicyDocument: { Statement: [{ Effect: 'Allow', Action: 's3:*', Resource }] } }),
    Conditions: Object.fromEntries(names.map((name) => [name, { 'Fn::Equals': [{ 'Fn::ImportValue': name }, 'y'] }])),
  })
  it('tries every combination of conditions that only AWS knows, and refuses where they are too many', () => {
    const [own, none] = ['arn:aws:s3:::x', { Ref: 'AWS::NoValue' }]
    const inner = (all: unknown): unknown => ({ 'Fn::If': ['A', { 'Fn::If': ['B', own, all] }, none] })
    expect(trespasses(policy(inner('*'), ['A', 'B']))).toHaveLength(1)
    expect(trespasses(policy(inner(own), ['A', 'B']))).toEqual([])
    const many = ['A', 'B', 'C', 'D', 'E', 'F', 'G']
    const all = (names: string[]): unknown[] => names.map((name) => ({ 'Fn::If': [name, own, none] }))
    expect(trespasses(policy(all(many.slice(1)), many))).toEqual([])
    expect(trespasses(policy(all(many), many))).toEqual([expect.objectContaining({ value: many.join(', ') })])
  })

  it('lets be what SAM gives a function’s role, and a policy of the template, which is read itself', () => {
    const basic = ofAws('service-role/AWSLambdaBasicExecutionRole')
    const template = given(basic, ofAws('AWSXRayDaemonWriteAccess'), { Ref: 'Policy' })
    expect(trespasses(template)).toEqual([])
  })
})
