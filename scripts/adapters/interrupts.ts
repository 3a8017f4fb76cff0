import { setMaxListeners } from 'node:events'
import { DeployError } from '../errors.js'

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const
/** What takes longer to stop is told of, and of the way to leave it. */
const quietStopMs = 1_000

export interface Interrupts {
  /** Aborted by the first Ctrl-C. */
  signal: AbortSignal
  /** From here on the signals do again what they do by default. */
  close(): void
}

/** The first Ctrl-C stops in order, the second calls `leave`, which must end the process. */
export function listenForInterrupts(tell: (text: string) => void, leave: () => void): Interrupts {
  const controller = new AbortController()
  // Thirty functions wait under one signal: that is no leak.
  setMaxListeners(0, controller.signal)
  let stopping: NodeJS.Timeout | undefined
  const onSignal = (): void => {
    if (controller.signal.aborted) return leave()
    stopping = setTimeout(() => tell('stopping in order; once more leaves at once'), quietStopMs)
    controller.abort(
      new DeployError('Interrupted', 'stopped on request', {
        hint: 'what AWS has begun goes on there; the same command again waits for it and continues',
      }),
    )
  }
  for (const signal of signals) process.on(signal, onSignal)
  return {
    signal: controller.signal,
    close() {
      clearTimeout(stopping)
      for (const signal of signals) process.off(signal, onSignal)
    },
  }
}
