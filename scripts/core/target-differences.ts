import { configChanges } from './config-diff.js'
import type { JsonObject } from './config-merge.js'
import { entryChanges, isSecretName } from './input-changes.js'

/** What is compared of a target. */
export interface TargetSide {
  /** Status of its stack, or `NO_STACK`. */
  stack: string
  health: string
  /** Hash of the template of its last live release. */
  template: string
  /** CodeSha256 by logical id. */
  code: Readonly<Record<string, string>>
  parameters: Readonly<Record<string, string>>
  /** As it was uploaded. */
  config: JsonObject
}

export interface Difference {
  part: keyof TargetSide
  name: string
  /** Undefined: not there, or a secret. */
  left: string | undefined
  right: string | undefined
}

export const comparedParts = ['stack', 'health', 'template', 'code', 'parameters', 'config'] as const

/** What differs between two targets; values of secrets are left out, and what names the target itself never counts. */
export function differencesBetween(left: TargetSide, right: TargetSide, own: readonly string[]): Difference[] {
  const single = (['stack', 'health', 'template'] as const).flatMap((part): Difference[] =>
    left[part] === right[part] ? [] : [{ part, name: part, left: left[part], right: right[part] }],
  )
  const without = (all: Readonly<Record<string, string>>): Record<string, string> =>
    Object.fromEntries(Object.entries(all).filter(([name]) => !own.includes(name)))
  const groups = [
    ['code', entryChanges(left.code, right.code)],
    ['parameters', entryChanges(without(left.parameters), without(right.parameters), isSecretName)],
    ['config', configChanges(left.config, right.config)],
  ] as const
  const listed = groups.flatMap(([part, changes]) =>
    changes.map(({ name, was, now }): Difference => ({ part, name, left: was, right: now })),
  )
  return [...single, ...listed]
}
