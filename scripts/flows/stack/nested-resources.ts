import { isThere } from '../../core/resource-status.js'
import { type StackRemoval, planStackRemoval } from '../../core/stack-removal.js'
import { parseTemplate } from '../../core/template.js'
import type { StackResource } from '../../ports.js'
import type { TargetContext } from '../context.js'

/** A stack's resources and those of the stacks nested in it, their logical ids with the path to them: `Data/Notes`. */
export async function resourcesWithNested(stackArn: string, context: TargetContext): Promise<StackResource[]> {
  const own = await context.ports.stacks.resources(stackArn)
  const inside = await Promise.all(
    nestedIn(own).map(async ({ logicalId, arn }) => placed(logicalId, await resourcesWithNested(arn, context))),
  )
  return [...own, ...inside.flat()]
}

/** What the deletion of a stack does; nested stacks go with it, and all in them that their own templates do not keep. */
export async function readStackRemoval(stackArn: string, context: TargetContext): Promise<StackRemoval<StackResource>> {
  const { stacks } = context.ports
  const resources = await stacks.resources(stackArn)
  if (resources.length === 0) return { goes: [], stays: [], losing: [] }
  const removal = planStackRemoval(resources, parseTemplate(await stacks.template(stackArn), 'the deployed template'))
  const inside = await Promise.all(
    nestedIn(removal.goes).map(async ({ logicalId, arn }) =>
      placed(logicalId, (await readStackRemoval(arn, context)).losing),
    ),
  )
  return { ...removal, losing: [...removal.losing, ...inside.flat()] }
}

function nestedIn(resources: readonly StackResource[]): { logicalId: string; arn: string }[] {
  return resources.flatMap(({ type, logicalId, physicalId, status }) =>
    type === 'AWS::CloudFormation::Stack' && physicalId !== undefined && physicalId !== '' && isThere({ status })
      ? [{ logicalId, arn: physicalId }]
      : [],
  )
}

function placed(within: string, resources: readonly StackResource[]): StackResource[] {
  return resources.map((one) => ({ ...one, logicalId: `${within}/${one.logicalId}` }))
}
