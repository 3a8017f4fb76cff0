import { Chalk, type ChalkInstance } from 'chalk'
import truncatedWidth from 'fast-string-truncated-width'
import stringWidth from 'fast-string-width'
import { wrapAnsi } from 'fast-wrap-ansi'
import type { Event, Mark, SummaryRow } from './events.js'

const titleWidth = 12
const indentOfText = 4 + titleWidth + 1
const widestLine = 78
const narrowestLine = 40
const timeWidth = 11
const widestBox = 96
const narrowestBox = 72

/**
 * Turns events' facts into lines of at most `columns` characters; colour only when asked for. Without end (Infinity: a
 * pipe, a CI log, a file) nothing is wrapped, so that whole sentences can be searched for.
 */
export interface Layout {
  stepLine(mark: Mark | 'running', title: string, text: string, durationMs?: number): string
  treeLine(mark: Mark, text: string, depth: number): string
  box(title: string, rows: readonly SummaryRow[]): string[]
  failure(event: Extract<Event, { type: 'failure' }>): string[]
  header(title: string, facts: readonly string[]): string
  banner(text: string): string[]
  warning(text: string, hint: string | undefined): string[]
  note(text: string): string[]
}

const symbols: Record<Mark, string> = {
  done: '✓',
  failed: '✗',
  skipped: '–',
  added: '+',
  changed: '~',
  removed: '−',
  plain: '·',
}
export const spinnerFrames = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'] as const

export function makeLayout(columns: number, colour: boolean, frame: () => string = () => '…'): Layout {
  const paint = new Chalk({ level: colour ? 1 : 0 })
  const width = Math.max(narrowestLine, Math.min(columns, widestLine))
  const symbol = (mark: Mark | 'running'): string =>
    mark === 'running' ? paint.cyan(frame()) : paintMark(paint, mark)(symbols[mark])
  const wrap = (text: string, indent: number, most = columns): string[] =>
    wrapAnsi(text, Math.max(20, Math.min(most, columns) - indent), { hard: true, trim: true })
      .split('\n')
      .map((line) => ' '.repeat(indent) + line)
  const labelled = (label: string, text: string): string[] => {
    const [first = '', ...rest] = wrap(text, indentOfText)
    return [`    ${paint.dim(pad(label, titleWidth))} ${first.trimStart()}`, ...rest]
  }
  const closingLines = (code: string, log: string): string[] => {
    if (log === '') return [code]
    const line = `${code} · ${log}`
    return stringWidth(line) <= columns ? [line] : [code, `  ${log}`]
  }
  return {
    stepLine(mark, title, text, durationMs) {
      const time = durationMs === undefined ? '' : formatDuration(durationMs)
      const room = width - indentOfText - (time === '' ? 0 : timeWidth)
      const head = `  ${symbol(mark)} ${pad(paint.bold(title), titleWidth)} `
      const [first = '', ...rest] =
        mark === 'running'
          ? [cut(text, room)]
          : wrapAnsi(text, columns === Infinity ? columns : room, { hard: true }).split('\n')
      const closing = `${head}${pad(first, room)}${paint.dim(time.padStart(timeWidth))}`.trimEnd()
      return [closing, ...rest.map((line) => ' '.repeat(indentOfText) + line)].join('\n')
    },
    treeLine: (mark, text, depth) =>
      `      ${'  '.repeat(depth)}${paint.dim('│')} ${symbol(mark)} ${cut(text, Math.max(20, columns - 10 - 2 * depth))}`,
    box: (title, rows) => drawBox(paint, title, rows, columns),
    failure: ({ error, step, log, next }) => [
      ...(step !== undefined ? [] : wrap(`${paint.red('✗')} ${error.message}`, 2)),
      ...error.facts.flatMap(({ label, text }) => labelled(label, text)),
      ...(error.hint === undefined ? [] : labelled('Fix', error.hint)),
      ...(next === undefined || error.hint?.includes(next) === true ? [] : labelled('Next', next)),
      '',
      ...closingLines(
        `  ${paint.red(error.code)} (exit ${error.exitCode})`,
        log === undefined ? '' : paint.dim(`log ${log}`),
      ),
    ],
    header: (title, facts) => {
      const line = `${paint.bold(title)}${paint.dim(facts.map((fact) => ` · ${fact}`).join(''))}`
      return `\n${wrap(line, 0).join('\n')}\n`
    },
    banner: (text) => wrap(paint.yellow.bold(`▌ ${text}`), 0),
    warning: (text, hint) => wrap(`${paint.yellow('!')} ${text}${hint === undefined ? '' : ` (${hint})`}`, 2),
    note: (text) => wrap(text, 2),
  }
}

function paintMark(paint: ChalkInstance, mark: Mark): ChalkInstance {
  const colours = {
    done: paint.green,
    failed: paint.red,
    skipped: paint.dim,
    added: paint.green,
    changed: paint.cyan,
    removed: paint.yellow,
    plain: paint.dim,
  }
  return colours[mark]
}

/**
 * Text without colour, cut to `width` columns; `limit` is what the library is asked for: it leaves a column too many
 * where a character beyond Latin-1 stands before the cut.
 */
function cut(text: string, width: number, limit = width): string {
  const { index, truncated } = truncatedWidth(text, { limit, ellipsis: '…' })
  const once = truncated ? `${text.slice(0, index)}…` : text
  return stringWidth(once) <= width ? once : cut(text, width, limit - 1)
}

function pad(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - stringWidth(text)))
}

/** In a narrow terminal there is no box: an address that is broken over its lines could not be copied. */
function drawList(paint: ChalkInstance, title: string, rows: readonly SummaryRow[], columns: number): string[] {
  const wrapWords = (text: string, indent: string): string[] =>
    wrapAnsi(text, columns - indent.length, { hard: false, trim: true })
      .split('\n')
      .map((line) => indent + line)
  const lines = rows.flatMap(({ label, text }) => [`  ${paint.dim(label)}`, ...wrapWords(text, '  ')])
  return [...wrapWords(paint.bold(title), ''), ...lines]
}

function drawBox(paint: ChalkInstance, title: string, rows: readonly SummaryRow[], columns: number): string[] {
  if (columns < narrowestBox) return drawList(paint, title, rows, columns)
  const labelWidth = Math.max(0, ...rows.map(({ label }) => stringWidth(label)))
  const wanted = Math.max(stringWidth(title) + 4, ...rows.map(({ text }) => labelWidth + 1 + stringWidth(text)))
  const inner = Math.max(narrowestLine - 4, Math.min(wanted, columns - 4, widestBox))
  const lines = rows.flatMap(({ label, text }) => {
    const room = Math.max(12, inner - labelWidth - 1)
    const [first = '', ...rest] = wrapAnsi(text, room, { hard: true, trim: true }).split('\n')
    return [
      `${paint.dim(pad(label, labelWidth))} ${pad(first, room)}`,
      ...rest.map((line) => `${' '.repeat(labelWidth)} ${pad(line, room)}`),
    ]
  })
  const top = cut(title, inner - 2)
  const edge = paint.green
  return [
    edge(`╭ ${paint.bold(top)} ${'─'.repeat(Math.max(0, inner - stringWidth(top)))}╮`),
    ...lines.map((line) => `${edge('│')} ${pad(line, inner)} ${edge('│')}`),
    edge(`╰${'─'.repeat(inner + 2)}╯`),
  ]
}

/** `0.1 s`, `12.4 s`, `3 min 05 s`. */
export function formatDuration(ms: number): string {
  if (ms < 60_000) return `${(ms / 1000).toFixed(1)} s`
  const seconds = Math.round(ms / 1000)
  return `${Math.floor(seconds / 60)} min ${String(seconds % 60).padStart(2, '0')} s`
}
