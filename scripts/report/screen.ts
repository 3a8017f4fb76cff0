import { jsonListener } from './json.js'
import { makeLayout } from './layout.js'
import type { LogFile } from './log-file.js'
import type { Listener } from './events.js'
import { printing } from './printable.js'
import { redacting } from './redact.js'
import { type Screen, plainListener, terminalListener } from './terminal.js'

export interface ScreenOptions {
  json: boolean
  colour: boolean
  /** A person at a terminal: animation, and lines as wide as the terminal. */
  animated: boolean
  columns: number
  screen: Screen
}

/** What hears the events of a run: the screen as it fits who is looking, and the log file; secrets never reach either. */
export function listenersFor(options: ScreenOptions, secrets: Iterable<string>, log?: LogFile): Listener[] {
  const { json, colour, animated, columns, screen } = options
  const shown = json
    ? jsonListener(screen)
    : animated
      ? printing(terminalListener(screen, (frame) => makeLayout(columns, colour, frame)))
      : printing(plainListener(screen, makeLayout(Infinity, colour)))
  const all = log === undefined ? [shown] : [shown, printing(log.listener)]
  return all.map((listener) => redacting(secrets, listener))
}
