import { addressesOf } from '../core/addresses.js'
import { DeployError } from '../errors.js'
import type { TargetContext } from '../flows/context.js'
import type { PageOutcome } from '../flows/page/deploy-frontend.js'
import type { Command } from './command.js'

export const frontendCommands: Command[] = [
  {
    name: 'deploy-frontend',
    group: 'Deploy',
    summary: 'Bring the page into the target’s bucket: changed files only, documents last',
    details:
      'Takes frontend/dist, else frontend/, or the built folder that FRONTEND_DIR names, and generates its config.json ' +
      'from the stack. Files named after their content are cached for a year, all others are asked for each time. Has ' +
      'CloudFront forget the changed paths; WAIT=true waits for that. CHECK=true changes nothing and answers by exit ' +
      'code 7 where something would be done. Asks in prod.',
    example: 'make deploy-frontend ENV=dev ORG=demo CLOUD=local',
    acts: 'target',
    variables: ['FRONTEND_DIR', 'WAIT', 'CHECK', 'LOCK_WAIT', 'YES'],
    async run(context) {
      const { deployFrontend } = await import('../flows/page/deploy-frontend.js')
      tell(await deployFrontend(context), context)
    },
  },
]

function tell(outcome: PageOutcome, { report, target, names, cloud, ports, started }: TargetContext): void {
  const { env, org } = target
  const where = `ENV=${env} ORG=${org}`
  const { page } = addressesOf(outcome.stack.outputs, names.apiStage, cloud)
  const change = outcome.kind === 'unchanged' ? undefined : outcome.change.plan
  const counts = {
    uploaded: change?.uploads.map(({ file }) => file.key) ?? [],
    removed: change?.removals ?? [],
    invalidated: change?.paths ?? [],
  }
  if (outcome.kind === 'planned') {
    report.emit({ type: 'result', text: `${env}/${org}: the page is not this one`, data: { env, org, ...counts } })
    throw new DeployError('Different', `${counts.uploaded.length} to upload, ${counts.removed.length} to remove`, {
      hint: `make deploy-frontend ${where}`,
    })
  }
  const version = outcome.kind === 'deployed' ? outcome.record.version : outcome.version
  const seconds = ((ports.clock.now().getTime() - started.getTime()) / 1000).toFixed(1)
  const verb = outcome.kind === 'deployed' ? 'page is live' : 'page is live, nothing to do'
  report.emit({
    type: 'summary',
    title: `${env}/${org} ${verb} ─ version ${version} ─ ${seconds} s`,
    rows: [
      { label: 'Page', text: page ?? names.buckets.frontend },
      { label: 'Files', text: `${counts.uploaded.length} uploaded, ${counts.removed.length} removed` },
    ],
    next:
      outcome.kind === 'deployed' && version > 1
        ? [`make rs-rollback ${where} WHAT=frontend, to put the page before back`]
        : [`make rs-open ${where}`],
    data: { outcome: outcome.kind, env, org, version, page, ...counts },
  })
}

/** `make rs-rollback WHAT=frontend`. Throws Usage where a release is named: a page has versions of its own. */
export async function runPageRollback(context: TargetContext): Promise<void> {
  const { report, target, names, cloud, inputs, ports, started } = context
  const { env, org } = target
  if (inputs.RELEASE !== undefined) {
    throw new DeployError(
      'Usage',
      `RELEASE=${inputs.RELEASE} is one of the code: the page goes back version by version`,
      {
        hint: `make rs-rollback ENV=${env} ORG=${org} WHAT=frontend`,
      },
    )
  }
  const { rollBackPage } = await import('../flows/page/roll-back-page.js')
  const { stack, record, to } = await rollBackPage(context)
  const { page } = addressesOf(stack.outputs, names.apiStage, cloud)
  const seconds = ((ports.clock.now().getTime() - started.getTime()) / 1000).toFixed(1)
  report.emit({
    type: 'summary',
    title: `${env}/${org} shows version ${to} of its page again ─ version ${record.version} ─ ${seconds} s`,
    rows: [{ label: 'Page', text: page ?? names.buckets.frontend }],
    next: [`make deploy-frontend ENV=${env} ORG=${org}, once the page is mended`],
    data: { outcome: 'rolled-back', env, org, to, version: record.version, page },
  })
}
