import { DeployError, messageOf } from '../errors.js'
import type { Clock } from '../ports.js'
import type { Event, Listener, Mark } from './events.js'

/** What a step may say while it runs. The last `say` or `skip` becomes its closing line. */
export interface Step {
  say(text: string): void
  skip(reason: string): void
  progress(text: string): void
  line(mark: Mark, text: string, depth?: number): void
  /** Output of a tool: the log file keeps it, the screen does not show it. */
  detail(text: string): void
}

export interface Report {
  emit(event: Event): void
  /** From now on this text appears nowhere. */
  hide(secret: string): void
  /** Runs `work` under a title; its duration, closing line and failure are told. */
  step<T>(title: string, work: (step: Step) => Promise<T>): Promise<T>
  /** Title of the step that failed, once one has. */
  failedStep(): string | undefined
}

/** `explain` says what an error that is not ours yet means to a person. */
export function makeReport(
  listeners: readonly Listener[],
  clock: Clock,
  secrets: Set<string> = new Set(),
  explain: (error: unknown) => string = messageOf,
): Report {
  let failed: string | undefined
  const emit = (event: Event): void => {
    for (const listener of listeners) listener(event)
  }
  return {
    emit,
    hide: (secret) => secrets.add(secret),
    failedStep: () => failed,
    async step(title, work) {
      const started = clock.now().getTime()
      let closing: { outcome: 'done' | 'skipped'; text: string } = { outcome: 'done', text: '' }
      const end = (outcome: 'done' | 'skipped' | 'failed', text: string): void =>
        emit({ type: 'step-ended', title, outcome, text, durationMs: clock.now().getTime() - started })
      emit({ type: 'step-started', title })
      try {
        const value = await work({
          say: (text) => (closing = { outcome: 'done', text }),
          skip: (text) => (closing = { outcome: 'skipped', text }),
          progress: (text) => emit({ type: 'step-progress', title, text }),
          line: (mark, text, depth = 0) => emit({ type: 'step-line', title, mark, text, depth }),
          detail: (text) => emit({ type: 'step-detail', title, text }),
        })
        end(closing.outcome, closing.text)
        return value
      } catch (error) {
        failed ??= title
        end('failed', error instanceof DeployError ? error.message : explain(error))
        throw error
      }
    },
  }
}
