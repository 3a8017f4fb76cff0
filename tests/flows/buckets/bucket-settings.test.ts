import { describe, expect, it } from '@jest/globals'
import { readFileSync } from 'node:fs'
import type { BucketPresence } from '../../../scripts/core/buckets-plan.js'
import { bucketKeys } from '../../../scripts/core/project.js'
import { parseTemplate } from '../../../scripts/core/template.js'
import { DeployError } from '../../../scripts/errors.js'
import { verifyBucketSettings } from '../../../scripts/flows/buckets/bucket-settings.js'
import type { Buckets } from '../../../scripts/ports.js'
import { type FakeContext, fakeContext } from '../../support/fake-context.js'
import { fakePort } from '../../support/fake-ports.js'
import { resourceOf } from '../../support/scripted-stacks.js'

const template = parseTemplate(readFileSync('template.yaml', 'utf8'), 'template.yaml')
const all = (presence: BucketPresence) => Object.fromEntries(bucketKeys.map((key) => [key, presence]))
const parametersOf = (CreateBuckets: string) =>
  Object.entries({ Environment: 'dev', Organization: 'myorg', CreateBuckets }).map(([name, value]) => {
    return { name, value, from: 'decided' as const }
  })

interface World {
  policies?: Record<string, string>
  key?: string
  createBuckets?: string
  presence?: BucketPresence
  held?: string[]
}

async function verify(world: World): Promise<{ context: FakeContext; error: unknown }> {
  const { policies = {}, key, createBuckets = 'false', presence = 'ours', held = [] } = world
  const buckets: Partial<Buckets> = { policy: async (bucket) => policies[bucket], kmsKey: async () => key }
  const context = fakeContext({ ports: (calls) => ({ buckets: fakePort<Buckets>('buckets', buckets, calls) }) })
  const facts = {
    template,
    parameters: parametersOf(createBuckets),
    presence: all(presence),
    resources: held.map((id) => resourceOf(id, 'AWS::S3::BucketPolicy', 'CREATE_COMPLETE')),
  }
  const error: unknown = await verifyBucketSettings(facts, context).catch((caught: unknown) => caught)
  return { context, error }
}
const frontend = 'syndi-frontend-dev-myorg-123456789012'
const forms = 'rawscribe-forms-dev-myorg-123456789012'

describe('buckets that exist already', () => {
  it('with a policy of their own are named before anything is done, with how to go on', async () => {
    const { error } = await verify({ policies: { [frontend]: '{}' } })
    expect(error).toBeInstanceOf(DeployError)
    expect(error).toMatchObject({
      code: 'Refused',
      message: `${frontend} has a policy of its own: the stack cannot give it FrontendBucketPolicy`,
      hint: expect.stringContaining(`aws s3api delete-bucket-policy --bucket ${frontend}`),
    })
  })

  it('are asked only for policies that the stack would make', async () => {
    const outside = await verify({ policies: { [forms]: '{}' } })
    expect([outside.error, outside.context.calls]).toEqual([
      undefined,
      [`buckets.policy(${frontend})`, `buckets.kmsKey(${frontend})`],
    ])
    const managed = await verify({ policies: { [forms]: '{}' }, createBuckets: 'true' })
    expect(managed.error).toMatchObject({ message: expect.stringContaining('FormsBucketPolicy') })
  })

  it('are not asked again once the stack has its policies, nor where they do not exist', async () => {
    for (const world of [{ held: ['FrontendBucketPolicy'] }, { presence: 'absent' as const, createBuckets: 'true' }]) {
      const { error, context } = await verify({ policies: { [frontend]: '{}' }, ...world })
      expect([error, context.calls]).toEqual([undefined, []])
    }
  })

  it.each([
    ['aws/s3', 'CloudFront cannot read'],
    ['arn:aws:kms:eu-west-1:123456789012:key/1', 'CloudFront may not be able to read'],
  ])('whose page CloudFront may not read are warned of: %s', async (key, text) => {
    const { error, context } = await verify({ key })
    expect([error, context.events]).toMatchObject([
      undefined,
      [{ type: 'warning', text: expect.stringContaining(text) }],
    ])
  })
})
