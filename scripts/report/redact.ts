import { DeployError } from '../errors.js'
import type { Event, Listener } from './events.js'

const shortestSecret = 4

/** Replaces every known secret in whatever an event says, before any renderer or the log file sees it. */
export function redacting(secrets: readonly string[], listener: Listener): Listener {
  const known = secrets.filter((secret) => secret.length >= shortestSecret)
  if (known.length === 0) return listener
  const clean = (text: string): string => known.reduce((rest, secret) => rest.replaceAll(secret, '••••••'), text)
  return (event) => listener(cleanEvent(event, clean))
}

function cleanEvent(event: Event, clean: (text: string) => string): Event {
  if (event.type !== 'failure') return cleanValue(event, clean) as Event
  const { error } = event
  const cleaned = new DeployError(error.code, clean(error.message), {
    ...(error.hint === undefined ? {} : { hint: clean(error.hint) }),
    facts: error.facts.map(({ label, text }) => ({ label, text: clean(text) })),
  })
  return { ...event, error: cleaned }
}

function cleanValue(value: unknown, clean: (text: string) => string): unknown {
  if (typeof value === 'string') return clean(value)
  if (Array.isArray(value)) return value.map((inner) => cleanValue(inner, clean))
  if (value === null || typeof value !== 'object') return value
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, cleanValue(inner, clean)]))
}
