import { DescribeImagesCommand, ECRClient } from '@aws-sdk/client-ecr'
import { DeployError, messageOf } from '../../errors.js'
import type { Images } from '../../ports.js'
import { type ClientConfig, isNamed } from './clients.js'

export function makeImages(config: ClientConfig): Images {
  const client = new ECRClient(config)
  return {
    async digest({ account, repository, address, tag, digest }) {
      const imageIds = [digest === undefined ? { imageTag: tag } : { imageDigest: digest }]
      const question = new DescribeImagesCommand({ registryId: account, repositoryName: repository, imageIds })
      try {
        return (await client.send(question)).imageDetails?.[0]?.imageDigest
      } catch (error) {
        if (isNamed(error, 'ImageNotFoundException')) return undefined
        if (isNamed(error, 'RepositoryNotFoundException')) {
          throw new DeployError('StackState', `there is no repository ${address}`, {
            hint: 'push the image first, or correct IMAGE',
            cause: error,
          })
        }
        if (!isNamed(error, 'AccessDeniedException')) throw error
        throw new DeployError('Refused', `the images of ${address} may not be read`, {
          facts: [{ label: 'ECR', text: messageOf(error) }],
          hint: 'ecr:DescribeImages is needed, of another account by the policy of its repository too',
          cause: error,
        })
      }
    },
  }
}
