/** One change of a change set, as CloudFormation tells it (API reference, ResourceChange). */
export interface ResourceChange {
  /** `Dynamic`: CloudFormation does not know yet what it will do. */
  action: 'Add' | 'Modify' | 'Remove' | 'Import' | 'Dynamic' | 'SyncWithActual'
  logicalId: string
  physicalId: string | undefined
  type: string
  replacement: 'True' | 'False' | 'Conditional' | undefined
  /** Names of the properties that change, and those of them that make the resource be created anew. */
  properties: string[]
  recreating: string[]
  /** What becomes of the old resource, where CloudFormation says it. */
  policyAction:
    'Delete' | 'Retain' | 'Snapshot' | 'ReplaceAndDelete' | 'ReplaceAndRetain' | 'ReplaceAndSnapshot' | undefined
  /** What changes to what, where CloudFormation says it. */
  values?: PropertyValue[]
  /** The change set of a nested stack, where this resource is one. */
  nestedSet?: string | undefined
}

export interface PropertyValue {
  /** Name of the property, and its place inside it: `Tags`, `/Properties/Tags/0/Value`. */
  name: string
  path: string
  /** Undefined where there was or will be none. CloudFormation cuts long ones. */
  before: string | undefined
  after: string | undefined
}

/** `2 changed, 1 added, nothing removed`. */
export function summarizeChanges(changes: readonly ResourceChange[]): string {
  const count = (...actions: ResourceChange['action'][]): number =>
    changes.filter(({ action }) => actions.includes(action)).length
  const replaced = changes.filter((change) => change.action === 'Modify' && change.replacement === 'True').length
  const parts = [
    `${count('Modify', 'Dynamic', 'SyncWithActual')} changed`,
    `${count('Add', 'Import')} added`,
    ...(replaced > 0 ? [`${replaced} of them replaced`] : []),
    count('Remove') === 0 ? 'nothing removed' : `${count('Remove')} removed`,
  ]
  return parts.join(', ')
}
