import type { Prompts } from '../ports.js'

/** Questions at a terminal; `interactive` is false where nobody can answer (CI, pipes, JSON). */
export function makePrompts(interactive: boolean): Prompts {
  return {
    interactive,
    async ask(text) {
      const { question } = await import('zx')
      return question(text)
    },
  }
}
