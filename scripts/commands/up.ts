import type { Inputs } from '../core/inputs.js'
import { endingsOf } from '../core/shift-endings.js'
import type { VariableName } from '../core/variables.js'
import { type Work, works } from '../core/least-work.js'
import { DeployError } from '../errors.js'
import type { ChosenWork } from '../flows/deploy/choose-work.js'
import type { TargetContext } from '../flows/context.js'
import type { Command } from './command.js'
import { runUpdateConfig } from './config.js'
import { deployVariables, runDeploy } from './deploy.js'
import { runDeployFunction } from './release.js'

export const upVariables: VariableName[] = [
  'STRATEGY',
  ...deployVariables.filter((name) => !/^(ADMIN_|FORCE$)/.test(name)),
]

export const upCommands: Command[] = [
  {
    name: 'rs-up',
    group: 'Deploy',
    summary: 'Find out what changed, and do the least that brings it live',
    details:
      'Nothing, rs-update-config, rs-deploy-function, rs-deploy-only or rs-deploy, and says why. Only pure code or pure ' +
      'configuration goes past CloudFormation.',
    example: 'make rs-up ENV=stage ORG=myorg',
    acts: 'target',
    variables: upVariables,
    run: runUp,
  },
]

/** What each work is done by: the very commands that the user could have typed, as which the ledger records them. */
const doing: Readonly<Record<Exclude<Work, 'nothing' | 'end-shift'>, (context: TargetContext) => Promise<void>>> = {
  config: runUpdateConfig,
  code: runDeployFunction,
  'deploy-only': (context) => runDeploy('existing', context),
  deploy: (context) => runDeploy('fresh', context),
}

async function runUp(given: TargetContext): Promise<void> {
  const { chooseWork } = await import('../flows/deploy/choose-work.js')
  const { withoutAdmin } = await import('../flows/ledger/why-changed.js')
  const context = withoutAdmin(given)
  await doChosen(await chooseWork(context), context)
}

export async function doChosen(chosen: ChosenWork, context: TargetContext, ways = doing): Promise<void> {
  const { work } = chosen
  if (work === 'nothing') return finishIdle(chosen, context)
  if (work === 'end-shift') throw halfWay(chosen, context)
  // A build is chosen where it is the checkout: what was released since is what the checkout took back.
  const inputs: Inputs = work === 'deploy-only' ? { ...context.inputs, CODE: 'build' } : context.inputs
  const started = context.ports.clock.now()
  await ways[work]({ ...context, command: works[work].command, started, inputs })
}

function halfWay({ because }: ChosenWork, { target }: TargetContext): DeployError {
  return new DeployError('StackState', `nothing else is to do, but ${because.join(', ')}`, {
    hint: `${endingsOf(target).abort} (or finish it), then the same command again`,
  })
}

async function finishIdle({ stack, since }: ChosenWork, context: TargetContext): Promise<void> {
  const { verifyTarget } = await import('../flows/deploy/verify-target.js')
  const { env, org } = context.target
  if (stack !== undefined) await verifyTarget(stack, since?.function?.version ?? '', context)
  context.report.emit({
    type: 'summary',
    title: `${env}/${org} is live, nothing to do ─ release ${since?.release}`,
    rows: [],
    next: [`make check-rs ENV=${env} ORG=${org}`],
    data: { outcome: 'unchanged', env, org, release: since?.release },
  })
}
