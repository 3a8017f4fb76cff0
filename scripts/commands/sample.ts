import { isSet } from '../core/inputs.js'
import { commandFor } from '../core/next-command.js'
import { DeployError } from '../errors.js'
import type { TargetContext } from '../flows/context.js'
import type { Command } from './command.js'

/** What makes a deployed organization something to look at. */
export const sampleCommands: Command[] = [
  {
    name: 'rs-cp-sop',
    group: 'Configuration',
    summary: 'Check a SOP as the backend would, and put it into the forms bucket',
    details:
      'FILE is YAML or JSON. What is wrong with it is told with line and reason, and nothing is copied. Asks in prod.',
    example: 'make rs-cp-sop ENV=stage ORG=myorg FILE=sops/cell-count.yaml',
    acts: 'target',
    variables: ['FILE', 'YES'],
    run: copyOne,
  },
  {
    name: 'rs-bootstrap-testenv',
    group: 'Configuration',
    summary: 'Make a fresh organization usable: test users, a sample SOP, its configuration',
    details:
      'Done twice, it only does what is missing: a sample SOP that was edited and passwords stay. The test users share one password: PASSWORD in the environment, ' +
      'PASSWORD_FILE, or a hidden prompt. Never in prod.',
    example: 'make rs-bootstrap-testenv ENV=dev ORG=myorg',
    acts: 'target',
    variables: ['PASSWORD', 'PASSWORD_FILE', 'OVERWRITE', 'WAIT', 'LOCK_WAIT'],
    run: bootstrap,
  },
]

async function copyOne(context: TargetContext): Promise<void> {
  const { copySop } = await import('../flows/config/copy-sop.js')
  const { env, org } = context.target
  const { FILE: file } = context.inputs
  if (file === undefined) {
    throw new DeployError('Usage', 'FILE is missing', {
      hint: `make rs-cp-sop ENV=${env} ORG=${org} FILE=path/of/a-sop.yaml`,
    })
  }
  const copied = await copySop(file, context)
  const said = {
    copied: `${copied.id} is at ${copied.place}`,
    replaced: `${copied.id} takes the place of what was at ${copied.place}`,
    unchanged: `${copied.place} holds this very file already`,
  }
  context.report.emit({ type: 'result', text: said[copied.kind], data: copied })
}

async function bootstrap(context: TargetContext): Promise<void> {
  const { bootstrapTestenv } = await import('../flows/users/bootstrap-testenv.js')
  const { report, target, inputs } = context
  const { env, org } = target
  const { users, sop, files } = await bootstrapTestenv(context)
  const first = users[0]?.user ?? ''
  report.emit({
    type: 'summary',
    title: `${env}/${org} is ready to be tried`,
    rows: [
      { label: 'Sign-in', text: users.map(({ user }) => user).join('\n') },
      { label: 'SOP', text: `${sop.id}\n${sop.place}` },
      { label: 'Files', text: files.join('\n') || 'as they were' },
      ...(isSet(inputs, 'WAIT') ? [] : [{ label: 'Note', text: 'the backend takes the configuration within 30 s' }]),
    ],
    next: [`make rs-open ENV=${env} ORG=${org}`, commandFor('rs-login-check', target, { USER_NAME: first })],
    data: { env, org, users: users.map(({ user }) => user), sop, files },
  })
}
