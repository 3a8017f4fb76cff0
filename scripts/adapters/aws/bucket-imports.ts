import { randomUUID } from 'node:crypto'
import {
  type CloudFormationClient,
  CreateChangeSetCommand,
  ExecuteChangeSetCommand,
} from '@aws-sdk/client-cloudformation'
import type { Stacks } from '../../ports.js'

/** Change sets by which a stack takes existing buckets over. */
export function bucketImports(client: CloudFormationClient): Pick<Stacks, 'createImportSet' | 'executeImport'> {
  return {
    async createImportSet({ name, stack, templateUrl, parameters, buckets, serviceRole }) {
      const { Id } = await client.send(
        new CreateChangeSetCommand({
          StackName: stack,
          ChangeSetName: name,
          ClientToken: name,
          ChangeSetType: 'IMPORT',
          TemplateURL: templateUrl,
          Capabilities: ['CAPABILITY_IAM', 'CAPABILITY_NAMED_IAM', 'CAPABILITY_AUTO_EXPAND'],
          RoleARN: serviceRole,
          Parameters: parameters.map((one) => ({ ParameterKey: one, UsePreviousValue: true })),
          ResourcesToImport: buckets.map((bucket) => ({
            ResourceType: 'AWS::S3::Bucket',
            LogicalResourceId: bucket.logicalId,
            ResourceIdentifier: { BucketName: bucket.name },
          })),
        }),
      )
      return Id ?? ''
    },
    async executeImport({ arn, stackArn }) {
      const asked = { ChangeSetName: arn, StackName: stackArn, ClientRequestToken: randomUUID() }
      await client.send(new ExecuteChangeSetCommand(asked))
    },
  }
}
