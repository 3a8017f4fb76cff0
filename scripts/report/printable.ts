import type { Listener } from './events.js'
import { cleanEvent } from './redact.js'

/** Longer than any sentence of ours, shorter than what floods a screen. */
const longestText = 4_000

/** What a terminal obeys instead of showing it: control characters, and marks that reorder text or are not seen. */
const obeyed = /[\p{Cc}\p{Cf}\u2028\u2029]/gu

/** A text that a terminal shows as it is, whoever wrote it: `\u001b[2J` clears no screen. Line ends and tabs stay. */
export function printable(text: string): string {
  return text.replaceAll(obeyed, (character) =>
    character === '\n' || character === '\t'
      ? character
      : `\\u${(character.codePointAt(0) ?? 0).toString(16).padStart(4, '0')}`,
  )
}

function shortened(text: string): string {
  if (text.length <= longestText) return text
  return `${text.slice(0, longestText / 2)} … (${text.length} characters) … ${text.slice(-longestText / 8)}`
}

/** For everything that is read by people: nothing that came from outside moves their cursor. */
export function printing(listener: Listener): Listener {
  return (event) => {
    // A result is what was asked for, whole.
    if (event.type === 'result') return listener({ ...event, text: printable(event.text) })
    listener(cleanEvent(event, (text) => shortened(printable(text))))
  }
}
