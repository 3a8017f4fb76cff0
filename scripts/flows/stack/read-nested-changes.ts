import { nestedDifferences, parametersOfNested, removalsOf } from '../../core/nested-stacks.js'
import { outlivesRemoval, outlivesReplacement } from '../../core/stateful.js'
import type { ResourceChange } from '../../core/changes.js'
import { resolverFor, unknownPart } from '../../core/intrinsics.js'
import { type Template, parseTemplate } from '../../core/template.js'
import { DeployError } from '../../errors.js'
import type { TargetContext } from '../context.js'
import { isEmptySet } from './drop-change-sets.js'
import { type StackChanges, processedTemplate, surroundingsOf } from './stack-changes.js'

const nestedType = 'AWS::CloudFormation::Stack'

/** What a stack's changes do to the stacks that are nested in it, to every depth. */
export async function readNestedStacks(parent: StackChanges, context: TargetContext): Promise<StackChanges[]> {
  const nested = parent.changes.filter(({ type }) => type === nestedType)
  const read = await Promise.all(nested.map((change) => readNested(change, parent, context)))
  const found = read.flatMap((one) => (one === undefined ? [] : [one]))
  const below = await Promise.all(found.map((one) => readNestedStacks(one, context)))
  return [...found, ...below.flat()]
}

async function readNested(
  change: ResourceChange,
  parent: StackChanges,
  context: TargetContext,
): Promise<StackChanges | undefined> {
  const { action, replacement } = change
  if (action === 'Remove') return isKept(change, parent) ? undefined : readRemoved(change, parent, context)
  if (replacement === 'True' && !isKept(change, parent)) {
    throw new DeployError('Refused', `the nested stack ${change.logicalId} would be created anew, with all in it`, {
      hint: 'leave in template.yaml what makes it be created anew',
    })
  }
  return change.nestedSet === undefined
    ? readByTemplate(change, parent, context)
    : readBySet(change, change.nestedSet, parent, context)
}

function isKept({ action, logicalId, type }: ResourceChange, { templates }: StackChanges): boolean {
  return action === 'Remove'
    ? outlivesRemoval(type, templates.before?.Resources[logicalId] ?? {})
    : outlivesReplacement(type, templates.after.Resources[logicalId] ?? {})
}

/** A nested stack that goes takes everything with it that its own template does not keep; its set lists none of it. */
async function readRemoved(
  { logicalId, physicalId }: ResourceChange,
  parent: StackChanges,
  context: TargetContext,
): Promise<StackChanges | undefined> {
  if (physicalId === undefined) return undefined
  const { stacks } = context.ports
  const before = await processedTemplate(physicalId, undefined, context)
  const after: Template = { Resources: {} }
  return {
    within: [...parent.within, logicalId],
    changes: removalsOf(await stacks.resources(physicalId), before),
    templates: { before, after },
    surroundings: surroundingsOf(after, {}, unknownPart, context),
  }
}

async function readBySet(
  { logicalId, physicalId, action }: ResourceChange,
  arn: string,
  parent: StackChanges,
  context: TargetContext,
): Promise<StackChanges | undefined> {
  const { stacks } = context.ports
  const set = await stacks.changeSet(arn, physicalId)
  if (isEmptySet(set)) return undefined
  const after = await processedTemplate(set.stackArn, arn, context)
  const deployed = action === 'Add' ? undefined : (physicalId ?? set.stackArn)
  const before = deployed === undefined ? undefined : await processedTemplate(deployed, undefined, context)
  return {
    within: [...parent.within, logicalId],
    changes: set.changes,
    templates: { before, after },
    surroundings: surroundingsOf(after, set.parameters ?? {}, unknownPart, context),
  }
}

/** Where no set tells of a nested stack (the local AWS), its template and what it has now do. */
async function readByTemplate(
  { logicalId, physicalId, action }: ResourceChange,
  parent: StackChanges,
  context: TargetContext,
): Promise<StackChanges | undefined> {
  const resource = parent.templates.after.Resources[logicalId]
  const properties = resolverFor(parent.surroundings)(resource?.Properties ?? {}) as Record<string, unknown>
  const after = await templateAt(properties['TemplateURL'], logicalId, context)
  const parameters = parametersOfNested(after, properties['Parameters'])
  const surroundings = surroundingsOf(after, parameters, unknownPart, context)
  const place = { within: [...parent.within, logicalId], surroundings }
  if (action === 'Add' || physicalId === undefined) {
    return { ...place, changes: [], templates: { before: undefined, after } }
  }
  const { stacks } = context.ports
  const [before, resources] = await Promise.all([
    processedTemplate(physicalId, undefined, context),
    stacks.resources(physicalId),
  ])
  return { ...place, changes: nestedDifferences(resources, before, surroundings), templates: { before, after } }
}

/** The template of a nested stack, which lies in the deployments bucket. Throws Refused for one that lies elsewhere. */
async function templateAt(url: unknown, logicalId: string, { ports, names }: TargetContext): Promise<Template> {
  const { hostname, pathname } = new URL(typeof url === 'string' && URL.canParse(url) ? url : 'https://unknown/')
  const place = decodeURIComponent(pathname).slice(1)
  const bucket = names.deploymentsBucket
  const key = hostname.startsWith(`${bucket}.`)
    ? place
    : place.startsWith(`${bucket}/`)
      ? place.slice(bucket.length + 1)
      : ''
  const found = key === '' ? undefined : await ports.buckets.read(bucket, key)
  if (found !== undefined) return parseTemplate(found.text, `the template of ${logicalId}`)
  throw new DeployError('Refused', `the nested stack ${logicalId} cannot be read before it is deployed`, {
    facts: [{ label: 'Template', text: typeof url === 'string' ? url.replaceAll(unknownPart, '…') : 'not known yet' }],
    hint: 'name its template by a file beside template.yaml: it is then packaged and read with the rest',
  })
}
