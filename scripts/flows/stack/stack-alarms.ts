import { isThere } from '../../core/resource-status.js'
import type { TargetContext } from '../context.js'

const alarmTypes = new Set(['AWS::CloudWatch::Alarm', 'AWS::CloudWatch::CompositeAlarm'])

/** Names of every alarm of a stack and of the stacks nested in it. */
export async function stackAlarms(stack: string, context: TargetContext): Promise<string[]> {
  const resources = await context.ports.stacks.resources(stack)
  const standing = resources.filter(isThere)
  const named = (wanted: (type: string) => boolean): string[] =>
    standing.flatMap(({ type, physicalId }) => (wanted(type) && physicalId ? [physicalId] : []))
  const nested = named((type) => type === 'AWS::CloudFormation::Stack')
  const below = await Promise.all(nested.map((one) => stackAlarms(one, context)))
  return [...named((type) => alarmTypes.has(type)), ...below.flat()]
}
