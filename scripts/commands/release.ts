import { addressesOf } from '../core/addresses.js'
import { shortDigest } from '../core/image.js'
import { isSet } from '../core/inputs.js'
import { DeployError } from '../errors.js'
import type { TargetContext } from '../flows/context.js'
import type { CodeOutcome } from '../flows/release/deploy-function.js'
import type { Released } from '../flows/release/release-code.js'
import type { RollbackOutcome } from '../flows/release/rollback-release.js'
import type { Command } from './command.js'
import { runPageRollback } from './frontend.js'

export const releaseCommands: Command[] = [
  {
    name: 'rs-deploy-function',
    group: 'Deploy',
    summary: 'Bring changed code live in a second, past CloudFormation',
    details:
      'Zips what the build would put into each function, updates those whose live code differs, publishes and checks ' +
      'each new version before any request reaches it, and moves the aliases when all are good: all or none. Changed ' +
      'dependencies, templates and configuration are for rs-deploy. A function that is an image gets the one that IMAGE names.',
    example: 'make rs-deploy-function ENV=stage ORG=myorg',
    acts: 'target',
    variables: [
      'FUNCTION',
      'IMAGE',
      'STRATEGY',
      'HEALTH_ATTEMPTS',
      'HEALTH_PATH',
      'KEEP_VERSIONS',
      'LOCK_WAIT',
      'FORCE',
      'YES',
    ],
    run: runDeployFunction,
  },
  {
    name: 'rs-rollback',
    group: 'Deploy',
    summary: 'Take the code back to the previous good release, or to a named one',
    details:
      'Moves the alias of every function back to the version of that release: nothing is built or uploaded, it takes ' +
      'about a second. The old version is asked for its health before requests reach it. Template, configuration and ' +
      'data stay as they are; the next rs-deploy brings what the checkout holds. WHAT=all takes template, parameters, code ' +
      'and configuration back, through a change set that is shown and judged as in rs-deploy; page and data stay. ' +
      'WHAT=frontend takes the page back instead, and once more goes further back.',
    example: 'make rs-rollback ENV=prod ORG=myorg',
    acts: 'target',
    variables: ['WHAT', 'RELEASE', 'HEALTH_ATTEMPTS', 'HEALTH_PATH', 'ALLOW_DATA_LOSS', 'WAIT', 'LOCK_WAIT', 'YES'],
    async run(context) {
      if (context.inputs.WHAT === 'frontend') return runPageRollback(context)
      const release = releaseNumber(context.inputs.RELEASE)
      if (context.inputs.WHAT === 'all') {
        const { rollBackEverything } = await import('../flows/release/rollback-everything.js')
        return summarizeRollback(await rollBackEverything(release, context), context)
      }
      const { rollBackTo } = await import('../flows/release/rollback-release.js')
      summarizeRollback(await rollBackTo(release, context), context)
    },
  },
]

export async function runDeployFunction(context: TargetContext): Promise<void> {
  const { deployFunctions } = await import('../flows/release/deploy-function.js')
  summarize(await deployFunctions(isSet(context.inputs, 'FORCE'), context), context)
}

function releaseNumber(given: string | undefined): number | undefined {
  if (given === undefined) return undefined
  if (/^[1-9]\d{0,8}$/.test(given)) return Number(given)
  throw new DeployError('Usage', `RELEASE=${given} is not a number of a release`, {
    hint: 'RELEASE=7; make rs-history lists them',
  })
}

function summarizeRollback(outcome: RollbackOutcome, { report, target, ports, started, inputs }: TargetContext): void {
  const whole = inputs.WHAT === 'all'
  const { env, org } = target
  const seconds = ((ports.clock.now().getTime() - started.getTime()) / 1000).toFixed(1)
  const done = outcome.kind === 'rolled-back'
  report.emit({
    type: 'summary',
    title: done
      ? `${env}/${org} ${whole ? 'is' : 'serves'} release ${outcome.to} again ─ release ${outcome.release} ─ ${seconds} s`
      : `${env}/${org} ${whole ? 'is' : 'serves'} release ${outcome.to} already ─ ${seconds} s`,
    rows: done ? functionRows(outcome.released) : [],
    next: [`make rs-history ENV=${env} ORG=${org}`],
    data: {
      outcome: outcome.kind,
      what: whole ? 'all' : 'code',
      env,
      org,
      to: outcome.to,
      ...(done ? { release: outcome.release, functions: functionData(outcome.released) } : {}),
    },
  })
}

/** More than these share a row where they moved alike. */
const mostRows = 8

function functionRows(released: readonly Released[]): { label: string; text: string }[] {
  const rows = released.map(({ logicalId, version, before, imageDigest }) => ({
    label: logicalId,
    text: [
      `version ${version}`,
      ...(before === undefined ? [] : [`was ${before}`]),
      ...(imageDigest === undefined ? [] : [shortDigest(imageDigest)]),
    ].join(', '),
  }))
  if (rows.length <= mostRows) return rows
  return [...new Set(rows.map(({ text }) => text))].map((text) => {
    const alike = rows.filter((row) => row.text === text).map(({ label }) => label)
    return { label: `${alike.length} functions`, text: `${text}: ${alike.join(', ')}` }
  })
}

function functionData(released: readonly Released[]): Record<string, unknown> {
  return Object.fromEntries(
    released.map(({ logicalId, name, version, codeSha256, before, imageDigest }) => [
      logicalId,
      { name, version, codeSha256, before, imageDigest },
    ]),
  )
}

function summarize(outcome: CodeOutcome, { report, target, names, cloud, ports, started }: TargetContext): void {
  const { stack, release } = outcome
  const { api } = addressesOf(stack.outputs, names.apiStage, cloud)
  const seconds = ((ports.clock.now().getTime() - started.getTime()) / 1000).toFixed(1)
  const verb = outcome.kind === 'deployed' ? 'is live' : 'is live, nothing to do'
  const released = outcome.kind === 'deployed' ? outcome.released : []
  report.emit({
    type: 'summary',
    title: `${target.env}/${target.org} ${verb} ─ release ${release} ─ ${seconds} s`,
    rows: [...(api === undefined ? [] : [{ label: 'API', text: api }]), ...functionRows(released)],
    next: [`make check-rs ENV=${target.env} ORG=${target.org}`],
    data: {
      outcome: outcome.kind,
      env: target.env,
      org: target.org,
      release,
      api,
      functions: functionData(released),
    },
  })
}
