import {
  type CloudFormationClient,
  DescribeStackDriftDetectionStatusCommand,
  DescribeStackResourceDriftsCommand,
  DetectStackDriftCommand,
} from '@aws-sdk/client-cloudformation'
import type { Stacks } from '../../ports.js'
import { everyPage } from './clients.js'

/** CloudFormation's drift detection; it compares, and changes nothing. */
export function stackDrift(
  client: CloudFormationClient,
): Pick<Stacks, 'detectDrift' | 'driftDetection' | 'resourceDrifts'> {
  return {
    async detectDrift(stackArn) {
      const { StackDriftDetectionId } = await client.send(new DetectStackDriftCommand({ StackName: stackArn }))
      return StackDriftDetectionId ?? ''
    },
    async driftDetection(id) {
      const status = await client.send(new DescribeStackDriftDetectionStatusCommand({ StackDriftDetectionId: id }))
      const { DetectionStatus = '', DetectionStatusReason: reason } = status
      return { status: DetectionStatus, reason }
    },
    async resourceDrifts(stackArn) {
      const found = await everyPage(
        (NextToken) => client.send(new DescribeStackResourceDriftsCommand({ StackName: stackArn, NextToken })),
        (page) => page.StackResourceDrifts,
        (page) => page.NextToken,
      )
      return found.map((one) => ({
        logicalId: one.LogicalResourceId ?? '',
        type: one.ResourceType ?? '',
        status: one.StackResourceDriftStatus ?? 'UNKNOWN',
        differences: (one.PropertyDifferences ?? []).map((difference) => ({
          path: difference.PropertyPath ?? '',
          expected: difference.ExpectedValue ?? '',
          actual: difference.ActualValue ?? '',
        })),
      }))
    },
  }
}
