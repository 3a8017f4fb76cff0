import type { Event, Listener } from './events.js'
import { type Layout, spinnerFrames } from './layout.js'

/** Where a renderer writes: `out` is standard output (results), `err` standard error (all else). */
export interface Screen {
  out(text: string): void
  err(text: string): void
  /** Whether standard output is a terminal, on which a result may take the place of another. */
  redraws?: boolean
}

const frameEveryMs = 100
const clearLine = '\r\u001B[2K'
const clearScreen = '\u001B[H\u001B[2J'
/** Between two results of which the second is a later state of the first. */
const separator = '---\n'

/** For a person at a terminal: one line per step, the running one animated, everything finished stays as it is. */
export function terminalListener(screen: Screen, layoutWith: (frame: () => string) => Layout): Listener {
  let frameNumber = 0
  const layout = layoutWith(() => spinnerFrames[frameNumber % spinnerFrames.length] ?? '')
  let running: { title: string; text: string; since: number; timer: NodeJS.Timeout } | undefined

  const draw = (): void => {
    if (running === undefined) return
    frameNumber++
    screen.err(clearLine + layout.stepLine('running', running.title, running.text, Date.now() - running.since))
  }
  const settle = (): void => {
    if (running === undefined) return
    clearInterval(running.timer)
    running = undefined
    screen.err(clearLine)
  }
  const write = (lines: readonly string[]): void => {
    if (running !== undefined) screen.err(clearLine)
    screen.err(lines.map((line) => `${line}\n`).join(''))
    draw()
  }
  return (event) => {
    switch (event.type) {
      case 'step-started': {
        settle()
        const timer = setInterval(draw, frameEveryMs)
        timer.unref()
        running = { title: event.title, text: '', since: Date.now(), timer }
        return draw()
      }
      case 'step-progress':
        if (running !== undefined) running.text = event.text
        return draw()
      case 'step-ended':
        settle()
        return write([layout.stepLine(event.outcome, event.title, event.text, event.durationMs)])
      case 'failure':
        settle()
        return write(linesOf(event, layout))
      case 'result':
        settle()
        return screen.out(`${before(event, screen.redraws === true)}${lineOf(event)}`)
      case 'header':
      case 'banner':
      case 'step-line':
      case 'step-detail':
      case 'note':
      case 'warning':
      case 'summary':
        return write(linesOf(event, layout))
      default:
        return unreachable(event)
    }
  }
}

function before({ again = false }: Extract<Event, { type: 'result' }>, redraws: boolean): string {
  return again ? (redraws ? clearScreen : separator) : ''
}

/** An empty list is no line: whoever counts lines counts none. */
function lineOf({ text }: Extract<Event, { type: 'result' }>): string {
  return text === '' ? '' : `${text}\n`
}

/** For CI and pipes: the same lines, each written once, without colour or animation. */
export function plainListener(screen: Screen, layout: Layout): Listener {
  return (event) => {
    if (event.type === 'result') return screen.out(`${before(event, false)}${lineOf(event)}`)
    screen.err(
      linesOf(event, layout)
        .map((line) => `${line}\n`)
        .join(''),
    )
  }
}

/** The lines that an event leaves behind; progress leaves none. */
export function linesOf(event: Exclude<Event, { type: 'result' }>, layout: Layout): string[] {
  switch (event.type) {
    case 'header':
      return layout.header(event.title, [event.cloud, event.account, event.region]).split('\n')
    case 'banner':
      return layout.banner(event.text)
    case 'step-started':
    case 'step-progress':
    case 'step-detail':
      return []
    case 'step-line':
      return [layout.treeLine(event.mark, event.text, event.depth)]
    case 'step-ended':
      return [layout.stepLine(event.outcome, event.title, event.text, event.durationMs)]
    case 'note':
      return layout.note(event.text)
    case 'warning':
      return layout.warning(event.text, event.hint)
    case 'summary':
      return ['', ...layout.box(event.title, event.rows), ...event.next.map((next) => `Next: ${next}`)]
    case 'failure':
      return layout.failure(event)
    default:
      return unreachable(event)
  }
}

function unreachable(event: never): never {
  throw new Error(`an event that no renderer knows: ${JSON.stringify(event)}`)
}
