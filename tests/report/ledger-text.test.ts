import { describe, expect, it } from '@jest/globals'
import type { Receipt } from '../../scripts/core/receipt.js'
import {
  changeLine,
  columns,
  describeReceipt,
  formatTime,
  historyRow,
  historyTitles,
} from '../../scripts/report/ledger-text.js'

const receipt: Receipt = {
  format: 1,
  release: 7,
  command: 'rs-deploy',
  outcome: 'live',
  at: '2025-01-02T03:04:05.678Z',
  durationMs: 12_400,
  who: 'me@here',
  commit: '0123456789abcdef',
  inputs: { template: 'tt', code: 'cc', config: 'gg', parameters: { EnableAuth: 'true' }, place: '3.13-x', tool: '1' },
  files: { 'backend/app.py': 'abcdef012345' },
  artifacts: { Fn: 's3://b/k' },
  stack: { arn: 'arn:stack', changedAt: '2025-01-02T03:04:00.000Z' },
  config: { bucket: 'b', etag: 'e' },
  function: { name: 'f', version: '3', codeSha256: 's' },
  health: { attempts: 2, durationMs: 1_000 },
}

describe('the ledger in words', () => {
  it('has a row for each release, in columns', () => {
    const failed: Receipt = { ...receipt, release: 8, outcome: 'failed', commit: undefined, function: undefined }
    expect(columns([[...historyTitles], historyRow(failed), historyRow(receipt)])).toEqual([
      'release  when                  who      command    outcome  version  commit    took',
      '8        2025-01-02 03:04:05Z  me@here  rs-deploy  failed   -        -         12.4 s',
      '7        2025-01-02 03:04:05Z  me@here  rs-deploy  live     3        01234567  12.4 s',
    ])
    expect(columns([])).toEqual([])
  })

  it('tells every fact of a receipt', () => {
    const text = describeReceipt({ ...receipt, failure: 'what failed' })
    const facts = ['7, live', 'what failed', 'me@here', '0123456789abcdef', 'arn:stack', 'version 3', '2 attempts']
    for (const fact of [...facts, 'tt', 'cc', 'gg', 'EnableAuth  true', 'Fn  s3://b/k', 'abcdef012345  backend/app.py'])
      expect(text).toContain(fact)
  })

  it('tells an older receipt without what it lacks', () => {
    const text = describeReceipt({ ...receipt, files: undefined, artifacts: undefined, health: undefined })
    expect(text).not.toMatch(/files|artifacts|health|undefined/)
  })

  it('names a file without hashes, a value with both', () => {
    const entry = { name: 'a', change: 'changed', was: '1', now: '2' } as const
    expect([changeLine(entry, true), changeLine(entry, false)]).toEqual(['~ a', '~ a  1 → 2'])
    expect(formatTime('2025-01-02T03:04:05.678Z')).toBe('2025-01-02 03:04:05Z')
  })
})
