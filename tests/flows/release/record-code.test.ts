import { describe, expect, it } from '@jest/globals'
import { canonicalJson, sha256 } from '../../../scripts/core/hash.js'
import type { Receipt } from '../../../scripts/core/receipt.js'
import { recordFinished, recordRollback } from '../../../scripts/flows/release/record-code.js'
import type { Released } from '../../../scripts/flows/release/release-code.js'
import type { Shell, Stack, Stacks } from '../../../scripts/ports.js'
import { fakeContext, fakeStack } from '../../support/fake-context.js'
import { deploymentsBucket, place, receipt, released } from '../../support/fake-ledger.js'
import { etagOf, fakePort, memoryBuckets, memoryFiles } from '../../support/fake-ports.js'

const shifted: Released = {
  ...released,
  updated: false,
  shift: { strategy: 'LambdaCanary10Percent5Minutes', percent: 10, ended: 'finished', by: 'me@here' },
}
const configPlace = 'rawscribe-lambda-dev-myorg-123456789012/config.json'
const config = '{\n  "a": 1\n}\n'
const live: Receipt = {
  ...receipt,
  release: 4,
  inputs: { ...receipt.inputs, parameters: { AlarmEmail: '' } },
  files: { 'template.yaml': 'old' },
  artifacts: { F: 's3://old' },
  packaged: 's3://old-template',
  config: { bucket: 'rawscribe-lambda-dev-myorg-123456789012', etag: etagOf(config) },
}

/** The receipt of a shift that was finished on this stack, after `live`. */
async function finished(stack: Stack, text = config): Promise<Receipt> {
  const objects: Record<string, string> = { [configPlace]: text }
  const stacks: Partial<Stacks> = {
    originalTemplate: async () => 'packaged',
    template: async () =>
      'Resources: {F: {Type: AWS::Lambda::Function, Properties: {Code: {S3Bucket: b, S3Key: new.zip}}}}',
  }
  const context = fakeContext({
    command: 'rs-shift-finish',
    ports: (calls) => ({
      buckets: memoryBuckets(objects, calls),
      stacks: fakePort<Stacks>('stacks', stacks, calls),
      shell: fakePort<Shell>('shell', { run: async () => ({ exitCode: 1, output: '', cancelled: false }) }, calls),
    }),
  })
  const number = await recordFinished({ stack, live, newest: 4, functions: [] }, [shifted], undefined, context)
  return JSON.parse(objects[place(number)] ?? '') as Receipt
}

describe('the receipt of a shift that was finished in the place of its run', () => {
  it('carries what did not change since the last good release', async () => {
    const found = await finished(fakeStack({ changedAt: 'then' }))
    const { inputs, files, artifacts, packaged, config, stack } = live
    expect(found).toMatchObject({ files, artifacts, packaged, config, stack, release: 5, shift: { ended: 'finished' } })
    expect(found.inputs).toEqual({ ...inputs, code: found.inputs.code })
    expect(found.inputs.code).not.toBe(inputs.code)
  })

  it('tells the changed stack as it stands, and never counts as equal to a template', async () => {
    const stack = fakeStack({ changedAt: 'later', parameters: { AlarmEmail: 'ops@myorg.com' } })
    const found = await finished(stack)
    expect(found.inputs).toMatchObject({ template: 'unknown', parameters: { AlarmEmail: 'ops@myorg.com' } })
    expect(found.stack).toEqual({ arn: stack.arn, changedAt: 'later' })
    expect(found.artifacts).toEqual({ F: 's3://b/new.zip' })
    expect(found.packaged).toMatch(new RegExp(`^s3://${deploymentsBucket}/.*${sha256('packaged')}`))
    expect(found.files).toBeUndefined()
  })

  it('names the configuration that lies there', async () => {
    const text = '{"a": 2}'
    const found = await finished(fakeStack({ changedAt: 'then' }), text)
    expect(found.config?.etag).toBe(etagOf(text))
    expect(found.inputs.config).toBe(sha256(canonicalJson({ a: 2 })))
  })
})

describe('the receipt of a way back of the code alone', () => {
  const template = `Resources:
  F: {Type: AWS::Serverless::Function, Properties: {CodeUri: app, Runtime: python3.13}}
  G: {Type: AWS::Serverless::Function, Properties: {CodeUri: other, Runtime: python3.13}}
  L: {Type: AWS::Serverless::LayerVersion, Properties: {ContentUri: layer}}
`
  const then = { 'template.yaml': 't1', 'app/a.py': 'a1', 'app/requirements.txt': 'r1', 'other/o.py': 'o1' }
  const now = { 'template.yaml': 't2', 'app/a.py': 'a2', 'app/new.py': 'n2', 'app/requirements.txt': 'r2' }
  const goal: Receipt = { ...receipt, release: 2, inputs: { ...receipt.inputs, code: 'of 2' }, files: then }
  const back = async (
    files: Receipt['files'] = { ...now, 'other/o.py': 'o2', 'layer/requirements.txt': 'l2' },
    to: Receipt = { ...goal, files: { ...then, 'layer/requirements.txt': 'l1' } },
    checkout: Record<string, string> = { 'template.yaml': template },
  ): Promise<Receipt> => {
    const objects: Record<string, string> = {}
    const shell: Shell['run'] = async () => ({ exitCode: 1, output: '', cancelled: false })
    const context = fakeContext({
      command: 'rs-rollback',
      ports: (calls) => ({
        buckets: memoryBuckets(objects, calls),
        files: memoryFiles(checkout, calls),
        shell: fakePort<Shell>('shell', { run: shell }, calls),
      }),
    })
    const facts = { stack: fakeStack(), live: { ...live, files }, newest: 4, functions: [] }
    const number = await recordRollback(facts, to, [released], undefined, context)
    return JSON.parse(objects[place(number)] ?? '') as Receipt
  }

  it('has the function’s own files of then; layers, requirements, template and other functions stay as they are live', async () => {
    const { files, inputs } = await back()
    expect(files).toEqual({
      'template.yaml': 't2',
      'app/a.py': 'a1',
      'app/requirements.txt': 'r2',
      'other/o.py': 'o2',
      'layer/requirements.txt': 'l2',
    })
    expect(inputs.code).not.toBe('of 2')
  })

  it('has the very code of then where nothing else differs', async () => {
    const files = { ...then, 'app/a.py': 'a2', 'template.yaml': 't2' }
    expect((await back(files, goal)).inputs.code).toBe('of 2')
  })

  it.each<[string, Parameters<typeof back>]>([
    ['the template of the checkout cannot be read', [undefined, undefined, {}]],
    ['that release recorded none', [undefined, { ...goal, files: undefined }]],
  ])('names no files where %s, and its code is like no checkout’s', async (_case, given) => {
    const { files, inputs } = await back(...given)
    expect([files, ['c', 'of 2'].includes(inputs.code)]).toEqual([undefined, false])
  })
})
