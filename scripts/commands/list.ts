import type { KnownOrganization } from '../core/organizations.js'
import type { CloudContext } from '../flows/context.js'
import type { Command, EnvironmentContext } from './command.js'

export const listCommands: Command[] = [
  {
    name: 'list-envs',
    group: 'Look',
    summary: 'The environments, with how many organizations are configured, deployed and locked',
    details:
      'Puts the files of infra/.config, the stacks and the locks together. Each environment is looked at in the account ' +
      'of its entry in infra/environments.json; ? stands where that could not be, with the reason.',
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
  const { findEnvironments } = await import('../flows/look/find-organizations.js')
  const { columns } = await import('../report/ledger-text.js')
  const found = await findEnvironments(context)
  for (const { env, problem } of found) {
    if (problem !== undefined) context.report.emit({ type: 'note', text: `${env} cannot be looked at: ${problem}` })
  }
  const rows = found.map(({ env, organizations, problem }) => ({
    env,
    configured: organizations.filter(({ configured }) => configured.length > 0).length,
    // Not known is not none.
    deployed: problem === undefined ? organizations.filter(({ deployed }) => deployed !== undefined).length : null,
    locked: problem === undefined ? organizations.filter(({ locked }) => locked).length : null,
  }))
  const cells = rows.map(({ env, ...counts }) => [env, ...Object.values(counts).map((count) => String(count ?? '?'))])
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
  if (orgs.length === 0) {
    const text = `nothing of ${only ?? 'any organization'} in ${env}: make rs-deploy ENV=${env} ORG=${only ?? 'myorg'}`
    report.emit({ type: 'note', text })
  }
  report.emit({ type: 'result', text: orgs.length === 0 ? '' : table.join('\n'), data: orgs })
}

function organizationRow({ org, configured, deployed, locked }: KnownOrganization): string[] {
  const folders = configured.flatMap((file) => file.split('/').at(-2) ?? [])
  return [org, folders.join(', ') || '-', deployed ?? '-', locked ? 'locked' : '-']
}
