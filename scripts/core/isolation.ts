import { type Surroundings, isTrue, resolverFor, unknownPart } from './intrinsics.js'
import type { Names } from './names.js'
import type { Target } from './target.js'

/** The properties by which CloudFormation lets a template choose a resource's name, by type. */
const nameProperties: Readonly<Record<string, string>> = {
  'AWS::ApiGateway::RestApi': 'Name',
  'AWS::ApiGatewayV2::Api': 'Name',
  'AWS::ApiGateway::Stage': 'StageName',
  'AWS::CloudFront::Function': 'Name',
  'AWS::CloudWatch::Alarm': 'AlarmName',
  'AWS::Cognito::UserPool': 'UserPoolName',
  'AWS::Cognito::UserPoolClient': 'ClientName',
  'AWS::Cognito::UserPoolGroup': 'GroupName',
  'AWS::DynamoDB::Table': 'TableName',
  'AWS::Events::Rule': 'Name',
  'AWS::IAM::Role': 'RoleName',
  'AWS::Lambda::Function': 'FunctionName',
  'AWS::Lambda::LayerVersion': 'LayerName',
  'AWS::Logs::LogGroup': 'LogGroupName',
  'AWS::S3::Bucket': 'BucketName',
  'AWS::SNS::Topic': 'TopicName',
  'AWS::SQS::Queue': 'QueueName',
  'AWS::SSM::Parameter': 'Name',
  'AWS::SecretsManager::Secret': 'Name',
  'AWS::Serverless::Api': 'Name',
  'AWS::Serverless::Function': 'FunctionName',
  'AWS::Serverless::LayerVersion': 'LayerName',
}

/** Types whose names live below another resource of the same stack, so that they cannot meet another target's. */
const scopedTypes = new Set(['AWS::Cognito::UserPoolGroup', 'AWS::Cognito::UserPoolClient', 'AWS::ApiGateway::Stage'])

export interface Trespass {
  logicalId: string
  /** Where in the resource: `Properties.BucketName`. */
  place: string
  /** The name as it resolves; what only AWS knows is shown as `…`. */
  value: string
  why: string
}

/**
 * Everything in a template that is, or names, something of another target: each explicit name must be one of `names`,
 * and each string of the project's name patterns, anywhere, must stand for this very target.
 */
export function findTrespasses(target: Target, names: Names, surroundings: Surroundings): Trespass[] {
  const { template } = surroundings
  const resolve = resolverFor(surroundings)
  return Object.entries(template.Resources).flatMap(([logicalId, resource]) => {
    const condition = (resource as { Condition?: unknown }).Condition
    if (typeof condition === 'string' && !isTrue({ Condition: condition }, surroundings)) return []
    const own = explicitName(logicalId, resource.Type, resolve(resource.Properties ?? {}), names)
    const others = stringsIn(resolve(resource), '').flatMap(([place, text]) =>
      foreignNames(text, names).map((value) => ({
        logicalId,
        place,
        value: shown(value),
        why: `does not belong to ${target.env}/${target.org}`,
      })),
    )
    return [...own, ...others]
  })
}

function explicitName(logicalId: string, type: string, properties: unknown, names: Names): Trespass[] {
  const property = nameProperties[type]
  if (property === undefined || scopedTypes.has(type)) return []
  const value = (properties as Record<string, unknown>)[property]
  if (value === undefined || (typeof value === 'string' && names.all.includes(value))) return []
  const text = typeof value === 'string' ? shown(value) : JSON.stringify(value)
  return [{ logicalId, place: `Properties.${property}`, value: text, why: 'is not a computed name of this target' }]
}

/** Every string in a value, with its path. */
function stringsIn(value: unknown, place: string): [string, string][] {
  if (typeof value === 'string') return [[place, value]]
  if (value === null || typeof value !== 'object') return []
  return Object.entries(value).flatMap(([key, inner]) => [
    ...stringsIn(key, place),
    ...stringsIn(inner, place === '' ? key : `${place}.${key}`),
  ])
}

/** Words of the project's patterns in a text that are no name of this target. */
function foreignNames(text: string, names: Names): string[] {
  const pattern = new RegExp(`(?<![A-Za-z0-9-])(?:${names.prefixes.join('|')})-[A-Za-z0-9\\-*${unknownPart}]*`, 'g')
  return [...text.matchAll(pattern)].map(([word]) => word.replace(/-+$/, '')).filter((word) => !isOurs(word, names))
}

function isOurs(word: string, names: Names): boolean {
  if (names.all.includes(word) || word === names.deploymentsBucket) return true
  // An export of the stack: `{stack}-{OutputKey}`.
  return new RegExp(`^${names.stack}-[A-Z][A-Za-z]*$`).test(word)
}

function shown(value: string): string {
  return value.replaceAll(unknownPart, '…')
}
