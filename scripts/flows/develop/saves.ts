import type { Clock } from '../../ports.js'

/** Saves as they come in; whoever takes them gets all since the last time. */
export interface Saves {
  add(file: string): void
  /** Waits for a save, then until nothing was saved for a moment. Rejects with the signal's reason. */
  take(): Promise<string[]>
}

/** An editor's "save all", a formatter and a branch switch are one save. */
const quietMs = 40
const longestMs = 1_000

export function collectSaves(clock: Clock, signal: AbortSignal): Saves {
  let files: string[] = []
  let wake: (() => void) | undefined
  const firstSave = (): Promise<void> =>
    new Promise((resolve, reject) => {
      signal.throwIfAborted()
      const stop = (): void => reject(signal.reason as Error)
      signal.addEventListener('abort', stop, { once: true })
      wake = () => {
        signal.removeEventListener('abort', stop)
        resolve()
      }
    })
  return {
    add(file) {
      files.push(file)
      wake?.()
    },
    async take() {
      signal.throwIfAborted()
      if (files.length === 0) await firstSave()
      const started = clock.now().getTime()
      for (let seen = -1; seen !== files.length && clock.now().getTime() - started < longestMs;) {
        seen = files.length
        await clock.sleep(quietMs, signal)
      }
      const taken = files
      files = []
      return taken
    },
  }
}
