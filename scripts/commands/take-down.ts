import type { VariableName } from '../core/variables.js'
import type { TargetContext } from '../flows/context.js'
import type { Part } from '../flows/take-down/remains.js'
import type { TakeDownOutcome } from '../flows/take-down/take-down.js'
import type { Command } from './command.js'
import { deployVariables, runDeploy } from './deploy.js'

const answers: VariableName[] = ['LOCK_WAIT', 'YES', 'FORCE_YES']
const poolVariables: VariableName[] = ['COGNITO_USER_POOL_ID']
const lossVariables: VariableName[] = ['ALLOW_DATA_LOSS']
const blocked = 'Counts and shows what goes, and has env/org typed; YES=true answers. Blocked in prod.'

export const takeDownCommands: Command[] = [
  takeDownCommand(
    'rs-teardown',
    ['stack'],
    'Delete the stack and keep all data: buckets, user pool, client, groups',
    'rs-deploy finds the data again. Lifts termination protection. Counts and shows what goes, and has env/org typed; ' +
      'YES=true answers outside prod. Refuses a stack whose template would not keep its data; ALLOW_DATA_LOSS names what ' +
      'of it cannot be counted and may go.',
  ),
  takeDownCommand(
    'rs-nuke-buckets',
    ['buckets'],
    'Remove all objects of the target’s buckets, with every version, and the buckets',
    `While the stack stands, the buckets are emptied and stay. ${blocked}`,
  ),
  takeDownCommand(
    'rs-nuke-users',
    ['users'],
    'Remove all users; the user pool, its client and its groups stay',
    blocked,
  ),
  takeDownCommand(
    'rs-nuke-user-pool',
    ['pool'],
    'Remove the user pool that rs-teardown kept, with its users',
    `Lifts its deletion protection. Refused while the stack uses the pool. ${blocked}`,
  ),
  takeDownCommand(
    'rs-nuke-data',
    ['buckets', 'users'],
    'Remove all objects and all users: rs-nuke-buckets and rs-nuke-users in one',
    blocked,
  ),
  takeDownCommand(
    'rs-nuke-all',
    ['stack', 'buckets', 'pool', 'logs', 'releases'],
    'Remove everything of the target: stack, data, log groups, releases and artifacts',
    `Lifts termination and deletion protection. Run again, it continues. ${blocked}`,
  ),
  {
    group: 'Take down',
    name: 'rs-cycle-stack',
    summary: 'Delete the stack, keep all data, and deploy again with the same parameters',
    details:
      'Checks, builds and has the template judged first, so that nothing goes that could not come back. The new stack has ' +
      'every parameter of the old one; a secret one (NoEcho) cannot be read back: it begins with its default, or is refused ' +
      'where it has none. Confirmed like rs-teardown. The addresses of API and page change.',
    example: 'make rs-cycle-stack ENV=dev ORG=demo',
    acts: 'target',
    variables: [...deployVariables.filter((name) => name !== 'CREATE_BUCKETS' && name !== 'FORCE'), 'FORCE_YES'],
    run: cycle,
  },
]

function takeDownCommand(name: string, parts: readonly Part[], summary: string, details: string): Command {
  const takesPool = parts.includes('pool') || parts.includes('users')
  const keepsData = parts.includes('stack') && !parts.includes('buckets')
  return {
    group: 'Take down',
    name,
    summary,
    details,
    example: `make ${name} ENV=dev ORG=demo`,
    acts: 'target',
    ...(parts.every((part) => part === 'stack') ? {} : { destroys: true }),
    variables: [...answers, ...(takesPool ? poolVariables : []), ...(keepsData ? lossVariables : [])],
    run: (context) => runTakeDown(parts, context),
  }
}

async function runTakeDown(parts: readonly Part[], context: TargetContext): Promise<void> {
  const { takeDown } = await import('../flows/take-down/take-down.js')
  summarize(parts, await takeDown(parts, context), context)
}

async function cycle(context: TargetContext): Promise<void> {
  const { prepareCycle } = await import('../flows/take-down/prepare-cycle.js')
  const { takeDown } = await import('../flows/take-down/take-down.js')
  const successor = await prepareCycle(context)
  await takeDown(['stack'], context)
  await runDeploy('existing', successor)
}

function summarize(parts: readonly Part[], outcome: TakeDownOutcome, context: TargetContext): void {
  const { report, target, ports, started, command } = context
  const { kind, remains, removed } = outcome
  const where = `ENV=${target.env} ORG=${target.org}`
  const seconds = ((ports.clock.now().getTime() - started.getTime()) / 1000).toFixed(1)
  const kept = parts.includes('buckets') ? [] : [parts.includes('stack') ? 'buckets, user pool, client, groups' : '']
  const left = [...kept, ...remains.foreign].filter((text) => text !== '')
  report.emit({
    type: 'summary',
    title: `${target.env}/${target.org} ─ ${command} ${kind === 'taken-down' ? 'is done' : 'has nothing to do'} ─ ${seconds} s`,
    rows: [
      { label: 'Removed', text: kind === 'taken-down' ? removed : 'nothing: it is not there (any more)' },
      ...(left.length === 0 ? [] : [{ label: 'Kept', text: left.join(', ') }]),
    ],
    next: parts.includes('releases') ? [`make check-rs ${where}`] : [`make rs-deploy ${where}`],
    data: {
      outcome: kind,
      env: target.env,
      org: target.org,
      command,
      stack: parts.includes('stack') ? remains.stack?.stack.name : undefined,
      resources: parts.includes('stack') ? remains.stack?.goes.length : undefined,
      buckets: remains.buckets,
      userPoolId: remains.pool?.id,
      users: remains.pool?.users.length,
      logGroups: remains.logGroups,
      releases: remains.releases,
    },
  })
}
