import type { AwsCredentialIdentity, Provider } from '@smithy/types'

/** What every SDK client of a run is made with. */
export interface ClientConfig {
  region: string
  credentials: AwsCredentialIdentity | Provider<AwsCredentialIdentity>
  /** Address of an emulator; unset means AWS. */
  endpoint?: string
  maxAttempts: number
  retryMode: 'adaptive' | 'standard'
  requestHandler: { connectionTimeout: number; requestTimeout: number; throwOnRequestTimeout: true }
}

/** An answer that does not come is a lost one: without a limit the SDK waits for ever. A function's own may take 30 s. */
export const answerWithin: ClientConfig['requestHandler'] = {
  connectionTimeout: 5_000,
  requestTimeout: 40_000,
  throwOnRequestTimeout: true,
}

/** Settings of the S3 client: an emulator knows buckets only in the path. */
export function s3Config(config: ClientConfig): ClientConfig & { forcePathStyle: boolean } {
  return { ...config, forcePathStyle: config.endpoint !== undefined }
}

/** Whether the SDK error is exactly one of the named ones. */
export function isNamed(error: unknown, ...names: string[]): boolean {
  return error instanceof Error && names.includes(error.name)
}

/**
 * Whether the SDK error may only say that an attempt before it did the work and its answer was lost: a call that was
 * tried once has found what somebody else did.
 */
export function isOwnEcho(error: unknown, ...names: string[]): boolean {
  const attempts = (error as { $metadata?: { attempts?: number } }).$metadata?.attempts ?? 1
  return attempts > 1 && isNamed(error, ...names)
}

/** HTTP status of an SDK error, or undefined when no answer came. */
export function statusOf(error: unknown): number | undefined {
  return (error as { $metadata?: { httpStatusCode?: number } }).$metadata?.httpStatusCode
}

/** Every page of a listing, to its end. `next` is the token of the following page. */
export async function everyPage<Page, Item>(
  fetchPage: (token: string | undefined) => Promise<Page>,
  items: (page: Page) => readonly Item[] | undefined,
  next: (page: Page) => string | undefined,
): Promise<Item[]> {
  const all: Item[] = []
  let token: string | undefined
  do {
    const page = await fetchPage(token)
    all.push(...(items(page) ?? []))
    token = next(page)
  } while (token !== undefined && token !== '')
  return all
}
