import { readFileSync } from 'node:fs'
import { describe, expect, it } from '@jest/globals'
import { parse } from 'yaml'
import { apiFingerprint, withApiFingerprints } from '../../scripts/core/api-fingerprint.js'
import { samBuild, samDeploy, samValidate } from '../../scripts/core/sam-commands.js'
import { codeFolders, lineOfResource, parseTemplate, writeTemplate } from '../../scripts/core/template.js'
import { thrownBy } from '../support/failures.js'

const ownText = readFileSync('template.yaml', 'utf8')
const own = parseTemplate(ownText, 'template.yaml')
const resource = (properties: string): string =>
  `Resources:\n  A:\n    Type: T\n    Properties:\n${properties
    .split('\n')
    .map((line) => `      ${line}\n`)
    .join('')}`
const propertiesOf = (text: string): unknown => parseTemplate(resource(text), 't').Resources['A']?.Properties

describe('a template', () => {
  it.each([
    ['p: !Ref X', { Ref: 'X' }],
    ['p: !Condition X', { Condition: 'X' }],
    ['p: !Sub a-${B}', { 'Fn::Sub': 'a-${B}' }],
    ["p: !Sub ['a-${B}', {B: !Ref C}]", { 'Fn::Sub': ['a-${B}', { B: { Ref: 'C' } }] }],
    ['p: !GetAtt A.Arn', { 'Fn::GetAtt': ['A', 'Arn'] }],
    ['p: !GetAtt A.Outputs.Inner', { 'Fn::GetAtt': ['A', 'Outputs.Inner'] }],
    ['p: !GetAtt [A, Arn]', { 'Fn::GetAtt': ['A', 'Arn'] }],
    ['p: !If [C, !Ref A, !Sub "${B}"]', { 'Fn::If': ['C', { Ref: 'A' }, { 'Fn::Sub': '${B}' }] }],
    ["p: !Join ['-', [a, !Ref B]]", { 'Fn::Join': ['-', ['a', { Ref: 'B' }]] }],
    ["p: !Not [!Equals [!Ref A, '']]", { 'Fn::Not': [{ 'Fn::Equals': [{ Ref: 'A' }, ''] }] }],
    ['p: !And [!Condition A, !Condition B]', { 'Fn::And': [{ Condition: 'A' }, { Condition: 'B' }] }],
    ['p: !Base64 x', { 'Fn::Base64': 'x' }],
    ['p: !GetAZs ""', { 'Fn::GetAZs': '' }],
    [
      'p: !Transform {Name: Include, Parameters: {L: !Ref X}}',
      { 'Fn::Transform': { Name: 'Include', Parameters: { L: { Ref: 'X' } } } },
    ],
  ])('has its short forms read as long forms: %s', (text, expected) => {
    expect(propertiesOf(text)).toEqual({ p: expected })
  })

  it('of this project has no short form left', () => {
    expect(own.Resources['RawscribeLambda']?.Properties?.['FunctionName']).toEqual({
      'Fn::Sub': 'rawscribe-${Environment}-${Organization}-backend',
    })
    expect(own.Conditions?.['HasUserPool']).toEqual({
      'Fn::Or': [{ Condition: 'CreateUserPool' }, { Condition: 'UseExistingUserPool' }],
    })
    expect(writeTemplate(own)).not.toMatch(/(^|[\s[{,:])![A-Z]/m)
  })

  it('of this project has alarms on what comes through the alias alone, and no data is no alarm', () => {
    const alarms = Object.values(own.Resources).filter(({ Type }) => Type === 'AWS::CloudWatch::Alarm')
    expect(alarms).toHaveLength(4)
    for (const { Condition, Properties } of alarms) {
      expect(Condition).toBe('HasAlarms')
      expect(Properties).toMatchObject({ TreatMissingData: 'notBreaching', AlarmActions: [{ Ref: 'AlarmTopic' }] })
    }
    const resources = alarms
      .filter(({ Properties }) => Properties?.['Namespace'] === 'AWS/Lambda')
      .map(({ Properties }) => (Properties?.['Dimensions'] as { Name: string; Value: unknown }[])[1])
    expect(resources).toEqual(
      alarms.slice(1).map(() => ({ Name: 'Resource', Value: { 'Fn::Sub': '${RawscribeLambda}:live' } })),
    )
  })

  it('of this project is the same after it was written and read again', () => {
    expect(parseTemplate(writeTemplate(own), 'written')).toEqual(own)
  })

  it('of this project is the same for a plain reader of YAML', () => {
    expect(parse(writeTemplate(own), { version: '1.1' })).toEqual(own)
  })

  it.each([
    'on',
    'yes',
    'no',
    'off',
    'true',
    'null',
    '~',
    '',
    '1_000',
    '12:30:45',
    '0b101',
    '0123',
    '1e3',
    '2012-10-17',
  ])('keeps the text %j a text for sam, which reads YAML 1.1', (text) => {
    const template = parseTemplate(resource(`p: ${JSON.stringify(text)}`), 't')
    expect(template.Resources['A']?.Properties).toEqual({ p: text })
    expect(parseTemplate(writeTemplate(template), 'written')).toEqual(template)
  })

  it.each(['N', 'n', 'Y', 'y'])('takes the letter %s for a text, as sam does (AttributeType: N)', (letter) => {
    expect(propertiesOf(`AttributeType: ${letter}`)).toEqual({ AttributeType: letter })
  })

  it('keeps a date as it is written, as policies and the format version have it', () => {
    const template = parseTemplate(`AWSTemplateFormatVersion: 2010-09-09\n${resource('Version: 2012-10-17')}`, 't')
    expect(template['AWSTemplateFormatVersion']).toBe('2010-09-09')
    expect(template.Resources['A']?.Properties).toEqual({ Version: '2012-10-17' })
  })

  it.each([
    ['Resources:\n  A:\n    Type: T\n   B: x\n', /^t\.yaml:4:\d+ /],
    ['Resources:\n  A: {Type: "T\n', /^t\.yaml:[23]:\d+ /],
    ['Resources:\n\tA: 1\n', /^t\.yaml:2:\d+ /],
    ['A: 1\nA: 2\n', /^t\.yaml:2:1 /],
  ])('that is no YAML is refused with file, line and column: %j', (text, message) => {
    const error = thrownBy(() => parseTemplate(text, 't.yaml'))
    expect(error.code).toBe('Usage')
    expect(error.message).toMatch(message)
    expect(error.message).not.toContain('\n')
  })

  it.each([
    ['', 't.yaml'],
    ['x: 1', 'Resources'],
    ['Resources: {A: {Properties: {}}}', 'Resources.A.Type'],
    ['Resources: {A: {Type: T, Properties: [1]}}', 'Resources.A.Properties'],
  ])('that is none is refused with the place in it: %j', (text, place) => {
    const error = thrownBy(() => parseTemplate(text, 't.yaml'))
    expect(error.code).toBe('Usage')
    expect(error.message).toContain(place)
  })

  it('tells the line of a resource, not of what is named alike', () => {
    const lines = ownText.split('\n')
    for (const logicalId of Object.keys(own.Resources)) {
      const line = lineOfResource(ownText, logicalId)
      expect(lines[line! - 1]).toBe(`  ${logicalId}:`)
      expect(lines[line!]).toContain('Type: AWS::')
    }
    expect(lineOfResource(ownText, 'Nobody')).toBeUndefined()
  })

  it('names its code folders, and leaves out images and code in S3', () => {
    expect(codeFolders(own)).toEqual([
      { logicalId: 'DependencyLayer', kind: 'layer', property: 'ContentUri', folder: 'backend/layers/dependencies/' },
      { logicalId: 'RawscribeLambda', kind: 'function', property: 'CodeUri', folder: 'backend/rawscribe/' },
    ])
    const elsewhere = ['CodeUri: s3://b/k', 'CodeUri: {Bucket: b, Key: k}', 'PackageType: Image', 'InlineCode: x']
    for (const properties of elsewhere) {
      const text = resource(properties).replace('Type: T', 'Type: AWS::Serverless::Function')
      expect(codeFolders(parseTemplate(text, 't'))).toEqual([])
      expect(codeFolders(parseTemplate(`Globals: {Function: {CodeUri: all}}\n${text}`, 't'))).toEqual([])
    }
  })

  it('takes the code folder that its Globals give to every function which names none', () => {
    const resources =
      'A: {Type: AWS::Serverless::Function}, B: {Type: AWS::Serverless::Function, Properties: {CodeUri: own}}'
    const text = `Globals: {Function: {CodeUri: all}}\nResources: {${resources}, C: {Type: AWS::Serverless::LayerVersion}}`
    expect(codeFolders(parseTemplate(text, 't')).map(({ folder }) => folder)).toEqual(['all', 'own'])
  })
})

describe('the fingerprint of the API', () => {
  const body = own.Resources['ApiGateway']?.Properties?.['DefinitionBody']
  const parameters = { Environment: 'dev', Organization: 'myorg', EnableAuth: 'true', ManageUserPool: 'true' }
  const fingerprint = (over: Record<string, string>): string => apiFingerprint(body, own, { ...parameters, ...over })
  const usual = fingerprint({})

  it('is 12 hex digits, the same each time', () => {
    expect(usual).toMatch(/^[0-9a-f]{12}$/)
    expect(fingerprint({})).toBe(usual)
  })

  it.each(['EnableAuth', 'ManageUserPool', 'CognitoUserPoolId', 'Environment', 'Organization'])(
    'changes with %s, which the body uses, some through conditions',
    (name) => expect(fingerprint({ [name]: 'other' })).not.toBe(usual),
  )

  it.each(['DomainName', 'CertificateArn', 'CreateBuckets', 'UserPoolProtection', 'NoParameter'])(
    'does not change with %s, which the body does not use',
    (name) => expect(fingerprint({ [name]: 'other' })).toBe(usual),
  )

  it('changes with the body', () => {
    expect(apiFingerprint({ ...(body as object), basePath: '/x' }, own, parameters)).not.toBe(usual)
  })

  it('follows conditions of conditions, also in a circle', () => {
    const conditions = { A: { 'Fn::Not': [{ Condition: 'B' }] }, B: { 'Fn::Or': [{ Condition: 'A' }, { Ref: 'P' }] } }
    const template = { Parameters: { P: { Type: 'String' } }, Conditions: conditions, Resources: {} }
    const of = (P: string): string => apiFingerprint({ x: { 'Fn::If': ['A', 1, 2] } }, template, { P })
    expect(of('1')).not.toBe(of('2'))
  })

  it('is the version that the written API carries, and nothing else is touched', () => {
    const marked = withApiFingerprints(own, parameters)
    const api = marked.Resources['ApiGateway']!
    const expected = structuredClone(own)
    const expectedBody = expected.Resources['ApiGateway']!.Properties!['DefinitionBody'] as {
      info: { version: string }
    }
    expectedBody.info.version = usual
    expect(api.Properties?.['DefinitionBody']).toEqual(expectedBody)
    expect(marked).toEqual(expected)
  })
})

describe('command lines of sam', () => {
  const place = { program: '/bin/sam', folder: '/p/.aws-sam-dev-x', env: { PATH: '/bin' } }
  const config = ['--config-file', 'samconfig.toml']

  it('build inside the target’s folder', () => {
    const folders = ['--template', '../template.yaml', '--build-dir', 'build']
    expect(samBuild(place, 'cache/3.13-x')).toEqual({
      program: '/bin/sam',
      cwd: '/p/.aws-sam-dev-x',
      env: { PATH: '/bin' },
      args: ['build', '--cached', '--parallel', ...folders, '--cache-dir', 'cache/3.13-x', ...config],
    })
  })

  it('validate with the linter', () => {
    expect(samValidate(place, '/p/template.yaml').args).toEqual([
      ...['validate', '--lint', '--template', '/p/template.yaml'],
      ...config,
    ])
  })

  it('deploy up to the change set, every value one word', () => {
    const parameters = [
      { name: 'Environment', value: 'dev', from: 'target' as const },
      { name: 'DomainName', value: '', from: 'default' as const },
      { name: 'Text', value: 'a b;$(x)', from: 'given' as const },
      { name: 'Key', value: '****', from: 'kept' as const },
    ]
    const deploy = { stack: 's', template: 't.yaml', bucket: 'b', prefix: 's/artifacts', region: 'r', parameters }
    const tags = { project: 'p', 'managed-by': 'sam' }
    const serviceRole = 'arn:aws:iam::123456789012:role/cfn'
    expect(samDeploy(place, { ...deploy, tags, serviceRole }).args).toEqual(
      expect.arrayContaining(['--role-arn', serviceRole]) as unknown,
    )
    expect(samDeploy(place, { ...deploy, tags, serviceRole: undefined }).args).toEqual([
      ...['deploy', '--no-execute-changeset', '--no-fail-on-empty-changeset'],
      ...['--stack-name', 's', '--template-file', 't.yaml', '--s3-bucket', 'b', '--s3-prefix', 's/artifacts'],
      ...['--region', 'r', '--capabilities', 'CAPABILITY_IAM', 'CAPABILITY_NAMED_IAM', 'CAPABILITY_AUTO_EXPAND'],
      ...['--parameter-overrides', 'Environment="dev"', 'DomainName=""', 'Text="a b;$(x)"'],
      ...['--tags', 'project="p"', 'managed-by="sam"'],
      ...config,
    ])
  })
})
