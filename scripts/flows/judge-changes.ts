import { type RatedChange, lossesOf, rateChanges } from '../core/change-risk.js'
import { findTrespasses } from '../core/isolation.js'
import { type ParameterValue, parameterRecord } from '../core/parameters.js'
import { parseTemplate } from '../core/template.js'
import { DeployError } from '../errors.js'
import type { ChangeSet, Stack } from '../ports.js'
import { confirmTyped } from './confirm.js'
import type { TargetContext } from './context.js'
import { countContents } from './count-contents.js'

const shownTrespasses = 5

/**
 * Reads a change set before it is executed: everything in its processed template must belong to this target, and nothing
 * that holds data may be lost. Returns the changes, the most dangerous first. Throws Refused.
 */
export async function judgeChanges(
  set: ChangeSet,
  parameters: readonly ParameterValue[],
  before: Stack | undefined,
  context: TargetContext,
): Promise<RatedChange[]> {
  const { ports, names, cloud, target } = context
  const template = async (changeSet?: string) =>
    parseTemplate(await ports.stacks.template(names.stack, changeSet), 'the processed template')
  const after = await template(set.arn)
  const surroundings = {
    template: after,
    parameters: parameterRecord(parameters),
    account: cloud.account,
    region: cloud.region,
    stackName: names.stack,
  }
  const trespasses = findTrespasses(target, names, surroundings)
  if (trespasses.length > 0) {
    throw new DeployError('Refused', `the template reaches beyond ${target.env}/${target.org}: nothing was changed`, {
      facts: trespasses.slice(0, shownTrespasses).map(({ logicalId, place, value, why }) => ({
        label: logicalId,
        text: `${place}: ${value} ${why}`,
      })),
      hint: 'build every name of ${Environment} and ${Organization}, as the rest of template.yaml does',
    })
  }
  const rated = rateChanges(set.changes, { before: before === undefined ? undefined : await template(), after })
  await verifyNothingLost(rated, context)
  return rated
}

/** Throws Refused for every loss that ALLOW_DATA_LOSS does not name by its exact logical id. */
async function verifyNothingLost(rated: readonly RatedChange[], context: TargetContext): Promise<void> {
  const allowed = (context.inputs.ALLOW_DATA_LOSS ?? '').split(',').map((id) => id.trim())
  const losses = lossesOf(rated).filter(({ change }) => !allowed.includes(change.logicalId))
  if (losses.length === 0) return confirmAllowed(rated, context)
  const facts = await Promise.all(losses.map((loss) => lossFact(loss, context)))
  const ids = losses.map(({ change }) => change.logicalId).join(',')
  throw new DeployError('Refused', `data would be lost: nothing was changed`, {
    facts,
    hint: `give it DeletionPolicy and UpdateReplacePolicy Retain in template.yaml; or, if it may go, ALLOW_DATA_LOSS=${ids}`,
  })
}

/** In prod a loss that is allowed by name is typed as well: YES=true does not stand for it. */
async function confirmAllowed(rated: readonly RatedChange[], context: TargetContext): Promise<void> {
  const ids = lossesOf(rated).map(({ change }) => change.logicalId)
  if (ids.length === 0 || context.target.env !== 'prod') return
  await confirmTyped({ what: `losing the data of ${ids.join(', ')}`, yesSkips: false }, context)
}

async function lossFact(
  { change, class: kind, causes }: RatedChange,
  context: TargetContext,
): Promise<{ label: string; text: string }> {
  const holding = await countContents(change.type, change.physicalId, context)
  const verb = kind === 'stateful-removing' ? 'removed' : `created anew because of ${causes.join(', ') || 'a property'}`
  return {
    label: change.logicalId,
    text: `${change.type} ${change.physicalId ?? ''} would be ${verb}; ${holding.kind === 'empty' ? 'it is empty' : `it holds ${holding.text}`}`,
  }
}
