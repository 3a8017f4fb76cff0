import { policiesOf } from '../../core/bucket-policies.js'
import type { BucketPresences } from '../../core/buckets-plan.js'
import { type ParameterValue, parameterRecord } from '../../core/parameters.js'
import { isThere } from '../../core/resource-status.js'
import type { Template } from '../../core/template.js'
import { DeployError } from '../../errors.js'
import type { StackResource } from '../../ports.js'
import type { TargetContext } from '../context.js'
import { surroundingsOf } from '../stack/stack-changes.js'

export interface BucketFacts {
  template: Template
  parameters: readonly ParameterValue[]
  presence: BucketPresences
  resources: readonly StackResource[]
}

/**
 * Holds what the stack will give to buckets that exist already against what they have: a policy of their own, which
 * CloudFormation does not replace, and a key that CloudFront cannot read with. Throws Refused; asks only where the stack
 * does not have that policy yet.
 */
export async function verifyBucketSettings(facts: BucketFacts, context: TargetContext): Promise<void> {
  const { template, parameters, presence, resources } = facts
  const { names, ports } = context
  const held = new Set(resources.filter(isThere).map((one) => one.logicalId))
  const existing = names.bucketKeys.filter((key) => presence[key] === 'ours').map((key) => names.buckets[key])
  const surroundings = surroundingsOf(template, parameterRecord(parameters), names.stack, context)
  const fresh = policiesOf(surroundings).filter(
    ({ logicalId, name }) => existing.includes(name) && !held.has(logicalId),
  )
  await Promise.all(
    fresh.map(async ({ logicalId, name }) => {
      if ((await ports.buckets.policy(name)) !== undefined) throw ownPolicy(logicalId, name)
      if (name === names.buckets.frontend) await warnOfKey(name, context)
    }),
  )
}

function ownPolicy(logicalId: string, bucket: string): DeployError {
  return new DeployError('Refused', `${bucket} has a policy of its own: the stack cannot give it ${logicalId}`, {
    facts: [{ label: 'Show', text: `aws s3api get-bucket-policy --bucket ${bucket} --query Policy --output text` }],
    hint: `put what it says that is still wanted into ${logicalId} of template.yaml, then aws s3api delete-bucket-policy --bucket ${bucket}`,
  })
}

/** The policy lets CloudFront read the objects, not use the key that they are encrypted with. */
async function warnOfKey(bucket: string, { ports, report }: TargetContext): Promise<void> {
  const key = await ports.buckets.kmsKey(bucket)
  if (key === undefined) return
  const own = key === 'aws/s3' || key.endsWith(':alias/aws/s3')
  report.emit({
    type: 'warning',
    text: `${bucket} is encrypted with the key ${key}: CloudFront ${own ? 'cannot' : 'may not be able to'} read the page`,
    hint: own
      ? 'encrypt it with SSE-S3 (AES256) and copy its objects over themselves; AWS gives no other service this key'
      : 'the key’s policy must allow kms:Decrypt to cloudfront.amazonaws.com with the distribution as AWS:SourceArn',
  })
}
