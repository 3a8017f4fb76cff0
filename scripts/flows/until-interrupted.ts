import type { Context } from './context.js'

/** Does `round` again and again with a pause between, until Ctrl-C: that is how it ends well. */
export async function untilInterrupted(
  pauseMs: number,
  { ports, signal }: Context,
  round: () => Promise<void>,
): Promise<void> {
  try {
    for (;;) {
      await round()
      await ports.clock.sleep(pauseMs, signal)
    }
  } catch (error) {
    if (!signal.aborted) throw error
  }
}
