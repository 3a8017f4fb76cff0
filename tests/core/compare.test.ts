import { describe, expect, it } from '@jest/globals'
import { type ResourceDrift, reportDrift } from '../../scripts/core/drift.js'
import { sopProblem } from '../../scripts/core/sop.js'
import { templateChanges } from '../../scripts/core/template-diff.js'
import type { Template } from '../../scripts/core/template.js'

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)

describe('a file that is to be a SOP', () => {
  it.each([
    ['count.yaml', 'title: Cell count\nsince: 2026-01-02\nanswer: yes\n'],
    ['count.v2.yml', 'name: Wash\ntitle: ""\n'],
    ['wash.json', '{"name": "Wash"}'],
    ['twice.yaml', 'title: a\ntitle: b\n'],
  ])('%s is one', (name, text) => expect(sopProblem(name, bytes(text))).toBeUndefined())

  it.each([
    ['x.yaml', 'title: x\nsteps: [a\nnext: b: c\n', /^line \d, column \d+: /],
    ['x.json', '{"title": "x",\n  "steps": }', /^line 2, column \d+: /],
    ['x.yaml', '- a\n- b\n', /^line 1, column 1: an object is expected$/],
    ['x.yaml', '', /^line 1, column 1: an object is expected$/],
    ['x.yaml', 'steps: []\n', /^a title \(text\) is missing$/],
    ['x.yaml', 'title: 7\n', /^a title \(text\) is missing$/],
    ['x.yaml', 'title: x\na: &a 1\nb: *a\n', /^line 3, column 4: aliases/],
    ['x.yaml', 'title: x\na: !!python/object:os.system {}\n', /^line 2, column 4: /],
    ['x.yaml', 'title: x\na: .nan\n', /^line 2, column 4: /],
    ['x.yaml', `title: x\na: ${'['.repeat(200)}${']'.repeat(200)}`, /^line 2, column 103: nested too deeply$/],
    ['x.txt', 'title: x', /must end in/],
    ['no title.yml', 'title: x', /cannot be an id/],
    ['x.json', ' '.repeat(1024 * 1024 + 1), /at most/],
  ])('%s with %j is none', (name, text, problem) => expect(sopProblem(name, bytes(text))).toMatch(problem))

  it('is text', () => expect(sopProblem('x.yaml', new Uint8Array([0xff, 0xfe]))).toBe('it is not UTF-8 text'))
})

describe('drift', () => {
  const one = (logicalId: string, type: string, status: string, path?: string): ResourceDrift => ({
    logicalId,
    type,
    status,
    differences: path === undefined ? [] : [{ path, expected: '1', actual: '2' }],
  })

  it('is what others changed: what we do ourselves past CloudFormation is none', () => {
    const found = [
      one('Live', 'AWS::Lambda::Alias', 'MODIFIED', '/FunctionVersion'),
      one('Fn', 'AWS::Lambda::Function', 'MODIFIED', '/Timeout'),
      one('Code', 'AWS::Lambda::Function', 'MODIFIED', '/Code/S3Key'),
      one('Bucket', 'AWS::S3::Bucket', 'DELETED'),
      one('Role', 'AWS::IAM::Role', 'IN_SYNC'),
      one('Odd', 'AWS::X::Y', 'UNKNOWN'),
    ]
    const all = [...found, { logicalId: 'Pool', type: 'AWS::Cognito::UserPool' }]
    expect(reportDrift(found, all)).toMatchObject({
      drifted: [{ logicalId: 'Fn' }, { logicalId: 'Bucket' }],
      ours: 2,
      inSync: 1,
      unchecked: { 'AWS::X::Y': 1, 'AWS::Cognito::UserPool': 1 },
    })
  })
})

describe('what a template would bring', () => {
  const template = (Properties: Record<string, unknown>, Metadata = {}): Template => ({
    Resources: { Fn: { Type: 'AWS::Serverless::Function', Properties, Metadata } },
  })

  it('is told by path, without what packaging writes', () => {
    const deployed = template({ CodeUri: 's3://b/k', Timeout: 30, Token: 'a' }, { SamResourceId: 'Fn' })
    const now = template({ CodeUri: 'backend', Timeout: 60, Token: 'b' })
    expect(templateChanges(deployed, template({ CodeUri: 'backend', Timeout: 30, Token: 'a' }))).toEqual([])
    expect(templateChanges(deployed, now)).toEqual([
      { name: 'Resources.Fn.Properties.Timeout', change: 'changed', was: '30', now: '60' },
      { name: 'Resources.Fn.Properties.Token', change: 'changed' },
    ])
  })
})
