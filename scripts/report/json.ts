import type { Event, Listener } from './events.js'
import type { Screen } from './terminal.js'

/** For programs: every event that carries a fact is one JSON object per line on standard output. */
export function jsonListener(screen: Screen): Listener {
  return (event) => {
    const fact = factOf(event)
    if (fact !== undefined) screen.out(`${JSON.stringify(fact)}\n`)
  }
}

function factOf(event: Event): Record<string, unknown> | undefined {
  switch (event.type) {
    case 'step-progress':
    case 'step-detail':
      return undefined
    case 'failure':
      return {
        type: 'failure',
        code: event.error.code,
        exitCode: event.error.exitCode,
        message: event.error.message,
        facts: event.error.facts,
        hint: event.error.hint,
        next: event.next,
        step: event.step,
        log: event.log,
      }
    case 'summary':
      return { type: 'summary', title: event.title, ...event.data }
    case 'result':
      return { type: 'result', data: event.data }
    case 'header':
    case 'banner':
    case 'step-started':
    case 'step-line':
    case 'step-ended':
    case 'note':
    case 'warning':
      return event
  }
}
