import { randomUUID } from 'node:crypto'
import { summarizeChanges } from '../../core/changes.js'
import { sha256 } from '../../core/hash.js'
import { parameterRecord } from '../../core/parameters.js'
import type { EarlierParameters } from '../../core/rollback-parameters.js'
import { DeployError } from '../../errors.js'
import type { ChangeSet, Stack } from '../../ports.js'
import type { Step } from '../../report/report.js'
import { stackTags } from './change-set.js'
import type { TargetContext } from '../context.js'
import { dropOurSets, isEmptySet, ownSetPrefix } from './drop-change-sets.js'
import { explainFailedSet } from './explain-failed-set.js'
import { awaitSet, templateKey, templateUrl } from './nested-change-set.js'

/** Keeps the template that CloudFormation was handed among the artifacts. Returns its address. */
export async function keepTemplate({ arn }: Stack, context: TargetContext): Promise<string> {
  const { ports, names } = context
  const text = await ports.stacks.originalTemplate(arn)
  const key = templateKey(text, context)
  if ((await ports.buckets.etag(names.deploymentsBucket, key)) === undefined) {
    await ports.buckets.put(names.deploymentsBucket, key, text)
  }
  return addressOf(key, context)
}

/** What helps where an artifact of a release is gone. */
export const goneHint =
  'check the commit of that release out and make rs-deploy: what the newest KEEP_VERSIONS good releases do not need is removed for good; anything else has an earlier version in the bucket'

/** The text of a kept template. Throws StackState where it is gone, or not what it was. */
export async function keptTemplate(address: string, context: TargetContext): Promise<string> {
  const { ports, names } = context
  const prefix = addressOf('', context)
  const stored = address.startsWith(prefix)
    ? await ports.buckets.read(names.deploymentsBucket, address.slice(prefix.length))
    : undefined
  if (stored !== undefined && address.includes(sha256(stored.text))) return stored.text
  throw new DeployError(
    'StackState',
    `the template ${address} is ${stored === undefined ? 'gone' : 'not what it was'}`,
    { hint: goneHint },
  )
}

function addressOf(key: string, { names }: TargetContext): string {
  return `s3://${names.deploymentsBucket}/${key}`
}

/** Makes the change set of a kept template. Undefined when CloudFormation finds nothing to change. */
export async function prepareKeptSet(
  template: string,
  { values, previous }: EarlierParameters,
  step: Step,
  context: TargetContext,
): Promise<ChangeSet | undefined> {
  const { ports, names, cloud } = context
  const before = new Set(await dropOurSets(context))
  let arn: string
  try {
    arn = await ports.stacks.createChangeSet({
      name: `${ownSetPrefix}${randomUUID()}`,
      stack: names.stack,
      creates: false,
      templateUrl: templateUrl(templateKey(template, context), context),
      parameters: parameterRecord(values),
      previous,
      tags: stackTags(context),
      serviceRole: cloud.serviceRole,
    })
    await awaitSet(arn, step, context)
  } catch (error) {
    throw await explainFailedSet(error, before, context)
  }
  const set = await ports.stacks.changeSet(arn, names.stack)
  if (isEmptySet(set)) {
    await ports.stacks.deleteChangeSet(arn, names.stack)
    step.say('CloudFormation finds nothing to change')
    return undefined
  }
  step.say(summarizeChanges(set.changes))
  return set
}
