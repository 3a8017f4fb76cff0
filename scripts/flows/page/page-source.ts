import { addressesOf } from '../../core/addresses.js'
import { type JsonObject, mergeConfig } from '../../core/config-merge.js'
import { hiddenPaths, unpublishablePaths } from '../../core/config-secrets.js'
import { sha256 } from '../../core/hash.js'
import type { Inputs } from '../../core/inputs.js'
import { commandFor } from '../../core/next-command.js'
import {
  type PageFile,
  cacheControlOf,
  contentTypeOf,
  isPublished,
  pageConfigKey,
  pageKey,
} from '../../core/page-files.js'
import { signInPlace } from '../../core/sign-in-place.js'
import { DeployError } from '../../errors.js'
import type { Stack } from '../../ports.js'
import type { TargetContext } from '../context.js'
import { mergedConfigs } from '../config/merged-parts.js'

export interface PageSource {
  files: PageFile[]
  contentOf: (key: string) => Promise<Uint8Array>
}

const ownFolders = ['frontend/dist', 'frontend']

/** The page of a folder, with the config.json that is this target's. Throws Usage where the folder holds no page. */
export async function readPageSource(stack: Stack, context: TargetContext): Promise<PageSource> {
  const { ports } = context
  const folder = await pageFolder(context)
  const config = new TextEncoder().encode(await pageConfig(stack, context))
  await verifyPublishable(folder, context)
  const names = (await ports.files.list(folder)).filter((name) => isPublished(name) && keyOf(name) !== pageConfigKey)
  const files = await Promise.all(
    names.map(async (name) => pageFile(keyOf(name), await ports.files.readBytes(`${folder}/${name}`))),
  )
  const [generated, byKey] = [pageFile(pageConfigKey, config), new Map(names.map((name) => [keyOf(name), name]))]
  return {
    files: [...files, generated],
    contentOf: async (key) =>
      key === pageConfigKey ? config : ports.files.readBytes(`${folder}/${byKey.get(key) ?? key}`),
  }
}

async function pageFolder({ ports, inputs, target }: TargetContext): Promise<string> {
  const given = inputs.FRONTEND_DIR?.replace(/\/+$/, '')
  const candidates = given === undefined ? ownFolders : [given]
  for (const folder of candidates) if (await ports.files.exists(`${folder}/${pageKey}`)) return folder
  const where = given === undefined ? 'frontend/' : `FRONTEND_DIR=${given}`
  throw new DeployError('Usage', `${where} holds no page: ${candidates.at(-1)}/${pageKey} is not there`, {
    hint: `build it, then make deploy-frontend ENV=${target.env} ORG=${target.org} FRONTEND_DIR=dist`,
  })
}

/** A folder whose every file may be read by everybody. Throws Refused with what may not, or Usage for sources. */
async function verifyPublishable(folder: string, { ports, target, inputs }: TargetContext): Promise<void> {
  const again = (given: Inputs): string => commandFor('deploy-frontend', target, given)
  if (await ports.files.exists(`${folder}/package.json`)) {
    throw new DeployError('Usage', `${folder} holds the sources of a page (${folder}/package.json), not a built one`, {
      hint: `build it, then ${again({ FRONTEND_DIR: `${folder}/dist` })}`,
    })
  }
  const link = (await ports.files.linksOut(folder)).find(isPublished)
  if (link === undefined) return
  throw new DeployError('Refused', `${folder}/${link} is a link to a folder, or to what lies outside of ${folder}`, {
    hint: `put the files themselves there, or take the link away, then ${again({ FRONTEND_DIR: inputs.FRONTEND_DIR ?? '' })}`,
  })
}

/** Keys have slashes, whatever the machine's paths have. */
function keyOf(name: string): string {
  return name.replaceAll('\\', '/')
}

function pageFile(key: string, content: Uint8Array): PageFile {
  return {
    key,
    sha256: sha256(content),
    bytes: content.length,
    contentType: contentTypeOf(key),
    cacheControl: cacheControlOf(key),
  }
}

/**
 * The webapp's configuration with the target's own addresses in it. Where the page's CloudFront serves the API, too, its
 * address is empty: the page's own origin. Throws Refused where it holds what nobody may see.
 */
async function pageConfig(stack: Stack, context: TargetContext): Promise<string> {
  const { ports, cloud, names } = context
  const { outputs } = stack
  const distribution = outputs['CloudFrontDistributionId']
  const [parts, patterns] = await Promise.all([
    mergedConfigs(context),
    distribution === undefined ? Promise.resolve<string[]>([]) : ports.cdn.pathPatterns(distribution),
  ])
  const webapp = parts.find(({ part }) => part === 'webapp')?.merged ?? {}
  const api = patterns.includes('/api/*') ? '' : (addressesOf(outputs, names.apiStage, cloud).api ?? '')
  const cognito = signInPlace(outputs, cloud)
  const own: JsonObject = { apiEndpoint: api, api: null, ...(cognito === undefined ? {} : { auth: { cognito } }) }
  const config = mergeConfig(webapp, { webapp: own })
  verifyPublic(config, context)
  return `${JSON.stringify(config, null, 2)}\n`
}

/** Anybody can read it, in dev too. What may be public by nature (the key of a map) is only told. */
function verifyPublic(config: JsonObject, { target, report }: TargetContext): void {
  const paths = unpublishablePaths(config)
  const told = hiddenPaths(config).filter((path) => !paths.includes(path))
  if (told.length > 0) {
    const text = `everybody can read in the page's config.json: ${told.join(', ')}`
    report.emit({ type: 'warning', text, hint: 'let it be something that is meant to be public' })
  }
  if (paths.length === 0) return
  throw new DeployError('Refused', `everybody could read in the page's config.json: ${paths.join(', ')}`, {
    hint: `make show-config ENV=${target.env} ORG=${target.org} EXPLAIN=true names the file; take it out of there`,
  })
}
