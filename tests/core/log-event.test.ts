import { describe, expect, it } from '@jest/globals'
import { readableLines, readLogEvent } from '../../scripts/core/log-event.js'
import { readSince } from '../../scripts/core/since.js'
import { thrownBy } from '../support/failures.js'

describe('the last lines of a log', () => {
  it('are readable, with the frames of the project’s own code alone', () => {
    const frames = ['/var/task/app/main.py:7 in health', '/opt/python/fastapi/routing.py:3 in run']
    const lines = ['START RequestId: 1', JSON.stringify({ level: 'error', event: 'request', status: 500, frames })]
    const own = ['request status=500', '  frames', '    /var/task/app/main.py:7 in health']
    expect(readableLines(lines, 6)).toEqual(own)
    expect(readableLines(lines, 1)).toEqual(own.slice(-1))
  })

  it('leave out of a traceback what is Python’s own, with what is quoted beneath', () => {
    const own = [
      'Traceback (most recent call last):',
      '  File "/var/task/main.py", line 3, in <module>',
      '    import x',
    ]
    const foreign = [
      '  File "/var/lang/lib/python3.13/importlib/__init__.py", line 88, in import_module',
      '    return it',
      '  File "<frozen importlib._bootstrap>", line 1387, in _gcd_import',
    ]
    const last = 'ModuleNotFoundError: No module named x'
    expect(readableLines([own[0]!, ...foreign, ...own.slice(1), last], 6)).toEqual([...own, last])
  })
})

describe('an event of a log', () => {
  it.each([
    ['START RequestId: 1 Version: 3'],
    ['END RequestId: 1'],
    ['INIT_START Runtime Version: python:3.13'],
    [' '],
    ['{"time":"x","type":"platform.start","record":{}}'],
  ])('is noise: %s', (message) => expect(readLogEvent(message)).toEqual({ kind: 'noise' }))

  it('is one report for each call, with what a cold start or an ill end cost', () => {
    const report =
      'REPORT RequestId: 1\tDuration: 3000.00 ms\tBilled Duration: 3000 ms\tMemory Size: 512 MB\tMax Memory Used: 64 MB\tInit Duration: 220.1 ms\tStatus: timeout'
    expect(readLogEvent(report)).toEqual({
      kind: 'report',
      text: '3000.00 ms, 64 of 512 MB, cold start 220.1 ms, timeout',
    })
    const record = { metrics: { durationMs: 2, maxMemoryUsedMB: 64, memorySizeMB: 512 }, status: 'success' }
    expect(readLogEvent(JSON.stringify({ type: 'platform.report', record }))).toEqual({
      kind: 'report',
      text: '2 ms, 64 of 512 MB',
    })
  })

  it('that is JSON says its words first, and what is known from elsewhere not at all', () => {
    const line = {
      requestId: 'r',
      level: 'INFO',
      path: '/a b',
      event: 'request',
      status: 200,
      none: null,
      of: { a: 1 },
    }
    expect(readLogEvent(JSON.stringify(line))).toEqual({
      kind: 'line',
      level: 'info',
      text: 'request path="/a b" status=200 of={"a":1}',
    })
  })

  it('that carries frames has one beneath the other', () => {
    const { text } = readLogEvent('{"level":"error","message":"no","frames":["a.py:1","  b.py:2"],"empty":[]}') as {
      text: string
    }
    expect(text.split('\n')).toEqual(['no empty=[]', '  frames', '    a.py:1', '    b.py:2'])
  })

  it.each(['plain words', '{not json', '{}x', '["a"]'])('that is something else stays as it is: %s', (message) =>
    expect(readLogEvent(message)).toEqual({ kind: 'line', level: undefined, text: message }),
  )
})

describe('SINCE', () => {
  const now = new Date('2025-01-02T03:04:05Z')
  it.each([
    ['30s', '2025-01-02T03:03:35.000Z'],
    ['10m', '2025-01-02T02:54:05.000Z'],
    ['2h', '2025-01-02T01:04:05.000Z'],
    ['1d', '2025-01-01T03:04:05.000Z'],
    ['2025-01-01', '2025-01-01T00:00:00.000Z'],
    ['2025-01-02T03:04:05Z', '2025-01-02T03:04:05.000Z'],
  ])('%s', (given, at) => expect(readSince(given, now).toISOString()).toBe(at))

  it.each(['10', 'm', '10 m', '-1h', 'yesterday', '2025-13-01', '2026-01-01', '999999d'])('is not %s', (given) => {
    const error = thrownBy(() => readSince(given, now))
    expect([error.code, error.message]).toEqual(['Usage', expect.stringContaining(`SINCE=${given} `)])
  })
})
