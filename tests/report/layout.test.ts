import { stripVTControlCharacters } from 'node:util'
import { describe, expect, it } from '@jest/globals'
import stringWidth from 'string-width'
import { DeployError } from '../../scripts/errors.js'
import type { Mark } from '../../scripts/report/events.js'
import { formatDuration, makeLayout } from '../../scripts/report/layout.js'

const long = 'a sentence of many words that goes on and on until it has to be broken somewhere, '.repeat(3)
const url = 'http://127.0.0.1:4566/restapis/abcdef1234/dev/_user_request_/health'
const wide = '日本語の組織名はとても長いです 🏥🧪📦 '.repeat(4)
const rows = [
  { label: 'API', text: `${url}   healthy, answered by release 7` },
  { label: 'Sign-in', text: 'pool us-east-1_abcdefghi  client 1234567890abcdefghijklmnop' },
  { label: 'Page', text: wide },
  { label: '', text: '' },
]
const title = 'dev/demo is live ─ release 7 ─ 9.8 s'
const failure = new DeployError('StackFailed', 'failed and rolled back: the stack is as it was', {
  facts: [
    { label: 'Cause', text: 'FormsBucket, AWS::S3::Bucket, template.yaml:88' },
    { label: '', text: 'rawscribe-forms-dev-demo-000000000000 already exists' },
  ],
  hint: 'it lives outside this stack: CREATE_BUCKETS=false uses it as it is',
})
const failed = (error: DeployError, inStep: boolean, logFile: string | undefined) =>
  ({
    type: 'failure',
    error,
    step: inStep ? 'Deploy' : undefined,
    log: logFile,
    next: 'make rs-up ENV=dev ORG=demo',
  }) as const
const log = '.rs/logs/2025-01-02T03-04-05-000Z-rs-deploy-12345.log'
const marks: Mark[] = ['done', 'failed', 'skipped', 'added', 'changed', 'removed', 'plain']
const terminals = [40, 80, 200].flatMap((columns) => [true, false].map((colour) => ({ columns, colour })))
const plainLines = (lines: readonly string[]): string[] =>
  lines.flatMap((line) => stripVTControlCharacters(line).split('\n'))

/** A line may be wider than the terminal only when it is one word, which nobody could copy if it were broken. */
function tooWide(lines: readonly string[], columns: number): string[] {
  return plainLines(lines).filter((line) => stringWidth(line) > columns && /\S\s+\S/.test(line))
}

/** Lines of more than one word: a single long one (an address) is never broken in a list. */
const breakable = (lines: readonly string[]): string[] =>
  lines.filter((line) => plainLines([line])[0]!.trim().includes(' '))

describe.each(terminals)('at $columns columns, colour $colour', ({ columns, colour }) => {
  const layout = makeLayout(columns, colour, () => '⠋')

  it('no step line is wider than the terminal', () => {
    const texts = ['', 'short', long, url]
    for (const mark of [...marks, 'running'] as const) {
      const lines = texts.map((text) => layout.stepLine(mark, 'Change set', text, 12_400))
      expect(tooWide(lines, columns)).toEqual([])
    }
    for (const text of [long, '1 → 2 '.repeat(40), 'the stack’s ─ own … '.repeat(20), '日本→'.repeat(60)]) {
      const running = layout.stepLine('running', 'Deploy', text, 1)
      expect(stringWidth(running)).toBeLessThanOrEqual(columns)
      expect(running).not.toContain('\n')
    }
  })

  it('step lines are aligned: one column for texts, one for times', () => {
    const lines = plainLines(
      (['done', 'skipped', 'failed', 'running'] as const).map((mark, i) =>
        layout.stepLine(mark, ['Check', 'Build', 'Change set', 'Deploy'][i]!, 'text', [100, 59_000, 9_900, 0][i]!),
      ),
    )
    expect(lines.map((line) => line.indexOf('text'))).toEqual([17, 17, 17, 17])
    expect(new Set(lines.map((line) => stringWidth(line))).size).toBe(1)
  })

  it('a step of more than a minute is aligned with the others', () => {
    const [short, long] = [9_900, 125_000].map((ms) => stringWidth(layout.stepLine('done', 'Deploy', 'text', ms)))
    expect(long).toBe(short)
  })

  it('the rest of a long step stands under its beginning', () => {
    const [first, ...rest] = plainLines([layout.stepLine('failed', 'Deploy', 'one two '.repeat(40), 100)])
    expect(first).toMatch(/^ {2}✗ Deploy {7}one/)
    expect(rest.length).toBeGreaterThan(1)
    for (const line of rest) expect(line).toMatch(/^ {17}\S/)
  })

  it('nothing else is wider than the terminal', () => {
    const lines = [
      ...marks.flatMap((mark) => [0, 1, 2].map((depth) => layout.treeLine(mark, long, depth))),
      ...layout.banner(long),
      ...layout.warning(long, 'what to do about it'),
      ...layout.note(long),
      ...breakable(layout.box(title, rows)),
      ...breakable(layout.box(long, rows)),
    ]
    expect(tooWide(lines, columns)).toEqual([])
  })

  it('wide characters that are cut off or broken are counted as two columns', () => {
    const lines = [
      ...marks.map((mark) => layout.stepLine(mark, 'Deploy', wide, 12_400)),
      layout.stepLine('running', 'Deploy', wide, 12_400),
      layout.treeLine('done', wide, 0),
      layout.treeLine('done', wide, 1),
      ...breakable(layout.box(wide, rows)),
      ...layout.note(wide),
    ]
    expect(plainLines(lines).filter((line) => stringWidth(line) > columns)).toEqual([])
  })

  it('the header is not wider than the terminal', () => {
    expect(tooWide([layout.header('rawscribe dev/demo', ['local AWS', '000000000000', 'us-east-1'])], columns)).toEqual(
      [],
    )
  })

  it('a failure is not wider than the terminal', () => {
    // The path of the log is one word: it is copied, so it is never broken.
    const wrapped = [true, false].flatMap((inStep) => layout.failure(failed(failure, inStep, log)))
    const lines = wrapped.filter((line) => !line.includes('log .rs/') || line.includes('·'))
    expect(tooWide(lines, columns)).toEqual([])
  })

  it('the borders of a box are aligned, also around wrapped and wide text', () => {
    const lines = plainLines(layout.box(title, rows))
    // Narrow terminals get a list, so that no address is broken.
    if (columns < 72) return expect(lines.join('\n')).not.toMatch(/[╭│╯]/)
    expect(new Set(lines.map((line) => stringWidth(line))).size).toBe(1)
    expect(lines[0]).toMatch(/^╭ .*╮$/)
    expect(lines.at(-1)).toMatch(/^╰─+╯$/)
    for (const line of lines.slice(1, -1)) expect(line).toMatch(/^│ .* │$/)
  })

  it('a box loses nothing of what it holds', () => {
    const text = plainLines(layout.box(title, rows)).join('').replaceAll(/[│\s]/g, '')
    for (const row of rows.slice(0, 2)) expect(text).toContain(row.text.replaceAll(/\s/g, ''))
  })

  it('a failure loses nothing of what it says', () => {
    const text = plainLines(layout.failure(failed(failure, false, log)))
      .join('')
      .replaceAll(/\s/g, '')
    for (const said of [failure.message, failure.hint!, 'template.yaml:88', 'StackFailed(exit5)', log]) {
      expect(text).toContain(said.replaceAll(/\s/g, ''))
    }
  })

  it('colour is there only when asked for, and changes no character', () => {
    const shown = [layout.stepLine('failed', 'Deploy', long, 5), ...layout.failure(failed(failure, false, log))]
    const plain = makeLayout(columns, false)
    expect(/\u001B\[/.test(shown.join('\n'))).toBe(colour)
    expect(shown.map(stripVTControlCharacters)).toEqual([
      plain.stepLine('failed', 'Deploy', long, 5),
      ...plain.failure(failed(failure, false, log)),
    ])
  })
})

describe('a failure', () => {
  it('ends within ten lines at 80 columns, its step line and cause first', () => {
    const layout = makeLayout(80, false)
    const lines = plainLines([
      layout.stepLine('failed', 'Deploy', failure.message, 12_400),
      ...layout.failure(failed(failure, true, log)),
    ])
    expect(lines.length).toBeLessThanOrEqual(10)
    expect(lines[0]).toMatch(/✗ Deploy {7}failed and rolled back: the stack is as it was\s+12\.4 s$/)
    expect(lines[1]).toBe('    Cause        FormsBucket, AWS::S3::Bucket, template.yaml:88')
    expect(lines[2]).toBe('                 rawscribe-forms-dev-demo-000000000000 already exists')
    expect(lines[3]).toMatch(/^ {4}Fix {10}it lives outside this stack: CREATE_BUCKETS=false/)
  })

  it('outside of any step says its message first, inside only once', () => {
    const layout = makeLayout(80, false)
    expect(layout.failure(failed(failure, false, undefined))[0]).toContain(failure.message)
    expect(layout.failure(failed(failure, true, undefined)).join('\n')).not.toContain(failure.message)
  })

  it('names code word and exit code even without hint, facts and log', () => {
    const bare = makeLayout(80, false).failure(failed(new DeployError('Usage', 'wrong'), false, undefined))
    expect(bare.at(-1)).toBe('  Usage (exit 2)')
  })
})

describe('a line for a log or a pipe', () => {
  it('is as long as its text', () => {
    const layout = makeLayout(Infinity, false)
    expect(layout.stepLine('done', 'Check', long.trim(), 5)).toContain(long.trim())
    expect(layout.note(long.trim())).toHaveLength(1)
  })
})

describe('a duration', () => {
  it.each([
    [0, '0.0 s'],
    [140, '0.1 s'],
    [12_400, '12.4 s'],
    [60_000, '1 min 00 s'],
    [185_000, '3 min 05 s'],
    [119_900, '2 min 00 s'],
  ])('of %d ms is %s', (ms, text) => expect(formatDuration(ms)).toBe(text))
})
