import type { KnownOrganization } from '../core/organizations.js'
import { environments } from '../core/target.js'
import type { CloudContext } from '../flows/context.js'
import type { Command, EnvironmentContext } from './command.js'

export const listCommands: Command[] = [
  {
    name: 'list-envs',
    group: 'Look',
    summary: 'The environments, with how many organizations are configured, deployed and locked',
    details: 'Puts the files of infra/.config, the stacks and the locks together.',
    example: 'make list-envs',
    acts: 'cloud',
    variables: [],
    run: listEnvironments,
  },
  {
    name: 'list-orgs',
    group: 'Look',
    summary: 'The organizations of ENV: what is configured, deployed, locked',
    details: 'Puts the files of infra/.config, the stacks and the locks together; ORG shows only that one.',
    example: 'make list-orgs ENV=stage',
    acts: 'environment',
    variables: [],
    run: listOrganizations,
  },
]

async function listEnvironments(context: CloudContext): Promise<void> {
  const { findTraces } = await import('../flows/look/find-organizations.js')
  const { organizationsOf } = await import('../core/organizations.js')
  const { columns } = await import('../report/ledger-text.js')
  const traces = await findTraces(context)
  const rows = environments.map((env) => {
    const orgs = organizationsOf(env, traces, context.project)
    return {
      env,
      configured: orgs.filter(({ configured }) => configured.length > 0).length,
      deployed: orgs.filter(({ deployed }) => deployed !== undefined).length,
      locked: orgs.filter(({ locked }) => locked).length,
    }
  })
  const cells = rows.map(({ env, configured, deployed, locked }) => [
    env,
    ...[configured, deployed, locked].map(String),
  ])
  const text = columns([['env', 'configured', 'deployed', 'locked'], ...cells]).join('\n')
  context.report.emit({ type: 'result', text, data: rows })
}

async function listOrganizations(context: EnvironmentContext): Promise<void> {
  const { findTraces } = await import('../flows/look/find-organizations.js')
  const { organizationsOf } = await import('../core/organizations.js')
  const { columns } = await import('../report/ledger-text.js')
  const { env, org: only, project, report } = context
  const all = organizationsOf(env, await findTraces(context), project)
  const orgs = all.filter(({ org }) => only === undefined || org === only)
  const table = columns([['org', 'configured', 'deployed', 'locked'], ...orgs.map(organizationRow)])
  const none = `nothing of ${only ?? 'any organization'} in ${env}\nNext: make rs-deploy ENV=${env} ORG=${only ?? 'myorg'}`
  report.emit({ type: 'result', text: orgs.length === 0 ? none : table.join('\n'), data: orgs })
}

function organizationRow({ org, configured, deployed, locked }: KnownOrganization): string[] {
  const folders = configured.flatMap((file) => file.split('/').at(-2) ?? [])
  return [org, folders.join(', ') || '-', deployed ?? '-', locked ? 'locked' : '-']
}
