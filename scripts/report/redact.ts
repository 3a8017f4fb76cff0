import { DeployError } from '../errors.js'
import type { Event, Listener } from './events.js'

const shortestSecret = 4

/** Words that say what an event is, not what happened: a password that equals one must not break the renderers. */
const structural = new Set(['type', 'outcome', 'mark'])

/** Replaces every secret that is known by then in whatever an event says, before a renderer or the log file sees it. */
export function redacting(secrets: Iterable<string>, listener: Listener): Listener {
  const clean = cleanerOf(secrets)
  return (event) => listener(cleanEvent(event, clean))
}

/** Replaces every known secret in a text. */
export function cleanerOf(secrets: Iterable<string>): (text: string) => string {
  return (text) =>
    [...secrets]
      .filter((secret) => secret.length >= shortestSecret)
      .reduce((rest, secret) => rest.replaceAll(secret, '••••••'), text)
}

/** The same event with every text of it cleaned. */
export function cleanEvent(event: Event, clean: (text: string) => string): Event {
  if (event.type !== 'failure') {
    const cleaned = Object.entries(event).map(([key, value]) => [
      key,
      structural.has(key) ? value : cleanValue(value, clean),
    ])
    return Object.fromEntries(cleaned) as Event
  }
  const { error, next } = event
  const cleaned = new DeployError(error.code, clean(error.message), {
    ...(error.hint === undefined ? {} : { hint: clean(error.hint) }),
    facts: error.facts.map(({ label, text }) => ({ label: clean(label), text: clean(text) })),
  })
  return { ...event, error: cleaned, ...(next === undefined ? {} : { next: clean(next) }) }
}

function cleanValue(value: unknown, clean: (text: string) => string): unknown {
  if (typeof value === 'string') return clean(value)
  if (Array.isArray(value)) return value.map((inner) => cleanValue(inner, clean))
  if (value === null || typeof value !== 'object') return value
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [clean(key), cleanValue(inner, clean)]))
}
