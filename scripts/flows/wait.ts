import { doubling } from '../core/backoff.js'
import { DeployError } from '../errors.js'
import type { Context } from './context.js'

export interface Wait {
  /** What is waited for, as it continues "waited 60 s for …". */
  what: string
  firstMs: number
  /** How often to ask at the first pace before the pauses double. */
  steadyTimes?: number
  limitMs: number
  deadlineMs: number
  hint: string
}

/** Asks until the answer is not undefined. Throws ToolFailed at the deadline, and the abort's reason at once. */
export async function waitUntil<T>(
  wait: Wait,
  { ports, signal }: Context,
  ask: () => Promise<T | undefined>,
): Promise<T> {
  const started = ports.clock.now().getTime()
  for (const pauseMs of doubling(wait.firstMs, wait.limitMs, wait.steadyTimes)) {
    const answer = await ask()
    if (answer !== undefined) return answer
    const spentMs = ports.clock.now().getTime() - started
    if (spentMs + pauseMs > wait.deadlineMs) {
      throw new DeployError('ToolFailed', `waited ${Math.round(spentMs / 1000)} s for ${wait.what}, in vain`, {
        hint: wait.hint,
      })
    }
    await ports.clock.sleep(pauseMs, signal)
  }
  throw new DeployError('Bug', 'a wait without end ended')
}
