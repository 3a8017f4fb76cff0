import { addressesOf } from '../core/addresses.js'
import { isSet } from '../core/inputs.js'
import type { TargetContext } from '../flows/context.js'
import type { CodeOutcome } from '../flows/deploy-function.js'
import type { Command } from './command.js'

export const releaseCommands: Command[] = [
  {
    name: 'rs-deploy-function',
    group: 'Deploy',
    summary: 'Bring changed code live in a second, past CloudFormation',
    details:
      'Zips what the build would put into each function, updates those whose live code differs, publishes and checks ' +
      'each new version before any request reaches it, and moves the aliases when all are good: all or none. Changed ' +
      'dependencies, templates and configuration are for rs-deploy.',
    example: 'make rs-deploy-function ENV=stage ORG=myorg',
    acts: 'target',
    variables: ['FUNCTION', 'HEALTH_ATTEMPTS', 'HEALTH_PATH', 'LOCK_WAIT', 'FORCE', 'YES'],
    async run(context) {
      const { deployFunctions } = await import('../flows/deploy-function.js')
      summarize(await deployFunctions(isSet(context.inputs, 'FORCE'), context), context)
    },
  },
]

function summarize(outcome: CodeOutcome, { report, target, names, cloud, ports, started }: TargetContext): void {
  const { stack, release } = outcome
  const { api } = addressesOf(stack.outputs, names.apiStage, cloud)
  const seconds = ((ports.clock.now().getTime() - started.getTime()) / 1000).toFixed(1)
  const verb = outcome.kind === 'deployed' ? 'is live' : 'is live, nothing to do'
  const released = outcome.kind === 'deployed' ? outcome.released : []
  report.emit({
    type: 'summary',
    title: `${target.env}/${target.org} ${verb} ─ release ${release} ─ ${seconds} s`,
    rows: [
      ...(api === undefined ? [] : [{ label: 'API', text: api }]),
      ...released.map(({ logicalId, version, before }) => ({
        label: logicalId,
        text: before === undefined ? `version ${version}` : `version ${version}, was ${before}`,
      })),
    ],
    next: [`make check-rs ENV=${target.env} ORG=${target.org}`],
    data: {
      outcome: outcome.kind,
      env: target.env,
      org: target.org,
      release,
      api,
      functions: Object.fromEntries(
        released.map(({ logicalId, name, version, codeSha256, before }) => [
          logicalId,
          { name, version, codeSha256, before },
        ]),
      ),
    },
  })
}
