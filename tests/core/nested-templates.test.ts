import { describe, expect, it } from '@jest/globals'
import { nestedFiles, nestsStacks, wholeTemplate, withNestedFiles } from '../../scripts/core/nested-templates.js'
import { dependencyFiles, packagedFunctions } from '../../scripts/core/packaging.js'
import { codeFolders, parseTemplate } from '../../scripts/core/template.js'

const root = parseTemplate(
  `
Globals: {Function: {Runtime: nodejs22.x, CodeUri: ./front}}
Resources:
  Front: {Type: AWS::Serverless::Function, Properties: {}}
  Billing: {Type: AWS::Serverless::Application, Properties: {Location: billing/template.yaml}}
  Stock: {Type: AWS::CloudFormation::Stack, Properties: {TemplateURL: ./stock.yaml}}
  Bought: {Type: AWS::Serverless::Application, Properties: {Location: {ApplicationId: arn, SemanticVersion: 1.0.0}}}
  Uploaded: {Type: AWS::CloudFormation::Stack, Properties: {TemplateURL: "https://s3.amazonaws.com/b/k"}}
`,
  'template.yaml',
)
const billing = parseTemplate(
  `
Globals: {Function: {Runtime: python3.13}}
Resources:
  Due: {Type: AWS::Serverless::Function, Properties: {CodeUri: code}}
  Paid: {Type: AWS::Serverless::Function, Properties: {CodeUri: ../shared, Runtime: nodejs22.x}}
  Far: {Type: AWS::Serverless::Function, Properties: {CodeUri: "s3://bucket/key"}}
  Words: {Type: AWS::Serverless::LayerVersion, Properties: {ContentUri: words}}
`,
  'billing/template.yaml',
)
const whole = wholeTemplate([
  { prefix: '', file: 'template.yaml', template: root },
  { prefix: 'Billing/', file: 'billing/template.yaml', template: billing },
])

describe('nested templates', () => {
  it('are those that lie in files', () => {
    expect(nestedFiles(root).map(({ logicalId, file }) => [logicalId, file])).toEqual([
      ['Billing', 'billing/template.yaml'],
      ['Stock', './stock.yaml'],
    ])
    expect([nestsStacks(root), nestsStacks(billing)]).toEqual([true, false])
  })

  it('are named anew without touching what lies elsewhere', () => {
    const renamed = withNestedFiles(root, (file) => `build/${file}`)
    expect(nestedFiles(renamed).map(({ file }) => file)).toEqual(['build/billing/template.yaml', 'build/./stock.yaml'])
    expect(renamed.Resources['Uploaded']).toBe(root.Resources['Uploaded'])
  })
})

describe('the whole of root and nested templates', () => {
  it('has every code folder, named from the root’s place', () => {
    expect(codeFolders(whole).map(({ logicalId, folder }) => [logicalId, folder])).toEqual([
      ['Front', 'front'],
      ['Billing/Due', 'billing/code'],
      ['Billing/Paid', 'shared'],
      ['Billing/Words', 'billing/words'],
    ])
  })

  it('gives each function what the Globals of its own template say', () => {
    const methods = packagedFunctions(whole, ['billing/code/requirements.txt', 'shared/requirements.txt'])
    expect(methods.map(({ logicalId, method }) => [logicalId, method])).toEqual([
      ['Front', 'copy'],
      ['Billing/Due', 'sam'],
      ['Billing/Paid', 'copy'],
    ])
  })

  it('counts a nested layer’s files as dependencies', () => {
    expect(dependencyFiles(whole, ['billing/words/a.json', 'billing/code/a.py'])).toEqual(['billing/words/a.json'])
  })
})
