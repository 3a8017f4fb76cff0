import { type Traces } from '../../core/organizations.js'
import { ledgerKeys, namesOf } from '../../core/names.js'
import type { CloudContext } from '../context.js'

const folder = 'infra/.config'

/** Configuration files, stacks and locks of every environment. */
export async function findTraces({ ports, cloud, project }: CloudContext): Promise<Traces> {
  const { deploymentsBucket } = namesOf({ env: 'dev', org: 'any' }, cloud.account, project)
  const [start = '', end = ''] = ledgerKeys.lock('|').split('|')
  const [stacks, keys, files] = await Promise.all([
    ports.stacks.list(`${project.prefix}-`),
    ports.buckets.keys(deploymentsBucket, start),
    ports.files.exists(folder).then((exists) => (exists ? ports.files.list(folder) : [])),
  ])
  const known = files.map((file) => file.replaceAll('\\', '/')).filter((file) => /^(lambda|webapp)\/[^/]+$/.test(file))
  return {
    files: known.map((file) => `${folder}/${file}`),
    stacks,
    locks: keys.map((key) => key.slice(start.length, -end.length)),
  }
}
