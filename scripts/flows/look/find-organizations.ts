import path from 'node:path'
import { environmentsFile, parseEnvironments } from '../../core/environments-file.js'
import { ledgerKeys, namesOf } from '../../core/names.js'
import { type KnownOrganization, type Traces, organizationsOf } from '../../core/organizations.js'
import { type Environment, environments } from '../../core/target.js'
import { DeployError, messageOf } from '../../errors.js'
import type { CloudContext } from '../context.js'

const folder = 'infra/.config'

/** Configuration files, stacks and locks of every environment that lives in the connected account. */
export async function findTraces(context: CloudContext): Promise<Traces> {
  const [files, there] = await Promise.all([configFiles(context), findInAccount(context)])
  return { files, ...there }
}

async function configFiles({ ports }: CloudContext): Promise<string[]> {
  const files = (await ports.files.exists(folder)) ? await ports.files.list(folder) : []
  const names = files.map((file) => file.replaceAll('\\', '/'))
  return names.filter((name) => /^(lambda|webapp)\/[^/]+$/.test(name)).map((name) => `${folder}/${name}`)
}

async function findInAccount({ ports, cloud, project }: CloudContext): Promise<Omit<Traces, 'files'>> {
  const { deploymentsBucket } = namesOf({ env: 'dev', org: 'any' }, cloud.account, project)
  const [stacks, keys] = await Promise.all([
    ports.stacks.list(`${project.prefix}-`),
    ports.buckets.keys(deploymentsBucket, ledgerKeys.locks),
  ])
  return { stacks, locks: keys.map((key) => path.posix.basename(key, '.json')) }
}

export interface KnownEnvironment {
  env: Environment
  organizations: KnownOrganization[]
  /** Why its account could not be looked at: what is known comes from the files alone. */
  problem: string | undefined
}

/** Every environment, each looked at where infra/environments.json says that it lives; one that cannot be hides no other. */
export async function findEnvironments(context: CloudContext): Promise<KnownEnvironment[]> {
  const { ports, inputs, project, signal } = context
  const entries = parseEnvironments((await ports.files.readText(environmentsFile)) ?? '{}')
  const files = await configFiles(context)
  const here = findInAccount(context)
  // It may fail while nobody waits for it yet.
  here.catch(() => undefined)
  const findIn = async (env: Environment): Promise<Omit<Traces, 'files'>> => {
    const isHere = inputs.CLOUD === 'local' || (entries[env] === undefined && inputs.ENV === undefined)
    const there = isHere ? undefined : await context.connect({ startEmulator: true, env })
    const account = entries[env]?.account
    if (there?.cloud.kind === 'local' && account !== undefined) {
      throw new DeployError('Refused', `no AWS credentials for its account, ${account}`, {
        hint: 'sign in (aws sso login, AWS_PROFILE=…), or CLOUD=local if the emulator is meant',
      })
    }
    return there === undefined ? here : findInAccount(there)
  }
  return Promise.all(
    environments.map(async (env) => {
      try {
        return {
          env,
          organizations: organizationsOf(env, { files, ...(await findIn(env)) }, project),
          problem: undefined,
        }
      } catch (error) {
        if (signal.aborted) throw error
        return {
          env,
          organizations: organizationsOf(env, { files, stacks: [], locks: [] }, project),
          problem: told(error),
        }
      }
    }),
  )
}

function told(error: unknown): string {
  if (error instanceof DeployError) return [error.message, error.hint].filter(Boolean).join('; ')
  return messageOf(error)
}
