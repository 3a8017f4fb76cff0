import { type ImageReference, imageDigestOf, parseImage, shortDigest } from '../../core/image.js'
import { type Receipt, type ReleasedFunction, releasedFunctions } from '../../core/receipt.js'
import { DeployError } from '../../errors.js'
import type { Step } from '../../report/report.js'
import type { ImageCode } from '../build/code-source.js'
import type { StandingFunction } from './code-facts.js'
import type { TargetContext } from '../context.js'

/** IMAGE, where it is given. Throws Usage for what is no image, or one that Lambda cannot take from where it lies. */
export function readImage({ inputs, cloud }: TargetContext): ImageReference | undefined {
  if (inputs.IMAGE === undefined) return undefined
  const image = parseImage(inputs.IMAGE)
  if (image.region === cloud.region) return image
  throw new DeployError('Usage', `IMAGE lies in ${image.region}, and Lambda takes images of ${cloud.region} only`, {
    hint: `push it to a repository in ${cloud.region}`,
  })
}

/** The one function that is to run the image. Throws Usage for one that is no image, and where several could be meant. */
export function imageFunction(
  chosen: readonly StandingFunction[],
  { inputs, target }: TargetContext,
): StandingFunction {
  const named = inputs.FUNCTION !== undefined
  const zips = chosen.filter(({ fn }) => fn.packageType === 'Zip')
  const images = chosen.filter(({ fn }) => fn.packageType === 'Image')
  const [only] = images
  if (only !== undefined && images.length === 1 && (!named || zips.length === 0)) return only
  const place = `ENV=${target.env} ORG=${target.org}`
  const wrong =
    images.length > 1
      ? `IMAGE is for one function, and ${idsOf(images)} run images`
      : `${idsOf(zips)} ${zips.length === 1 ? 'is no image' : 'are no images'}: IMAGE cannot be what they run`
  throw new DeployError('Usage', wrong, {
    hint:
      images.length > 0
        ? `FUNCTION=${images[0]?.logicalId ?? ''}`
        : `make rs-deploy-function ${place} without IMAGE brings the code of the checkout`,
  })
}

/** The image by its digest: a tag may be moved, what is released may not. Undefined where it is live already. */
export async function imageCode(
  image: ImageReference,
  standing: StandingFunction,
  live: Receipt,
  context: TargetContext,
): Promise<ImageCode | undefined> {
  const digest = await context.ports.images.digest(image)
  if (digest === undefined) {
    const which = image.digest === undefined ? `tag ${image.tag ?? ''}` : `digest ${image.digest}`
    throw new DeployError('StackState', `${image.address} has no ${which}`, {
      hint: 'push it first, or correct IMAGE',
    })
  }
  const proved = releasedFunctions(live).find(({ name }) => name === standing.name)
  // What serves is what the receipt proved, else it has no CodeSha256 here.
  if (standing.liveSha256 !== undefined && proved !== undefined && imageDigestOf(proved) === digest) return undefined
  return {
    codeSha256: digest.replace('sha256:', ''),
    image: `${image.address}@${digest}`,
    imageDigest: digest,
  }
}

/** The image of an earlier release, in the repository of the one that is run; undefined where it is that. Throws StackState. */
export async function earlierImage(
  logicalId: string,
  released: ReleasedFunction,
  context: TargetContext,
): Promise<ImageCode | undefined> {
  const imageDigest = earlierDigest(logicalId, released, context)
  const running = await context.ports.functions.image(released.name)
  if (running?.endsWith(imageDigest) === true) return undefined
  if (running === undefined) throw unknownImage(`where the image of ${logicalId} lies cannot be read`, context)
  const address = running.replace(/@.*$/, '').replace(/:[^/]*$/, '')
  return { codeSha256: imageDigest.replace('sha256:', ''), image: `${address}@${imageDigest}`, imageDigest }
}

/** The digest of the image that a release ran. Throws StackState where its receipt does not tell. */
export function earlierDigest(logicalId: string, released: ReleasedFunction, context: TargetContext): string {
  const digest = imageDigestOf(released)
  if (digest !== undefined) return digest
  throw unknownImage(`which image version ${released.version} of ${logicalId} runs was not recorded`, context)
}

function unknownImage(problem: string, { target }: TargetContext): DeployError {
  return new DeployError('StackState', problem, {
    hint: `make rs-rollback ENV=${target.env} ORG=${target.org} without WHAT takes its alias back; IMAGE=… releases another`,
  })
}

/** Where functions are images and none is given: refused when nothing else is meant, else said. */
export async function heedImages(
  chosen: readonly StandingFunction[],
  step: Step,
  context: TargetContext,
): Promise<void> {
  const { inputs, target, ports } = context
  const images = chosen.filter(({ fn }) => fn.packageType === 'Image')
  if (images.length === 0) return
  const facts = await Promise.all(
    images.map(async ({ logicalId, name }) => {
      const running = await ports.functions.image(name)
      return { label: logicalId, text: running === undefined ? 'an image' : `runs ${running}` }
    }),
  )
  const [first] = images
  const command = `make rs-deploy-function ENV=${target.env} ORG=${target.org} FUNCTION=${first?.logicalId ?? ''} IMAGE=…`
  if (inputs.FUNCTION === undefined && images.length < chosen.length) {
    for (const { label, text } of facts)
      step.line('plain', `${label} ${text}: it is left as it is; IMAGE=… brings another`)
    return
  }
  throw new DeployError('Usage', `${idsOf(images)}: no code of the checkout, but an image is run`, {
    facts,
    hint: `${command} with a tag or a digest (${shortDigest('sha256:0123456789ab')})`,
  })
}

function idsOf(functions: readonly StandingFunction[]): string {
  return functions.map(({ logicalId }) => logicalId).join(', ')
}
