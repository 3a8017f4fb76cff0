import { beforeAll, describe, expect, it } from '@jest/globals'
import { readFile } from 'node:fs/promises'
import { type Template, parseTemplate } from '../../scripts/core/template.js'
import { account, names, only, trespasses } from '../support/trespasses.js'

const defaults = (template: Template): Record<string, string> =>
  Object.fromEntries(
    Object.entries(template.Parameters ?? {}).map(([name, { Default }]) => [name, String(Default ?? '')] as const),
  )

describe('the isolation proof', () => {
  let own: Template
  beforeAll(async () => {
    own = parseTemplate(await readFile('template.yaml', 'utf8'), 'template.yaml')
  })

  it('finds nothing in the project’s own template', () => {
    const given = { ...defaults(own), Environment: 'dev', Organization: 'myorg' }
    expect(trespasses(own, given)).toEqual([])
    expect(trespasses(own, { ...given, AlarmEmail: 'ops@example.org' })).toEqual([])
    const boundary = `arn:aws:iam::${account}:policy/acme-boundary`
    expect(trespasses(own, { ...given, PermissionsBoundary: boundary })).toEqual([])
  })

  it('finds all of it when the template is deployed under another organization’s names', () => {
    const found = trespasses(own, {
      ...defaults(own),
      Environment: 'dev',
      Organization: 'other',
      AlarmEmail: 'ops@example.org',
    })
    const named = ['RawscribeLambda', 'FormsBucket', 'AlarmTopic', 'ErrorsAlarm', 'ApiErrorsAlarm']
    expect(found.map(({ logicalId }) => logicalId)).toEqual(expect.arrayContaining(named))
  })

  it.each([
    ['another organization’s bucket', `rawscribe-forms-dev-other-${account}`],
    ['an organization that begins the same', `rawscribe-forms-dev-myorg2-${account}`],
    ['an organization that goes on with a hyphen', `rawscribe-forms-dev-myorg-blue-${account}`],
    ['another environment', `rawscribe-forms-prod-myorg-${account}`],
    ['another account', 'rawscribe-forms-dev-myorg-999999999999'],
    ['a name of its own', 'some-other-name'],
  ])('finds a bucket named for %s', (_what, BucketName) => {
    expect(trespasses(only('AWS::S3::Bucket', { BucketName }))).not.toEqual([])
  })

  it.each([
    [
      'a policy',
      'AWS::IAM::Policy',
      { PolicyDocument: { Statement: [{ Resource: 'arn:aws:s3:::rawscribe-eln-dev-other-123456789012/*' }] } },
    ],
    [
      'a policy with a wildcard',
      'AWS::IAM::Policy',
      { PolicyDocument: { Statement: [{ Resource: 'arn:aws:s3:::rawscribe-eln-dev-*' }] } },
    ],
    [
      'a variable',
      'AWS::Lambda::Function',
      { Environment: { Variables: { FORMS: 'rawscribe-forms-dev-other-123456789012' } } },
    ],
    [
      'an origin',
      'AWS::CloudFront::Distribution',
      { Origin: 'syndi-frontend-dev-other-123456789012.s3.amazonaws.com' },
    ],
    ['a Sub', 'AWS::X', { V: { 'Fn::Sub': 'rawscribe-forms-${Environment}-other-${AWS::AccountId}' } }],
    ['a Join', 'AWS::X', { V: { 'Fn::Join': ['-', ['rawscribe', 'dev', 'other', 'backend']] } }],
  ])('finds another target’s name in %s', (_what, type, properties) => {
    expect(trespasses(only(type, properties))).toHaveLength(1)
  })

  it('takes this target’s names, its exports and the deployments bucket for its own', () => {
    const Properties = {
      A: { 'Fn::Sub': 'arn:aws:s3:::rawscribe-eln-drafts-${Environment}-${Organization}-${AWS::AccountId}/*' },
      B: { 'Fn::Sub': '${AWS::StackName}-ApiEndpoint' },
      C: names.deploymentsBucket,
      D: `https://rawscribe-dev-myorg-backend.example.org`,
    }
    expect(trespasses({ Resources: { It: { Type: 'AWS::X', Properties } } })).toEqual([])
  })

  const foreign = 'rawscribe-eln-dev-other-123456789012'
  it.each([
    ['Select', { 'Fn::Select': [1, ['x', foreign]] }],
    ['Split', { 'Fn::Select': [0, { 'Fn::Split': ['|', `${foreign}|x`] }] }],
    ['FindInMap', { 'Fn::FindInMap': ['Map', 'a', 'b'] }],
    ['Base64', { 'Fn::Base64': `aws s3 rm s3://${foreign}` }],
    ['ToJsonString', { 'Fn::ToJsonString': { bucket: foreign } }],
    ['ImportValue', { 'Fn::ImportValue': 'rawscribe-dev-other-FormsBucketName' }],
    ['a function that nobody knows', { 'Fn::Whatever': [{ deep: foreign }] }],
    ['a function inside a Join', { 'Fn::Join': ['', [{ 'Fn::Cidr': [foreign, 1] }, '/x']] }],
    ['the parts of a list parameter', { 'Fn::Join': ['-', { Ref: 'Parts' }] }],
    ['a Sub of its own variables', { 'Fn::Sub': ['${A}-${B}', { A: 'rawscribe', B: 'eln-dev-other' }] }],
    ['a branch of a condition that only AWS knows', { 'Fn::If': ['Unknown', foreign, 'x'] }],
    ['a key', { [foreign]: 1 }],
    ['a dynamic reference', '{{resolve:secretsmanager:rawscribe-dev-other-secret}}'],
    ['a text of JSON', JSON.stringify({ bucket: foreign })],
    ['a wildcard of one character', 'arn:aws:lambda:::function:rawscribe-dev-myorg?-backend'],
    ['a policy variable', 'arn:aws:s3:::rawscribe-dev-myorg${aws:username}'],
    ['a prefix that longer names share', { prefix: 'rawscribe-dev-myorg-' }],
    ['an unknown part', { 'Fn::Join': ['-', ['rawscribe', 'dev', { 'Fn::GetAtt': ['X', 'Y'] }]] }],
  ])('is not fooled by %s', (_what, V) => {
    const template: Template = {
      ...only('AWS::X', { V }),
      Conditions: { Unknown: { 'Fn::Equals': [{ 'Fn::ImportValue': 'x' }, 'y'] } },
      Mappings: { Map: { a: { b: foreign } } },
    }
    const found = trespasses(template, { Parts: 'rawscribe,eln,dev,other' })
    expect(found.filter(({ logicalId }) => logicalId === 'It')).not.toEqual([])
  })

  it('looks at outputs, exports and mappings too', () => {
    const own = only('AWS::X', {})
    expect(trespasses({ ...own, Outputs: { A: { Value: foreign } } })).toHaveLength(1)
    expect(
      trespasses({ ...own, Outputs: { A: { Value: 'x', Export: { Name: 'rawscribe-dev-other-A' } } } }),
    ).toHaveLength(1)
    expect(trespasses({ ...own, Mappings: { M: { a: { b: foreign } } } })).toHaveLength(1)
  })

  it.each([
    ['AWS::StepFunctions::StateMachine', { StateMachineName: 'mine' }],
    ['AWS::RDS::DBInstance', { DBInstanceIdentifier: 'mine' }],
    ['AWS::ECR::Repository', { RepositoryName: 'mine' }],
    ['AWS::CloudFront::OriginAccessControl', { OriginAccessControlConfig: { Name: 'mine' } }],
    ['AWS::Cognito::UserPoolDomain', { Domain: 'mine' }],
    ['AWS::S3::Bucket', { BucketName: { 'Fn::GetAtt': ['X', 'Name'] } }],
    ['AWS::S3::Bucket', { BucketName: ['a list'] }],
  ])('wants the name of a %s to be a computed one', (type, properties) => {
    expect(trespasses(only(type, properties))).not.toEqual([])
  })

  it.each(['S3Url', 'V2'])('knows %s for an export of its own', (output) => {
    const exported = { Value: 'x', Export: { Name: { 'Fn::Sub': '${AWS::StackName}-' + output } } }
    expect(trespasses({ Resources: {}, Outputs: { [output]: exported } })).toEqual([])
  })

  it('takes a resource whose condition only AWS can work out for one that is there', () => {
    const conditions = { Unknown: { 'Fn::Not': [{ 'Fn::Equals': [{ 'Fn::ImportValue': 'x' }, 'y'] }] } }
    const resource = { Type: 'AWS::S3::Bucket', Condition: 'Unknown', Properties: { BucketName: 'elsewhere' } }
    expect(trespasses({ Conditions: conditions, Resources: { It: resource } })).toHaveLength(1)
    expect(trespasses({ Resources: { It: { ...resource, Condition: 'Missing' } } })).toHaveLength(1)
  })

  it('looks only at resources that the parameters bring about', () => {
    const resource = { Type: 'AWS::S3::Bucket', Condition: 'Wanted', Properties: { BucketName: 'elsewhere' } }
    const template = (value: string): Template => ({
      Conditions: { Wanted: { 'Fn::Equals': [{ Ref: 'Switch' }, value] } },
      Resources: { It: resource },
    })
    expect(trespasses(template('on'), { Switch: 'off' })).toEqual([])
    expect(trespasses(template('on'), { Switch: 'on' })).toHaveLength(1)
  })
})
