import { type RatedChange, changeId, lossesOf, unprotectedResources } from '../../core/change-risk.js'
import { truthOf } from '../../core/intrinsics.js'
import { findTrespasses } from '../../core/isolation.js'
import { nearest } from '../../core/near-miss.js'
import { holdsData } from '../../core/stateful.js'
import { neighboursOf } from '../../core/wide-policies.js'
import { type ParameterValue, isPassed, parameterRecord } from '../../core/parameters.js'
import type { Template } from '../../core/template.js'
import { DeployError } from '../../errors.js'
import type { ChangeSet, Stack } from '../../ports.js'
import { confirmTyped } from '../confirm.js'
import type { TargetContext } from '../context.js'
import { countContents } from '../buckets/count-contents.js'
import { allowedIds } from './holdings.js'
import { rateAll, readChanges } from './read-changes.js'
import { type StackChanges, surroundingsOf } from './stack-changes.js'

const shownTrespasses = 5

/** Something that holds data and would go for good. */
export interface Loss {
  /** As ALLOW_DATA_LOSS names it. */
  id: string
  type: string
  physicalId: string | undefined
  /** `removed`, `created anew because of BucketName`. */
  fate: string
  /** `12 objects, 3.4 MB`; undefined where it is empty. */
  holds: string | undefined
  allowed: boolean
}

export interface Verdict {
  /** Every change, the most dangerous first. */
  rated: RatedChange[]
  losses: Loss[]
  /** What holds data and is not kept by the new template, because ALLOW_DATA_LOSS names it. */
  unprotected: string[]
  /** Why it must not be executed. */
  refusal: DeployError | undefined
}

/**
 * Reads a change set before it is executed, with the stacks nested in it: everything in the processed templates must
 * belong to this target, nothing that holds data may be lost, and what holds data must be protected by its policies.
 */
export async function judgeChanges(
  set: ChangeSet,
  parameters: readonly ParameterValue[],
  before: Stack | undefined,
  context: TargetContext,
): Promise<Verdict> {
  const stacks = await readChanges(set, parameters, before, context)
  const rated = rateAll(stacks)
  const allowed = allowedIds(context.inputs)
  const losses = await Promise.all(lossesOf(rated).map((one) => lossOf(one, allowed, context)))
  const misnamed = misnamedIds(allowed, stacks, rated, context)
  const unprotected = unprotectedIds(stacks)
  const refusal =
    trespassRefusal(stacks, context) ??
    lossRefusal(losses, misnamed) ??
    unprotectedRefusal(unprotected, losses, allowed, misnamed) ??
    misnamedRefusal(misnamed)
  return { rated, losses, unprotected: unprotected.filter((id) => allowed.includes(id)), refusal }
}

/** Of a built template what can be judged where no change set can be made: that it is this target's alone, and keeps data. */
export function judgeTemplate(
  template: Template,
  parameters: readonly ParameterValue[],
  context: TargetContext,
): Verdict {
  const known = parameterRecord(parameters.filter(isPassed))
  const surroundings = surroundingsOf(template, known, context.names.stack, context)
  const stacks = [{ within: [], changes: [], templates: { before: undefined, after: template }, surroundings }]
  const allowed = allowedIds(context.inputs)
  const unprotected = unprotectedIds(stacks)
  const refusal = trespassRefusal(stacks, context) ?? unprotectedRefusal(unprotected, [], allowed, [])
  return { rated: [], losses: [], unprotected: unprotected.filter((id) => allowed.includes(id)), refusal }
}

/** In prod what ALLOW_DATA_LOSS names is typed as well, a loss of today or of one day: YES=true does not stand for it. */
export async function confirmLosses(
  { losses, unprotected }: Pick<Verdict, 'losses' | 'unprotected'>,
  context: TargetContext,
): Promise<void> {
  const typed = context.typed?.losses ?? []
  const lost = losses.map(({ id }) => id).filter((id) => !typed.includes(id))
  const later = unprotected.filter((id) => !lost.includes(id) && !typed.includes(id))
  const what = [
    ...(lost.length === 0 ? [] : [`losing the data of ${lost.join(', ')}`]),
    ...(later.length === 0 ? [] : [`keeping the data of ${later.join(', ')} no longer`]),
  ]
  if (what.length === 0 || context.target.env !== 'prod') return
  await confirmTyped({ what: what.join(' and '), yesSkips: false }, context)
}

interface Misnamed {
  id: string
  /** What may have been meant. */
  near: string | undefined
}

/** What ALLOW_DATA_LOSS names and is neither changed nor holds data: a slip that would otherwise pass for consent. */
function misnamedIds(
  allowed: readonly string[],
  stacks: readonly StackChanges[],
  rated: readonly RatedChange[],
  { usedUp = [] }: TargetContext,
): Misnamed[] {
  const holding = stacks.flatMap(({ templates, within }) =>
    [templates.before, templates.after].flatMap((template) =>
      Object.entries(template?.Resources ?? {}).flatMap(([logicalId, { Type }]) =>
        holdsData(Type, templates.before?.Resources[logicalId]) ? [[...within, logicalId].join('/')] : [],
      ),
    ),
  )
  const known = [...new Set([...rated.map(changeId), ...holding, ...usedUp])]
  return allowed.filter((id) => !known.includes(id)).map((id) => ({ id, near: nearest(id, known) }))
}

function factsOf(misnamed: readonly Misnamed[]): { label: string; text: string }[] {
  return misnamed.map(({ id, near }) => ({
    label: 'ALLOW_DATA_LOSS',
    text: `${id} is nothing that this deployment changes${near === undefined ? '' : `: ${near} is meant?`}`,
  }))
}

function misnamedRefusal(misnamed: readonly Misnamed[]): DeployError | undefined {
  if (misnamed.length === 0) return undefined
  const ids = misnamed.map(({ id }) => id).join(', ')
  return new DeployError('Usage', `ALLOW_DATA_LOSS names what is not there: ${ids}; nothing was changed`, {
    facts: factsOf(misnamed),
    hint: 'the exact logical ids are in make rs-plan; nothing would be lost without the variable either',
  })
}

/** Why a template of any of these stacks is not this target's alone. */
export function trespassRefusal(
  stacks: readonly Pick<StackChanges, 'surroundings' | 'within'>[],
  context: TargetContext,
): DeployError | undefined {
  const { target, names, cloud, project } = context
  const neighbours = neighboursOf(target, cloud.account, project)
  const trespasses = stacks.flatMap(({ surroundings, within }) =>
    findTrespasses(target, names, neighbours, surroundings).map((one) => ({
      ...one,
      logicalId: [...within, one.logicalId].join('/'),
    })),
  )
  if (trespasses.length === 0) return undefined
  const rest = trespasses.length - shownTrespasses
  return new DeployError('Refused', `the template reaches beyond ${target.env}/${target.org}: nothing was changed`, {
    facts: [
      ...trespasses.slice(0, shownTrespasses).map(({ logicalId, place, value, why }) => ({
        label: logicalId,
        text: `${place}: ${value} ${why}`,
      })),
      ...(rest > 0 ? [{ label: 'More', text: `${rest} of the same kind` }] : []),
    ],
    hint: [
      ...(trespasses.some(({ policy }) => policy !== true)
        ? ['build every name of ${Environment} and ${Organization}, as the rest of template.yaml does']
        : []),
      ...(trespasses.some(({ policy }) => policy === true)
        ? ['give each role in template.yaml what it needs of its own resources (docs/adopting.md, policies)']
        : []),
    ].join('; and '),
  })
}

/** Every loss that ALLOW_DATA_LOSS does not name by its exact id. */
function lossRefusal(losses: readonly Loss[], misnamed: readonly Misnamed[]): DeployError | undefined {
  const refused = losses.filter(({ allowed }) => !allowed)
  if (refused.length === 0) return undefined
  const ids = losses.map(({ id }) => id).join(',')
  return new DeployError('Refused', 'data would be lost: nothing was changed', {
    facts: [
      ...refused.map(({ id, type, physicalId, fate, holds }) => ({
        label: id,
        text: `${type} ${physicalId ?? ''} would be ${fate}; it ${holds === undefined ? 'is empty' : `holds ${holds}`}`,
      })),
      ...factsOf(misnamed),
    ],
    hint: `give it DeletionPolicy and UpdateReplacePolicy Retain in template.yaml and deploy that first; or, if it may go, ALLOW_DATA_LOSS=${ids}`,
  })
}

function unprotectedIds(stacks: readonly StackChanges[]): string[] {
  return stacks.flatMap(({ templates, surroundings, within }) =>
    unprotectedResources(templates, (condition) => truthOf({ Condition: condition }, surroundings) !== false).map(
      (logicalId) => [...within, logicalId].join('/'),
    ),
  )
}

/** A policy that is taken away loses nothing today; the next change would. */
function unprotectedRefusal(
  ids: readonly string[],
  losses: readonly Loss[],
  allowed: readonly string[],
  misnamed: readonly Misnamed[],
): DeployError | undefined {
  const refused = ids.filter((id) => !allowed.includes(id))
  if (refused.length === 0) return undefined
  const all = [...new Set([...losses.map(({ id }) => id), ...ids])].join(',')
  return new DeployError('Refused', 'the template would not keep what holds data: nothing was changed', {
    facts: [
      ...refused.map((id) => ({ label: id, text: 'holds data, and has no policies that keep it' })),
      ...factsOf(misnamed),
    ],
    hint: `give it DeletionPolicy: RetainExceptOnCreate and UpdateReplacePolicy: Retain; or, if it may go one day, ALLOW_DATA_LOSS=${all}`,
  })
}

async function lossOf(rated: RatedChange, allowed: readonly string[], context: TargetContext): Promise<Loss> {
  const { change, class: kind, causes } = rated
  const holding = await countContents(change.type, change.physicalId, context)
  const id = changeId(rated)
  return {
    id,
    type: change.type,
    physicalId: change.physicalId,
    fate: kind === 'stateful-removing' ? 'removed' : `created anew because of ${causes.join(', ') || 'a property'}`,
    holds: holding.kind === 'empty' ? undefined : holding.text,
    allowed: allowed.includes(id),
  }
}
