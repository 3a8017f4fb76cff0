import type { PageFile } from '../../scripts/core/page-files.js'
import type { Account, Buckets, Cdn, Prompts, Stack, Stacks } from '../../scripts/ports.js'
import { type ContextOptions, type FakeContext, fakeContext, fakeStack } from './fake-context.js'
import { fakePort, memoryBuckets, memoryFiles } from './fake-ports.js'

export interface PageWorld {
  context: FakeContext
  /** What the page's bucket shows, by key: the text of the newest version. */
  shown: Map<string, string>
  /** Files of the checkout. */
  files: Record<string, string>
  /** Keys whose upload fails. */
  broken: Set<string>
  /** Versions that somebody removed, `key version`. */
  gone: Set<string>
}

interface Options extends ContextOptions {
  patterns?: string[]
  outputs?: Record<string, string>
  prompts?: Partial<Prompts>
  /** The stack at each look, the last one from then on. */
  stacks?: Partial<Stack>[]
  /** What CloudFront answers to whether it has forgotten, one after the other. */
  forgotten?: boolean[]
}

const standing = {
  ApiEndpoint: 'https://abc.execute-api.eu-west-1.amazonaws.com/dev',
  CloudFrontDistributionId: 'E1',
  CognitoUserPoolId: 'eu-west-1_Pool',
  CognitoClientId: 'client',
}

/** A deployed target with a versioned bucket for its page, an empty ledger, and a small page in frontend/. */
export function pageWorld(options: Options = {}): PageWorld {
  const { patterns = ['/api/*'], outputs = standing, prompts = {}, stacks = [], forgotten = [] } = options
  const shown = new Map<string, string>()
  const versions = new Map<string, string>()
  const [broken, gone] = [new Set<string>(), new Set<string>()]
  const files = { 'frontend/index.html': '<p>1</p>', 'frontend/app.js': 'one()', 'infra/.config/webapp/dev.json': '{}' }
  const place = (key: string, text: string): { etag: string; versionId: string } => {
    const versionId = String(versions.size + 1)
    versions.set(`${key} ${versionId}`, text)
    shown.set(key, text)
    return { etag: `etag of ${text}`, versionId }
  }
  const page: Partial<Buckets> = {
    etags: async () => new Map([...shown].map(([key, text]) => [key, `etag of ${text}`])),
    hasVersion: async (_bucket, key, versionId) => !gone.has(`${key} ${versionId}`),
    putFile: async (_bucket, { key }: PageFile, content) => {
      if (broken.has(key)) throw new Error(`${key} could not be put`)
      return place(key, new TextDecoder().decode(content))
    },
    restoreFile: async (_bucket, key, versionId) => place(key, versions.get(`${key} ${versionId}`) ?? ''),
    removeFiles: async (_bucket, keys) => keys.forEach((key) => shown.delete(key)),
    replace: async () => 'lock',
    removeIf: async (bucket, key) => Reflect.deleteProperty(ledger, `${bucket}/${key}`),
  }
  const ledger: Record<string, string> = {}
  const cdn: Partial<Cdn> = {
    pathPatterns: async () => patterns,
    invalidate: async () => 'I1',
    isInvalidated: async () => forgotten.shift() ?? true,
  }
  const context = fakeContext({
    command: 'deploy-frontend',
    ...options,
    ports: (calls) => {
      return {
        buckets: Object.assign(memoryBuckets(ledger, calls), page),
        cdn: fakePort<Cdn>('cdn', cdn, calls),
        files: memoryFiles(files),
        stacks: fakePort<Stacks>(
          'stacks',
          { describe: async () => fakeStack({ outputs, ...(stacks.length > 1 ? stacks.shift() : stacks[0]) }) },
          calls,
        ),
        account: fakePort<Account>('account', { apiGatewayLogRole: async () => 'role' }, calls),
        prompts: fakePort<Prompts>('prompts', prompts, calls),
      }
    },
  })
  return { context, shown, files, broken, gone }
}
