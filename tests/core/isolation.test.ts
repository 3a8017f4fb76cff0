import { beforeAll, describe, expect, it } from '@jest/globals'
import { readFile } from 'node:fs/promises'
import { type Trespass, findTrespasses } from '../../scripts/core/isolation.js'
import { namesOf } from '../../scripts/core/names.js'
import { ownProject } from '../../scripts/core/project.js'
import { type Template, parseTemplate } from '../../scripts/core/template.js'

const account = '123456789012'
const target = { env: 'dev', org: 'myorg' } as const
const names = namesOf(target, account, ownProject)

const trespasses = (template: Template, parameters: Record<string, string> = {}): Trespass[] =>
  findTrespasses(target, names, {
    template,
    parameters: { Environment: 'dev', Organization: 'myorg', ...parameters },
    account,
    region: 'eu-west-1',
    stackName: names.stack,
  })
const defaults = (template: Template): Record<string, string> =>
  Object.fromEntries(
    Object.entries(template.Parameters ?? {}).map(([name, { Default }]) => [name, String(Default ?? '')] as const),
  )
const of = (Type: string, Properties: Record<string, unknown>): Template => ({
  Resources: { It: { Type, Properties } },
})

describe('the isolation proof', () => {
  let own: Template
  beforeAll(async () => {
    own = parseTemplate(await readFile('template.yaml', 'utf8'), 'template.yaml')
  })

  it('finds nothing in the project’s own template', () => {
    expect(trespasses(own, { ...defaults(own), Environment: 'dev', Organization: 'myorg' })).toEqual([])
  })

  it('finds all of it when the template is deployed under another organization’s names', () => {
    const found = trespasses(own, { ...defaults(own), Environment: 'dev', Organization: 'other' })
    expect(found.map(({ logicalId }) => logicalId)).toEqual(expect.arrayContaining(['RawscribeLambda', 'FormsBucket']))
  })

  it.each([
    ['another organization’s bucket', `rawscribe-forms-dev-other-${account}`],
    ['an organization that begins the same', `rawscribe-forms-dev-myorg2-${account}`],
    ['an organization that goes on with a hyphen', `rawscribe-forms-dev-myorg-blue-${account}`],
    ['another environment', `rawscribe-forms-prod-myorg-${account}`],
    ['another account', 'rawscribe-forms-dev-myorg-999999999999'],
    ['a name of its own', 'some-other-name'],
  ])('finds a bucket named for %s', (_what, BucketName) => {
    expect(trespasses(of('AWS::S3::Bucket', { BucketName }))).not.toEqual([])
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
    expect(trespasses(of(type, properties))).toHaveLength(1)
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
