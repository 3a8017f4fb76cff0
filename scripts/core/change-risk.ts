import type { ResourceChange } from './changes.js'
import { holdsData, isStateful, keepsAsBefore, outlivesRemoval, outlivesReplacement } from './stateful.js'
import type { Template } from './template.js'

/** How much a change can cost, the most dangerous first. Every change is exactly one of them. */
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
  /** Logical ids of the nested stacks that lead to it, the outermost first; none in the stack itself. */
  within: readonly string[]
}

export interface Templates {
  /** What is deployed; undefined for a first deployment. Its DeletionPolicy decides what a removal does. */
  before: Template | undefined
  /** What the change set deploys. Its UpdateReplacePolicy decides what a replacement does. */
  after: Template
}

const codeProperties = new Set(['Code', 'Content', 'Layers'])

/** Rates every change of one stack. */
export function rateChanges(
  changes: readonly ResourceChange[],
  templates: Templates,
  within: readonly string[] = [],
): RatedChange[] {
  return riskFirst(changes.map((change) => ({ ...rateChange(change, templates), within })))
}

/** The most dangerous first; of one class by name. */
export function riskFirst(rated: readonly RatedChange[]): RatedChange[] {
  return [...rated].sort(
    (a, b) => changeClasses.indexOf(a.class) - changeClasses.indexOf(b.class) || (changeId(a) < changeId(b) ? -1 : 1),
  )
}

/** The logical id, for a resource of a nested stack with the path to it: `Data/FormsBucket`. */
export function changeId({ change, within }: RatedChange): string {
  return [...within, change.logicalId].join('/')
}

type Rating = Omit<RatedChange, 'within'>

function rateChange(change: ResourceChange, templates: Templates): Rating {
  const stateful = holdsData(change.type, templates.before?.Resources[change.logicalId])
  const kept = isKept(change, templates)
  switch (fateOf(change, templates)) {
    case 'added':
      return { change, class: 'additive', kept: true, causes: [] }
    case 'removed':
      return { change, class: stateful ? 'stateful-removing' : 'removing-stateless', kept, causes: [] }
    case 'replaced': {
      const causes = change.recreating.length > 0 ? change.recreating : change.properties
      return { change, class: stateful ? 'stateful-replacing' : 'replacing-stateless', kept, causes }
    }
    case 'changed': {
      if (stateful) return { change, class: 'stateful-in-place', kept: true, causes: [] }
      const onlyCode = change.properties.length > 0 && change.properties.every((name) => codeProperties.has(name))
      return { change, class: onlyCode ? 'code' : 'configuration', kept: true, causes: [] }
    }
  }
}

/** What becomes of the resource that is there; the worst that may, where CloudFormation does not know yet. */
function fateOf(change: ResourceChange, { before, after }: Templates): 'added' | 'removed' | 'replaced' | 'changed' {
  const { action, logicalId } = change
  switch (action) {
    case 'Add':
    case 'Import':
      return 'added'
    case 'Remove':
      return 'removed'
    case 'SyncWithActual':
      return 'changed'
    case 'Modify':
      return mayReplace(change) ? 'replaced' : 'changed'
    case 'Dynamic':
      if (before?.Resources[logicalId] === undefined && change.physicalId === undefined) return 'added'
      return after.Resources[logicalId] === undefined ? 'removed' : 'replaced'
  }
}

/** A dynamic reference that "may" replace counts as replacing: CloudFormation itself does not know yet. */
function mayReplace({ replacement, recreating, policyAction }: ResourceChange): boolean {
  if (policyAction?.startsWith('ReplaceAnd') === true || policyAction === 'Delete') return true
  return replacement === undefined ? recreating.length > 0 : replacement !== 'False'
}

/** CloudFormation's own word (PolicyAction) counts before the templates'. */
function isKept(change: ResourceChange, { before, after }: Templates): boolean {
  const { policyAction, logicalId, type, action } = change
  if (policyAction === 'Delete' || policyAction === 'ReplaceAndDelete') return false
  if (policyAction !== undefined) return true
  const onRemoval = outlivesRemoval(type, before?.Resources[logicalId] ?? {})
  const onReplacement = outlivesReplacement(type, after.Resources[logicalId] ?? {})
  if (action === 'Remove') return onRemoval
  if (action !== 'Dynamic') return onReplacement
  return onRemoval && (after.Resources[logicalId] === undefined || onReplacement)
}

/** The changes by which something would be lost for good. */
export function lossesOf(rated: readonly RatedChange[]): RatedChange[] {
  return rated.filter(
    ({ class: kind, kept }) => !kept && (kind === 'stateful-removing' || kind === 'stateful-replacing'),
  )
}

/**
 * Logical ids of stateful resources that a template would not keep: no Retain on removal or on replacement. What only
 * the deployed template makes stateful must be kept as that keeps it.
 */
export function unprotectedResources(
  { before, after }: Templates,
  isWanted: (condition: string) => boolean = () => true,
): string[] {
  return Object.entries(after.Resources).flatMap(([logicalId, resource]) => {
    const { Type, Condition } = resource
    if (typeof Condition === 'string' && !isWanted(Condition)) return []
    const was = before?.Resources[logicalId] ?? {}
    const kept = isStateful(Type)
      ? outlivesRemoval(Type, resource) && outlivesReplacement(Type, resource)
      : !holdsData(Type, was) || keepsAsBefore(was, resource)
    return kept ? [] : [logicalId]
  })
}
