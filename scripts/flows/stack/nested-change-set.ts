import { randomUUID } from 'node:crypto'
import path from 'node:path'
import { sha256 } from '../../core/hash.js'
import { ledgerKeys } from '../../core/names.js'
import { type ParameterValue, isPassed, parameterRecord } from '../../core/parameters.js'
import { DeployError } from '../../errors.js'
import type { Step } from '../../report/report.js'
import type { TargetContext } from '../context.js'
import { isEmptySet, isUnfinished, ownSetPrefix } from './drop-change-sets.js'
import { waitUntil } from '../wait.js'

const deadlineMs = 15 * 60_000

/** What SAM packaged, relative to the build folder, and what the set is made with. */
export interface Packaged {
  file: string
  parameters: readonly ParameterValue[]
  tags: Readonly<Record<string, string>>
}

/** Makes the change set of a template that nests stacks, all of them included (SAM cannot), and waits until it is there. */
export async function makeNestedSet(packaged: Packaged, step: Step, context: TargetContext): Promise<void> {
  const { ports, names, cloud } = context
  const stack = await ports.stacks.describe(names.stack)
  const text = (await ports.files.readText(path.join(names.buildFolder, packaged.file))) ?? ''
  const arn = await ports.stacks.createChangeSet({
    name: `${ownSetPrefix}${randomUUID()}`,
    stack: names.stack,
    creates: stack === undefined || stack.status === 'REVIEW_IN_PROGRESS',
    templateUrl: await uploadTemplate(text, context),
    parameters: parameterRecord(packaged.parameters.filter(isPassed)),
    previous: packaged.parameters.filter((one) => !isPassed(one)).map(({ name }) => name),
    tags: packaged.tags,
    serviceRole: cloud.serviceRole,
  })
  await awaitSet(arn, step, context)
}

/** Waits until CloudFormation has made a change set. Throws AwsFailed with its reason where it cannot. */
export async function awaitSet(arn: string, step: Step, context: TargetContext): Promise<void> {
  const { ports, cloud, names } = context
  step.progress('CloudFormation prepares the change set')
  const local = cloud.kind !== 'aws'
  const wait = {
    what: 'the change set',
    firstMs: local ? 50 : 1_000,
    limitMs: local ? 500 : 5_000,
    deadlineMs,
    hint: 'the same command again makes another one',
  }
  await waitUntil(wait, context, async () => {
    const set = await ports.stacks.changeSet(arn, names.stack)
    if (isUnfinished(set)) return undefined
    if (set.status !== 'FAILED' || isEmptySet(set)) return true
    throw new DeployError(
      'AwsFailed',
      `CloudFormation cannot make the change set: ${set.statusReason ?? 'no reason'}`,
      {
        hint: 'nothing was changed; correct what it names, then the same command again',
      },
    )
  })
}

/** CloudFormation takes a larger template from S3 than in the request (CloudFormation quotas). Returns its address. */
export async function uploadTemplate(text: string, context: TargetContext): Promise<string> {
  const { ports, names } = context
  const key = templateKey(text, context)
  await ports.buckets.put(names.deploymentsBucket, key, text)
  return templateUrl(key, context)
}

/** Named after its content: the same template is one object. */
export function templateKey(text: string, { names }: TargetContext): string {
  return `${ledgerKeys.artifacts(names.stack)}/${sha256(text)}.template`
}

/** The address that CloudFormation takes an object of the deployments bucket by. */
export function templateUrl(key: string, { names, cloud }: TargetContext): string {
  const s3 = cloud.endpoint ?? `https://s3.${cloud.region}.amazonaws.com`
  return `${s3}/${names.deploymentsBucket}/${key}`
}
