import { describe, expect, it } from '@jest/globals'
import { makeImages } from '../../scripts/adapters/aws/images.js'
import { parseImage } from '../../scripts/core/image.js'
import { withAws } from '../support/answering-aws.js'

const digest = `sha256:${'a'.repeat(64)}`
const image = parseImage('123456789012.dkr.ecr.eu-west-1.amazonaws.com/orders:v7')

/** What ECR is asked, and what the adapter makes of its answer. */
async function asking(status: number, body: Record<string, unknown>): Promise<{ answer: unknown; asked: unknown }> {
  let asked: unknown
  const answer = await withAws(
    (request, response) => {
      const chunks: Buffer[] = []
      request.on('data', (chunk: Buffer) => chunks.push(chunk))
      request.on('end', () => {
        asked = JSON.parse(Buffer.concat(chunks).toString())
        response.writeHead(status, { 'content-type': 'application/x-amz-json-1.1' }).end(JSON.stringify(body))
      })
    },
    (config) =>
      makeImages(config)
        .digest(image)
        .catch((error: { code?: string }) => error.code),
  )
  return { answer, asked }
}

describe('the digest of an image', () => {
  it('is asked of the registry and the repository that the address names', async () => {
    const { answer, asked } = await asking(200, { imageDetails: [{ imageDigest: digest }] })
    expect(answer).toBe(digest)
    expect(asked).toEqual({ registryId: '123456789012', repositoryName: 'orders', imageIds: [{ imageTag: 'v7' }] })
  })

  it.each([
    ['ImageNotFoundException', undefined],
    ['RepositoryNotFoundException', 'StackState'],
    ['AccessDeniedException', 'Refused'],
  ])('is told apart from %s', async (name, expected) => {
    expect((await asking(400, { __type: name, message: 'no' })).answer).toBe(expected)
  })
})
