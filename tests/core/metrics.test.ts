import { describe, expect, it } from '@jest/globals'
import { type MeasuredReceipt, durationsOf, measure } from '../../scripts/core/metrics.js'
import type { Receipt } from '../../scripts/core/receipt.js'
import { metricsText } from '../../scripts/report/metrics-text.js'
import { receipt as plain } from '../support/fake-ledger.js'

const at = (minute: number): string => new Date(Date.UTC(2025, 0, 1, 0, minute)).toISOString()
const measured = (release: number, over: Partial<Receipt> = {}, committedMinute?: number): MeasuredReceipt => ({
  receipt: { ...plain, release, at: at(release), ...over },
  committedAt: committedMinute === undefined ? undefined : new Date(at(committedMinute)),
})

describe('metrics', () => {
  it('count what was to go live, and not what a take-down recorded', () => {
    const health = { attempts: 3, durationMs: 1 }
    const rollback = { outcome: 'healthy' as const, versions: {}, attempts: 1 }
    const found = measure([
      [
        measured(1, { health }),
        measured(2, { outcome: 'failed', rollback, health: { attempts: 15, durationMs: 1 } }),
        measured(3, { outcome: 'removed' }),
        measured(4, { command: 'rs-rollback', durationMs: 1000 }),
      ],
      [measured(1)],
    ])
    expect(found).toMatchObject({
      deployments: 3,
      live: 2,
      failed: 1,
      successRate: 2 / 3,
      rollbacks: 2,
      rollbackRate: 2 / 3,
      healthRetries: 16,
      since: at(1),
      until: at(4),
      durations: {
        'rs-deploy': { count: 3, p50: 20_000, p95: 20_000 },
        'rs-rollback': { count: 1, p50: 1000, p95: 1000 },
      },
    })
  })

  it('count as rolled back only what went back unwished or by a rollback that is live', () => {
    const rollback = { outcome: 'healthy' as const, versions: {}, attempts: 1 }
    const shift = { strategy: 'LambdaCanary10Percent5Minutes', percent: 10 }
    const found = measure([
      [
        measured(1),
        measured(2, { command: 'rs-rollback', outcome: 'failed' }),
        measured(3, { outcome: 'failed', rollback: { ...rollback, outcome: 'nothing' } }),
        measured(4, { outcome: 'failed', rollback, shift: { ...shift, ended: 'aborted' } }),
        measured(5, { outcome: 'failed', rollback, shift: { ...shift, ended: 'gate' } }),
      ],
    ])
    expect(found).toMatchObject({ deployments: 4, live: 1, failed: 2, aborted: 1, rollbacks: 1, rollbackRate: 0.25 })
  })

  it('are nothing where nothing was deployed', () => {
    expect(measure([[]])).toMatchObject({ deployments: 0, successRate: undefined, since: undefined, durations: {} })
    expect(metricsText({ targets: [], total: measure([]) })).toBe('no release is recorded')
  })

  it('take the lead time from the commit to its first release on each target, in whatever order they come', () => {
    const commit = 'a'
    const found = measure([
      [
        measured(9, { commit }, 1),
        measured(3, { commit }, 1),
        measured(2, { commit, outcome: 'failed' }, 1),
        measured(10, { commit: 'b', command: 'rs-rollback' }, 1),
        measured(11, { commit: 'unknown' }),
        measured(4, { commit: 'from the future' }, 60),
      ],
      [measured(5, { commit }, 1)],
    ])
    expect(found.leadTime).toEqual({ count: 2, p50: 2 * 60_000, p95: 4 * 60_000 })
  })

  it.each([
    [[], undefined, undefined],
    [[7], 7, 7],
    [[4, 1, 3, 2], 2, 4],
    [Array.from({ length: 100 }, (_, i) => i + 1), 50, 95],
  ])('give measured values as percentiles: %j', (values, p50, p95) => {
    expect(durationsOf(values)).toEqual({ count: values.length, p50, p95 })
  })

  it('are shown in a row for each target and one for all', () => {
    const one = measure([[measured(1, { commit: 'a' }, 0)]])
    const shown = [
      { target: { env: 'dev' as const, org: 'one' }, metrics: one, unreadable: [] },
      { target: { env: 'prod' as const, org: 'two' }, metrics: measure([[]]), unreadable: ['s3://x'] },
    ]
    const lines = metricsText({ targets: shown, total: one }).split('\n')
    expect(lines[1]).toMatch(/^dev\/one +1 +100 % +0 \(0 %\) +0 +0 +1 min 00 s +1 min 00 s$/)
    expect(lines[2]).toMatch(/^prod\/two +0 +- +0 \(-\) +0 +0 +- +-$/)
    expect(lines[3]).toMatch(/^all /)
    expect(lines).toContain('s3://x cannot be read and counts nowhere')
    expect(metricsText({ targets: shown.slice(0, 1), total: one })).not.toContain('\nall ')
  })
})
