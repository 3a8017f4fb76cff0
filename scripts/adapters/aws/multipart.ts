import type { S3Client } from '@aws-sdk/client-s3'
import { Upload } from '@aws-sdk/lib-storage'

/** Uploads in parts, several at a time; `onProgress` is told per cent. Loaded when it is needed: most runs never do. */
export async function uploadInParts(
  client: S3Client,
  params: { Bucket: string; Key: string; Body: Uint8Array },
  onProgress: (percent: number) => void,
): Promise<void> {
  const upload = new Upload({ client, params })
  upload.on('httpUploadProgress', ({ loaded = 0 }) => onProgress(Math.floor((100 * loaded) / params.Body.length)))
  await upload.done()
}
