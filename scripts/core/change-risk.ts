import type { ResourceChange } from './changes.js'
import { isStateful } from './stateful.js'
import type { Template } from './template.js'

/** How much a change can cost, the most dangerous first. */
export const changeClasses = [
  'stateful-removing',
  'stateful-replacing',
  'stateful-in-place',
  'removing-stateless',
  'replacing-stateless',
  'configuration',
  'code',
  'additive',
] as const

export type ChangeClass = (typeof changeClasses)[number]

export interface RatedChange {
  change: ResourceChange
  class: ChangeClass
  /** Whether the old resource stays (retained or as a snapshot) although the stack lets go of it. */
  kept: boolean
  /** The properties that cause a replacement. */
  causes: string[]
}

export interface Templates {
  /** What is deployed; undefined for a first deployment. Its DeletionPolicy decides what a removal does. */
  before: Template | undefined
  /** What the change set deploys. Its UpdateReplacePolicy decides what a replacement does. */
  after: Template
}

const codeProperties = new Set(['Code', 'Content', 'Layers'])
const keptPolicies = new Set(['Retain', 'RetainExceptOnCreate', 'Snapshot'])

/** Rates every change, the most dangerous first. */
export function rateChanges(changes: readonly ResourceChange[], templates: Templates): RatedChange[] {
  return changes
    .map((change) => rateChange(change, templates))
    .sort(
      (a, b) =>
        changeClasses.indexOf(a.class) - changeClasses.indexOf(b.class) ||
        (a.change.logicalId < b.change.logicalId ? -1 : 1),
    )
}

function rateChange(change: ResourceChange, templates: Templates): RatedChange {
  const stateful = isStateful(change.type)
  if (change.action === 'Remove') {
    const kept = isKept(change, templates.before?.Resources[change.logicalId]?.DeletionPolicy)
    return { change, class: stateful ? 'stateful-removing' : 'removing-stateless', kept, causes: [] }
  }
  if (change.action === 'Add' || change.action === 'Import')
    return { change, class: 'additive', kept: true, causes: [] }
  if (mayReplace(change)) {
    const kept = isKept(change, templates.after.Resources[change.logicalId]?.UpdateReplacePolicy)
    const causes = change.recreating.length > 0 ? change.recreating : change.properties
    return { change, class: stateful ? 'stateful-replacing' : 'replacing-stateless', kept, causes }
  }
  if (stateful) return { change, class: 'stateful-in-place', kept: true, causes: [] }
  const onlyCode = change.properties.length > 0 && change.properties.every((name) => codeProperties.has(name))
  return { change, class: onlyCode ? 'code' : 'configuration', kept: true, causes: [] }
}

/** A dynamic reference that "may" replace counts as replacing: CloudFormation itself does not know yet. */
function mayReplace({ replacement, policyAction }: ResourceChange): boolean {
  return replacement === 'True' || replacement === 'Conditional' || policyAction?.startsWith('ReplaceAnd') === true
}

/** CloudFormation's own word (PolicyAction) counts before the templates'. */
function isKept(change: ResourceChange, policy: string | undefined): boolean {
  const { policyAction } = change
  if (policyAction === 'Delete' || policyAction === 'ReplaceAndDelete') return false
  if (policyAction !== undefined) return true
  return policy !== undefined && keptPolicies.has(policy)
}

/** The changes by which something would be lost for good. */
export function lossesOf(rated: readonly RatedChange[]): RatedChange[] {
  return rated.filter(
    ({ class: kind, kept }) => !kept && (kind === 'stateful-removing' || kind === 'stateful-replacing'),
  )
}

export type ChangeMark = 'added' | 'changed' | 'removed' | 'failed'

/** One line per change, the most dangerous first; what holds data and goes is said in capitals. */
export function ratedLines(rated: readonly RatedChange[]): { mark: ChangeMark; text: string }[] {
  return rated.map(({ change, class: kind, kept, causes }) => {
    const name = `${change.logicalId}  ${change.type}`
    const fate = kept ? 'the old one is kept' : 'with its data'
    switch (kind) {
      case 'stateful-removing':
        return { mark: kept ? 'removed' : 'failed', text: `${name}  ${kept ? 'leaves the stack' : 'REMOVED'}, ${fate}` }
      case 'stateful-replacing':
        return {
          mark: kept ? 'changed' : 'failed',
          text: `${name}  ${kept ? 'may be replaced' : 'REPLACED'} (${causes.join(', ')}), ${fate}`,
        }
      case 'removing-stateless':
        return { mark: 'removed', text: name }
      case 'replacing-stateless':
        return { mark: 'changed', text: `${name}  may be replaced (${causes.join(', ')})` }
      case 'additive':
        return { mark: 'added', text: name }
      case 'stateful-in-place':
      case 'configuration':
      case 'code':
        return {
          mark: 'changed',
          text: `${name}${change.properties.length === 0 ? '' : `  (${change.properties.join(', ')})`}`,
        }
    }
  })
}

/** Logical ids of stateful resources that a template would not keep: no Retain on removal or on replacement. */
export function unprotectedResources(template: Template): string[] {
  return Object.entries(template.Resources).flatMap(([logicalId, { Type, DeletionPolicy, UpdateReplacePolicy }]) => {
    if (!isStateful(Type)) return []
    const safe = keptPolicies.has(DeletionPolicy ?? '') && keptPolicies.has(UpdateReplacePolicy ?? '')
    return safe ? [] : [logicalId]
  })
}
