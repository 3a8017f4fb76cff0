import { describe, expect, it } from '@jest/globals'
import { artifactsOf } from '../../scripts/core/artifacts.js'
import { configChanges } from '../../scripts/core/config-diff.js'
import { describeChange, entryChanges, inputOfFile, isSecretName } from '../../scripts/core/input-changes.js'

describe('what differs between two records', () => {
  it('is told entry by entry, in order', () => {
    const was = { a: '1', b: '2', d: '4' }
    expect(entryChanges(was, { d: '5', c: '3', b: '2' })).toEqual([
      { name: 'a', change: 'removed', was: '1' },
      { name: 'c', change: 'added', now: '3' },
      { name: 'd', change: 'changed', was: '4', now: '5' },
    ])
    expect(entryChanges(was, { ...was })).toEqual([])
  })

  it('holds no value of a secret', () => {
    const changes = entryChanges({ Key: 'hunter1' }, { Key: 'hunter2' }, (name) => name === 'Key')
    expect(changes).toEqual([{ name: 'Key', change: 'changed' }])
    expect(describeChange(changes[0]!)).toBe('Key')
  })

  it.each(['DbPassword', 'apiKey', 'api_key', 'ACCESS_TOKEN', 'clientSecret'])('%s names a secret', (name) =>
    expect(isSecretName(name)).toBe(true),
  )

  it.each(['EnableAuth', 'CognitoClientId', 'ui.title', 'cors.allowOrigins'])('%s names none', (name) =>
    expect(isSecretName(name)).toBe(false),
  )

  it.each([
    ['template.yaml', 'template'],
    ['infra/.config/lambda/dev.json', 'config'],
    ['backend/rawscribe/app.py', 'code'],
    ['backend/template.yaml', 'code'],
  ])('%s belongs to the %s', (file, input) => expect(inputOfFile(file)).toBe(input))

  it('a template that the project’s own one nests belongs to the template', () =>
    expect(inputOfFile('backend/template.yaml', ['template.yaml', 'backend/template.yaml'])).toBe('template'))
})

describe('what differs between two configurations', () => {
  it('is told by the path of each value, arrays as one', () => {
    const was = { ui: { title: 'One', deep: { gone: true } }, list: [1, 2], same: null }
    const now = { ui: { title: 'Two', deep: {} }, list: [1, 2, 3], same: null, fresh: 0 }
    expect(configChanges(was, now).map(describeChange)).toEqual([
      'fresh  0',
      'list  [1,2] → [1,2,3]',
      'ui.deep  {}',
      'ui.deep.gone  true',
      'ui.title  "One" → "Two"',
    ])
    expect(configChanges({}, {})).toEqual([])
  })

  it('holds no secret', () => {
    expect(configChanges({ db: { password: 'one' } }, { db: { password: 'two' } })).toEqual([
      { name: 'db.password', change: 'changed' },
    ])
  })
})

describe('the artifacts of a template', () => {
  it('are the S3 addresses of functions and layers, and of nothing else', () => {
    const code = { S3Bucket: 'b', S3Key: 'k/1' }
    const template = {
      Resources: {
        F: { Type: 'AWS::Lambda::Function', Properties: { Code: code } },
        L: { Type: 'AWS::Lambda::LayerVersion', Properties: { Content: { ...code, S3ObjectVersion: 'v' } } },
        Inline: { Type: 'AWS::Lambda::Function', Properties: { Code: { ZipFile: 'x' } } },
        Image: { Type: 'AWS::Lambda::Function', Properties: { Code: { ImageUri: 'x' } } },
        Computed: { Type: 'AWS::Lambda::Function', Properties: { Code: { S3Bucket: { Ref: 'B' }, S3Key: 'k' } } },
        None: { Type: 'AWS::Lambda::Function' },
        Other: { Type: 'AWS::S3::Bucket', Properties: { Code: code } },
      },
    }
    expect(artifactsOf(template)).toEqual({ F: 's3://b/k/1', L: 's3://b/k/1?versionId=v' })
  })
})
