import { targetOfStack } from './names.js'
import type { Project } from './project.js'
import { type Environment, isOrganizationName } from './target.js'

/** What is known of one organization of an environment. */
export interface KnownOrganization {
  org: string
  /** Files of infra/.config that are its own. */
  configured: string[]
  /** State of its stack. */
  deployed: string | undefined
  locked: boolean
}

export interface Traces {
  /** Paths of configuration files. */
  files: readonly string[]
  stacks: readonly { name: string; status: string }[]
  /** Names of stacks that somebody has locked. */
  locks: readonly string[]
}

/** Every organization of `env` that left a trace, by name. Names are matched whole: org1 is never org10. */
export function organizationsOf(
  env: Environment,
  { files, stacks, locks }: Traces,
  project: Project,
): KnownOrganization[] {
  const inEnv = (stack: string): string | undefined => {
    const target = targetOfStack(stack, project)
    return target?.env === env ? target.org : undefined
  }
  const deployed = new Map(stacks.map(({ name, status }) => [inEnv(name), status]))
  const locked = new Set(locks.map(inEnv))
  const orgs = [...files.map((file) => orgOfFile(file, env)), ...deployed.keys(), ...locked]
  const known = [...new Set(orgs.flatMap((org) => org ?? []))].sort()
  return known.map((org) => ({
    org,
    configured: files.filter((file) => orgOfFile(file, env) === org),
    deployed: deployed.get(org),
    locked: locked.has(org),
  }))
}

/** `infra/.config/lambda/dev-myorg.json` is myorg's. */
function orgOfFile(file: string, env: Environment): string | undefined {
  const name = /([^/]+)\.json$/.exec(file)?.[1] ?? ''
  const org = name.slice(env.length + 1)
  return name.startsWith(`${env}-`) && isOrganizationName(org, env) ? org : undefined
}
