import { describe, expect, it } from '@jest/globals'
import { parseImage } from '../../../scripts/core/image.js'
import type { Inputs } from '../../../scripts/core/inputs.js'
import type { StandingFunction } from '../../../scripts/flows/release/code-facts.js'
import {
  earlierImage,
  heedImages,
  imageCode,
  imageFunction,
  readImage,
} from '../../../scripts/flows/release/image-code.js'
import { functionsPart } from '../../../scripts/flows/ledger/record-release.js'
import type { Functions, Images } from '../../../scripts/ports.js'
import { type FakeContext, fakeContext, fakeStep } from '../../support/fake-context.js'
import { rejectedBy } from '../../support/failures.js'
import { receipt, released } from '../../support/fake-ledger.js'
import { fakePort } from '../../support/fake-ports.js'

const digest = `sha256:${'a'.repeat(64)}`
const address = '123456789012.dkr.ecr.eu-west-1.amazonaws.com/shop/orders'
const standing = (logicalId: string, packageType: 'Zip' | 'Image'): StandingFunction => ({
  fn: { logicalId, name: logicalId.toLowerCase(), packageType, alias: 'live', movedByStack: false, check: undefined },
  logicalId,
  name: logicalId.toLowerCase(),
  latest: {
    name: logicalId.toLowerCase(),
    codeSha256: 'a',
    revisionId: 'r',
    version: '$LATEST',
    state: 'Active',
    lastUpdateStatus: 'Successful',
    reason: undefined,
  },
  alias: { version: '7', revisionId: 'r', weights: {} },
  liveSha256: 'a',
  good: '7',
  unproved: undefined,
})
const zip = standing('Api', 'Zip')
const image = standing('Orders', 'Image')
const other = standing('Stock', 'Image')

function world(inputs: Inputs, tags: Record<string, string> = { v7: digest }): FakeContext {
  return fakeContext({
    inputs,
    ports: (calls) => ({
      images: fakePort<Images>('images', { digest: async ({ tag, digest }) => digest ?? tags[tag ?? ''] }, calls),
      functions: fakePort<Functions>('functions', { image: async (name) => `${address}/${name}@${digest}` }, calls),
    }),
  })
}
const thrownBy = (work: () => unknown): unknown => {
  try {
    return work()
  } catch (error) {
    return error
  }
}

describe('IMAGE', () => {
  it.each([
    [`${address}:v7`, { address, repository: 'shop/orders', account: '123456789012', tag: 'v7', digest: undefined }],
    [`${address}@${digest}`, { tag: undefined, digest }],
    [`${address}:v7@${digest}`, { tag: 'v7', digest }],
    [address, { tag: 'latest', digest: undefined }],
  ])('is read: %s', (given, expected) => expect(parseImage(given)).toMatchObject(expected))

  it.each(['orders:v7', 'docker.io/library/orders', `${address}:`, `${address}@sha256:12`, `${address}:v7 x`, ''])(
    'is refused where it is none of ECR: %j',
    (given) => expect(thrownBy(() => parseImage(given))).toMatchObject({ code: 'Usage' }),
  )

  it('is refused where it lies in another region than the function', () => {
    const elsewhere = address.replace('eu-west-1', 'us-east-1')
    expect(thrownBy(() => readImage(world({ IMAGE: elsewhere })))).toMatchObject({ code: 'Usage' })
    expect(readImage(world({}))).toBeUndefined()
  })

  it('is for the one function that runs an image', () => {
    expect(imageFunction([zip, image], world({ IMAGE: address }))).toBe(image)
    expect(imageFunction([image], world({ IMAGE: address, FUNCTION: 'Orders' }))).toBe(image)
  })

  it.each([
    ['only a zip is there', [zip], {}, 'Api is no image'],
    ['a zip is named', [zip], { FUNCTION: 'Api' }, 'Api is no image'],
    ['a zip is named too', [zip, image], { FUNCTION: '*' }, 'Api is no image'],
    ['several run images', [image, other], {}, 'Orders, Stock run images'],
  ])('is refused where %s', (_case, chosen, inputs, message) => {
    const error = thrownBy(() => imageFunction(chosen, world({ IMAGE: address, ...inputs })))
    expect(error).toMatchObject({ code: 'Usage', message: expect.stringContaining(message) as unknown })
  })

  it('becomes its digest: a tag that is moved later changes nothing', async () => {
    expect(await imageCode(parseImage(`${address}:v7`), image, receipt, world({}))).toEqual({
      codeSha256: 'a'.repeat(64),
      image: `${address}@${digest}`,
      imageDigest: digest,
    })
  })

  it('has nothing to do where that digest is live', async () => {
    const functions = { Orders: { name: 'orders', version: '7', codeSha256: 'a', imageDigest: digest } }
    const code = (one: StandingFunction) =>
      imageCode(parseImage(`${address}:v7`), one, { ...receipt, functions }, world({}))
    expect(await code(image)).toBeUndefined()
    expect(await code({ ...image, liveSha256: undefined })).toBeDefined()
  })

  it('is refused where the repository has no such tag', async () => {
    const error = await rejectedBy(imageCode(parseImage(`${address}:v8`), image, receipt, world({})))
    expect(error).toMatchObject({ code: 'StackState', message: `${address} has no tag v8` })
  })
})

describe('the image of an earlier release', () => {
  const was = `sha256:${'b'.repeat(64)}`
  const earlier = (codeSha256: string, imageDigest?: string) =>
    earlierImage(
      'Orders',
      { name: 'orders', version: '6', codeSha256, ...(imageDigest === undefined ? {} : { imageDigest }) },
      world({}),
    )

  it.each([
    ['its digest', '', was],
    ['what Lambda calls its CodeSha256, where a release through the stack recorded no more', 'b'.repeat(64), undefined],
  ])('is taken by %s from the repository of the one that is run', async (_case, codeSha256, imageDigest) =>
    expect(await earlier(codeSha256, imageDigest)).toEqual({
      codeSha256: 'b'.repeat(64),
      image: `${address}/orders@${was}`,
      imageDigest: was,
    }),
  )

  it('is left where it runs already', async () => expect(await earlier('', digest)).toBeUndefined())

  it('is never taken for the one that runs where nobody knows it', async () => {
    const error = await rejectedBy(earlier(''))
    expect(error).toMatchObject({ code: 'StackState', message: expect.stringContaining('not recorded') as unknown })
  })

  it('is live already where its digest is, also after a release through the stack', async () => {
    const functions = { Orders: { name: 'orders', version: '7', codeSha256: 'a'.repeat(64) } }
    expect(await imageCode(parseImage(`${address}:v7`), image, { ...receipt, functions }, world({}))).toBeUndefined()
  })

  it('is recorded by its digest, whoever released it; of a zip there is none', () => {
    const told = (codeSha256: string): unknown => functionsPart([{ ...released, codeSha256 }]).functions?.['F']
    expect(told('b'.repeat(64))).toMatchObject({ imageDigest: was })
    expect(told('Zm9v')).not.toHaveProperty('imageDigest')
  })
})

describe('a function that runs an image, where none is given', () => {
  it.each([
    ['it alone is there', [image], {}],
    ['it is named', [zip, image], { FUNCTION: '*' }],
  ])('is refused with what it runs and the command where %s', async (_case, chosen, inputs) => {
    const error = await rejectedBy(heedImages(chosen, fakeStep(), world(inputs)))
    expect(error.code).toBe('Usage')
    expect(error.facts).toEqual([{ label: 'Orders', text: `runs ${address}/orders@${digest}` }])
    expect(error.hint).toContain('make rs-deploy-function ENV=dev ORG=myorg FUNCTION=Orders IMAGE=…')
  })

  it('is left as it is beside others, and that is said', async () => {
    const step = fakeStep()
    await heedImages([zip, image], step, world({}))
    expect(step.lines[0]?.text).toContain('IMAGE=… brings another')
  })

  it('is not asked for where there is none', async () => {
    const context = world({})
    await heedImages([zip], fakeStep(), context)
    expect(context.calls).toEqual([])
  })
})
