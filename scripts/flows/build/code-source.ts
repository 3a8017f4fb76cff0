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

/** What a request may carry: 70 167 211 bytes of base64, about 50 MiB of zip (Lambda, UpdateFunctionCode). */
const largestDirectUpload = 50 * 1024 * 1024

/** The code as Lambda takes it: in the request, or through the deployments bucket where it is too large for one. */
export async function codeSource(
  { codeSha256, bytes, file }: FunctionCode,
  tell: (text: string) => void,
  { ports, names }: TargetContext,
): Promise<CodeSource> {
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
