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

/** `sha256:0123456789ab…`, short enough for a line. */
export function shortDigest(digest: string): string {
  return `${digest.slice(0, 19)}…`
}
