import {
  CloudFrontClient,
  CreateInvalidationCommand,
  GetDistributionConfigCommand,
  GetInvalidationCommand,
} from '@aws-sdk/client-cloudfront'
import { DeployError } from '../../errors.js'
import type { Cdn } from '../../ports.js'
import { type ClientConfig, isNamed } from './clients.js'

/** CloudFront is one for all regions. */
export function makeCdn(config: ClientConfig): Cdn {
  const client = new CloudFrontClient(config)
  return {
    async pathPatterns(distributionId) {
      try {
        const { DistributionConfig } = await client.send(new GetDistributionConfigCommand({ Id: distributionId }))
        return (DistributionConfig?.CacheBehaviors?.Items ?? []).flatMap(({ PathPattern }) => PathPattern ?? [])
      } catch (error) {
        if (isNamed(error, 'NoSuchDistribution')) return []
        throw error
      }
    },
    async invalidate(distributionId, paths, reference) {
      try {
        const { Invalidation } = await client.send(
          new CreateInvalidationCommand({
            DistributionId: distributionId,
            InvalidationBatch: {
              CallerReference: reference,
              Paths: { Quantity: paths.length, Items: [...paths] },
            },
          }),
        )
        return Invalidation?.Id ?? ''
      } catch (error) {
        if (!isNamed(error, 'TooManyInvalidationsInProgress')) throw error
        throw new DeployError('AwsFailed', 'CloudFront is still busy with earlier invalidations of this page', {
          hint: 'in some minutes the same command again: what is uploaded is kept',
          cause: error,
        })
      }
    },
    async isInvalidated(distributionId, invalidationId) {
      try {
        const answer = await client.send(
          new GetInvalidationCommand({ DistributionId: distributionId, Id: invalidationId }),
        )
        return answer.Invalidation?.Status === 'Completed'
      } catch (error) {
        // One that ended long ago, or whose distribution is gone: nothing is left to be forgotten.
        if (isNamed(error, 'NoSuchInvalidation') || isNamed(error, 'NoSuchDistribution')) return true
        throw error
      }
    },
  }
}
