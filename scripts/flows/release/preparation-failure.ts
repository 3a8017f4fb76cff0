import { counted } from '../../core/contents.js'
import { DeployError, messageOf } from '../../errors.js'
import type { TargetFunction } from './target-functions.js'

export interface FailedFunction {
  fn: TargetFunction
  error: unknown
}

/** The failure of a function released alone is told as it is; of several each function's own, and none went live. */
export function preparationFailure(failures: readonly FailedFunction[], functions: number): unknown {
  const [first] = failures
  if (functions === 1) return first?.error
  const code = first?.error instanceof DeployError ? first.error.code : 'AwsFailed'
  return new DeployError(code, `${failures.length} of ${counted(functions, 'function')} failed: none went live`, {
    facts: failures.flatMap(({ fn, error }) => [
      { label: fn.logicalId, text: messageOf(error) },
      ...(error === first?.error && error instanceof DeployError ? error.facts : []),
    ]),
    hint: 'correct the code, then the same command again',
    cause: first?.error,
  })
}
