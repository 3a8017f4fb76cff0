import type { Stack } from '../../ports.js'
import type { TargetContext } from '../context.js'
import { templateKey } from './nested-change-set.js'

/** Keeps the template that CloudFormation was handed among the artifacts. Returns its address. */
export async function keepTemplate({ arn }: Stack, context: TargetContext): Promise<string> {
  const { ports, names } = context
  const text = await ports.stacks.originalTemplate(arn)
  const key = templateKey(text, context)
  if ((await ports.buckets.etag(names.deploymentsBucket, key)) === undefined) {
    await ports.buckets.put(names.deploymentsBucket, key, text)
  }
  return `s3://${names.deploymentsBucket}/${key}`
}
