import path from 'node:path'
import { ledgerKeys } from '../../core/names.js'
import type { CodeSource } from '../../ports.js'
import type { TargetContext } from '../context.js'

/** Code that a function is to hold; comparable by its CodeSha256 without uploading it. */
export interface FunctionCode {
  codeSha256: string
  bytes: number
  /** The zip, relative to the project. */
  file: string
}

/** An image that a function is to run. */
export interface ImageCode {
  /** The digest's hex digits: what Lambda calls the CodeSha256 of an image. */
  codeSha256: string
  /** Its address, by digest. */
  image: string
  /** `sha256:…` */
  imageDigest: string
}

export function digestOf(code: FunctionCode | ImageCode | undefined): { imageDigest?: string } {
  return code !== undefined && 'imageDigest' in code ? { imageDigest: code.imageDigest } : {}
}

/** What a request may carry: 70 167 211 bytes of base64, about 50 MiB of zip (Lambda, UpdateFunctionCode). */
const largestDirectUpload = 50 * 1024 * 1024

/** The code as Lambda takes it: in the request, or through the deployments bucket where it is too large for one. */
export async function codeSource(
  code: FunctionCode | ImageCode,
  tell: (text: string) => void,
  { ports, names }: TargetContext,
): Promise<CodeSource> {
  if ('image' in code) return { image: code.image }
  const { codeSha256, bytes, file } = code
  const zip = await ports.files.readBytes(file)
  if (bytes <= largestDirectUpload) return { zip }
  const bucket = names.deploymentsBucket
  const key = path.posix.join(
    ledgerKeys.artifacts(names.stack),
    `${Buffer.from(codeSha256, 'base64').toString('hex')}.zip`,
  )
  if ((await ports.buckets.etag(bucket, key)) === undefined) {
    await ports.buckets.upload(bucket, key, zip, (percent) => tell(`uploading ${percent} %`))
  }
  return { bucket, key }
}
