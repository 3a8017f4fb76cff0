import type { Context, TargetContext } from '../flows/context.js'
import type { AppPart, StartedApp } from '../ports.js'
import type { Command } from './command.js'

const common = { group: 'Development' } as const

export const localAppCommands: Command[] = [
  {
    ...common,
    name: 'start-backend',
    summary: 'Run the backend of an organization on this machine, without deploying it',
    details:
      'On 127.0.0.1 only, with the merged configuration of the files and the buckets of the cloud. Tokens of the ' +
      'organization’s user pool count as they do behind its API; ENABLE_AUTH=false lets everybody in. In prod it is ' +
      'confirmed by typing, and never without sign-in.',
    example: 'make start-backend ENV=dev ORG=demo CLOUD=local',
    acts: 'target',
    variables: ['ENABLE_AUTH', 'YES'],
    run: (context) => start(['backend'], context),
  },
  {
    ...common,
    name: 'start-frontend',
    summary: 'Serve the page of an organization on this machine',
    details:
      'On 127.0.0.1 only; /api/* and /health go to the backend of make start-backend, and its sign-in to the ' +
      'organization’s user pool.',
    example: 'make start-frontend ENV=dev ORG=demo CLOUD=local',
    acts: 'target',
    variables: ['YES'],
    run: (context) => start(['page'], context),
  },
  {
    ...common,
    name: 'start-dev',
    summary: 'Both: backend and page of an organization on this machine',
    details:
      'It asks for a sign-in as the deployed one does; ENABLE_AUTH=false lets everybody in. make stop-all ends both. ' +
      'Their logs are in .rs/app.',
    example: 'make start-dev ENV=dev ORG=demo CLOUD=local',
    acts: 'target',
    variables: ['ENABLE_AUTH', 'YES'],
    run: (context) => start(['backend', 'page'], context),
  },
  {
    ...common,
    name: 'stop-all',
    summary: 'End what start-backend, start-frontend and start-dev started',
    details: 'Nothing else: a process that only has the same number by now is left alone.',
    example: 'make stop-all',
    acts: 'machine',
    variables: [],
    run: stopAll,
  },
]

const labels: Readonly<Record<AppPart, string>> = { backend: 'Backend', page: 'Page' }

async function start(parts: readonly AppPart[], context: TargetContext): Promise<void> {
  const { startApp } = await import('../flows/develop/local-app.js')
  const tell = (part: AppPart, { pid, url, fresh }: StartedApp): void => {
    const text = `${labels[part]}  ${url}${fresh ? '' : '  (runs already)'}`
    context.report.emit({ type: 'result', text, data: { part, pid, url, fresh } })
  }
  await startApp(parts, tell, context)
}

async function stopAll({ ports, report }: Context): Promise<void> {
  const parts = ['page', 'backend'] as const
  const ended = []
  for (const part of parts) {
    const was = await ports.app.stop(part)
    if (was !== undefined) ended.push({ part, pid: was.pid })
  }
  const text = ended.map(({ part, pid }) => `${part} (process ${pid}) stopped`).join('\n')
  report.emit({ type: 'result', text: text === '' ? 'nothing was running' : text, data: ended })
}
