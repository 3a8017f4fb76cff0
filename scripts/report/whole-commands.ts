import type { Inputs } from '../core/inputs.js'
import { type Callables, withPlace } from '../core/next-command.js'
import { DeployError } from '../errors.js'
import type { Event, Listener } from './events.js'

/** Every command that an event tells a person to type acts on the target, the cloud and the project of this run. */
export function withWholeCommands(inputs: Inputs, table: Callables, listener: Listener): Listener {
  const whole = (text: string): string => withPlace(text, inputs, table)
  return (event) => listener(completed(event, whole))
}

function completed(event: Event, whole: (text: string) => string): Event {
  switch (event.type) {
    case 'note':
      return { ...event, text: whole(event.text) }
    case 'warning':
      return { ...event, text: whole(event.text), ...(event.hint === undefined ? {} : { hint: whole(event.hint) }) }
    case 'summary':
      return { ...event, next: event.next.map(whole) }
    case 'result':
      return { ...event, text: event.text.replaceAll(/^(?:Next:|Fix|More|Now) .*$/gm, whole) }
    case 'failure': {
      const { code, message, hint, facts, cause } = event.error
      const details = { facts: facts.map(({ label, text }) => ({ label, text: whole(text) })), cause }
      const next = event.next === undefined ? {} : { next: whole(event.next) }
      const error = new DeployError(code, message, { ...details, ...(hint === undefined ? {} : { hint: whole(hint) }) })
      return { ...event, ...next, error }
    }
    default:
      return event
  }
}
