import { isThere } from './resource-status.js'
import { isStateful, outlivesRemoval } from './stateful.js'
import type { Template } from './template.js'

const staying = ['Retain', 'RetainExceptOnCreate']

interface Removable {
  logicalId: string
  type: string
  status: string
}

export interface StackRemoval<Resource> {
  /** Resources that the deletion of the stack deletes. */
  goes: Resource[]
  /** Resources that it lets go of and leaves as they are. */
  stays: Resource[]
  /** Those that go although they hold data: nothing in the template keeps them, not even a snapshot. */
  losing: Resource[]
}

/** What the deletion of a stack does with its resources, by the DeletionPolicy of its processed template. */
export function planStackRemoval<Resource extends Removable>(
  resources: readonly Resource[],
  template: Template,
): StackRemoval<Resource> {
  const policy = ({ logicalId }: Resource): string => template.Resources[logicalId]?.DeletionPolicy ?? 'Delete'
  const alive = resources.filter(isThere)
  const goes = alive.filter((one) => !staying.includes(policy(one)))
  return {
    goes,
    stays: alive.filter((one) => staying.includes(policy(one))),
    losing: goes.filter((one) => isStateful(one.type) && !outlivesRemoval(one.type, { DeletionPolicy: policy(one) })),
  }
}
