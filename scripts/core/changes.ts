/** One change of a change set, as CloudFormation tells it (API reference, ResourceChange). */
export interface ResourceChange {
  action: 'Add' | 'Modify' | 'Remove' | 'Import' | 'Dynamic'
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
}

/** `2 change, 1 added, nothing removed`. */
export function summarizeChanges(changes: readonly ResourceChange[]): string {
  const count = (action: ResourceChange['action']): number =>
    changes.filter((change) => change.action === action).length
  const replaced = changes.filter((change) => change.action === 'Modify' && change.replacement === 'True').length
  const parts = [
    `${count('Modify')} changed`,
    `${count('Add') + count('Import')} added`,
    ...(replaced > 0 ? [`${replaced} of them replaced`] : []),
    count('Remove') === 0 ? 'nothing removed' : `${count('Remove')} removed`,
  ]
  return parts.join(', ')
}
