/** One change of a change set, as CloudFormation tells it (API reference, ResourceChange). */
export interface ResourceChange {
  action: 'Add' | 'Modify' | 'Remove' | 'Import' | 'Dynamic'
  logicalId: string
  physicalId: string | undefined
  type: string
  replacement: 'True' | 'False' | 'Conditional' | undefined
  /** Names of the properties that change. */
  properties: string[]
}

/** `2 change, 1 added, nothing removed`. */
export function summarizeChanges(changes: readonly ResourceChange[]): string {
  const count = (action: ResourceChange['action']): number =>
    changes.filter((change) => change.action === action).length
  const replaced = changes.filter((change) => change.action === 'Modify' && change.replacement === 'True').length
  const parts = [
    `${count('Modify')} change`,
    `${count('Add') + count('Import')} added`,
    ...(replaced > 0 ? [`${replaced} of them replaced`] : []),
    count('Remove') === 0 ? 'nothing removed' : `${count('Remove')} REMOVED`,
  ]
  return parts.join(', ')
}

type ChangeMark = 'added' | 'changed' | 'removed'
const marks: Record<ResourceChange['action'], ChangeMark> = {
  Remove: 'removed',
  Modify: 'changed',
  Dynamic: 'changed',
  Import: 'added',
  Add: 'added',
}
const order: ResourceChange['action'][] = ['Remove', 'Modify', 'Dynamic', 'Import', 'Add']

/** One line per change, what goes first; `properties` tells what of a resource changes. */
export function changeLines(changes: readonly ResourceChange[]): { mark: ChangeMark; text: string }[] {
  return [...changes]
    .sort((a, b) => order.indexOf(a.action) - order.indexOf(b.action) || (a.logicalId < b.logicalId ? -1 : 1))
    .map((change) => {
      const replaced =
        change.replacement === 'True' ? ' REPLACED' : change.replacement === 'Conditional' ? ' maybe replaced' : ''
      const what = change.properties.length === 0 ? '' : ` (${change.properties.join(', ')})`
      const text = `${change.logicalId}  ${change.type}${replaced}${what}`
      return { mark: marks[change.action], text }
    })
}
