import { DeployError } from '../errors.js'

/** An image in a registry of ECR, as IMAGE names it. */
export interface ImageReference {
  /** 12-digit account id of the registry. */
  account: string
  region: string
  /** Host and repository, without tag and digest. */
  address: string
  repository: string
  /** What of it is meant; one that says neither means `latest`. */
  tag: string | undefined
  /** `sha256:…` */
  digest: string | undefined
}

const pattern =
  /^((\d{12})\.dkr\.ecr(?:-fips)?\.([a-z0-9-]+)\.[a-z.]+\/([a-z0-9]+(?:[._/-]+[a-z0-9]+)*))(?::(\w[\w.-]{0,127}))?(?:@(sha256:[0-9a-f]{64}))?$/

/** Throws Usage for what Lambda could not take: it runs images of ECR only. */
export function parseImage(given: string): ImageReference {
  const found = pattern.exec(given.trim())
  const [, address, account, region, repository, tag, digest] = found ?? []
  if (address === undefined || account === undefined || region === undefined || repository === undefined) {
    throw new DeployError('Usage', `IMAGE=${given} is not an image in ECR`, {
      hint: 'IMAGE=123456789012.dkr.ecr.eu-west-1.amazonaws.com/orders:v7, or …/orders@sha256:…',
    })
  }
  return { account, region, address, repository, tag: digest === undefined ? (tag ?? 'latest') : tag, digest }
}

/**
 * The digest of the image that a release ran; undefined where nobody knows it. A release through the stack records only
 * what Lambda calls the image's CodeSha256: the digest's hex digits, where a zip has base64.
 */
export function imageDigestOf(released: { codeSha256: string; imageDigest?: string | undefined }): string | undefined {
  const { codeSha256, imageDigest } = released
  return imageDigest ?? (/^[0-9a-f]{64}$/.test(codeSha256) ? `sha256:${codeSha256}` : undefined)
}

/** `sha256:0123456789ab…`, short enough for a line. */
export function shortDigest(digest: string): string {
  return `${digest.slice(0, 19)}…`
}
