import type { DriftReport } from '../core/drift.js'
import { isSet } from '../core/inputs.js'
import { DeployError } from '../errors.js'
import type { TargetContext } from '../flows/context.js'
import type { Command } from './command.js'
import { parameterVariables } from './ledger.js'

/** What stands against what should stand. */
export const diffAndDriftCommands: Command[] = [
  {
    name: 'rs-diff',
    group: 'Look',
    summary: 'What the files would bring to the stack: parameters, template, configuration, code',
    details:
      'Compares template.yaml with the template that the stack was deployed with, without a build and without a change ' +
      'set; rs-plan says what CloudFormation would do. CHECK=true ends with exit code 7 where something differs.',
    example: 'make rs-diff ENV=stage ORG=myorg',
    acts: 'target',
    variables: [...parameterVariables, 'CHECK'],
    run: showDiff,
  },
  {
    name: 'rs-drift',
    group: 'Look',
    summary: 'What was changed past CloudFormation, resource by resource',
    details:
      'What this tool itself does there (live moves, code goes alone) is no drift. Types that the API does not compare ' +
      'are named. CHECK=true ends with exit code 7 where something drifted.',
    example: 'make rs-drift ENV=stage ORG=myorg',
    acts: 'target',
    variables: ['CHECK'],
    run: showDrift,
  },
]

async function showDiff(context: TargetContext): Promise<void> {
  const { diffStack } = await import('../flows/stack/diff-stack.js')
  const { changeLine } = await import('../report/ledger-text.js')
  const { env, org } = context.target
  const diff = await diffStack(context)
  const { codeChanged, ...lists } = diff
  const sections = Object.entries(lists).flatMap(([title, changes]) =>
    changes.length === 0 ? [] : [title, ...changes.map((change) => `  ${changeLine(change, false)}`)],
  )
  const code =
    codeChanged === true
      ? [`code changed since the last release: make rs-why-changed ENV=${env} ORG=${org} names the files`]
      : codeChanged === undefined
        ? ['whether code changed cannot be told: no release is recorded']
        : []
  const text = [...sections, ...code].join('\n')
  context.report.emit({ type: 'result', text: text === '' ? 'nothing differs' : text, data: diff })
  if (isSet(context.inputs, 'CHECK') && (sections.length > 0 || codeChanged === true)) {
    throw new DeployError('Different', `${env}/${org} is not as the files are`, {
      hint: `make rs-plan ENV=${env} ORG=${org}, then make rs-deploy ENV=${env} ORG=${org}`,
    })
  }
}

async function showDrift(context: TargetContext): Promise<void> {
  const { findDrift } = await import('../flows/stack/find-drift.js')
  const { env, org } = context.target
  const found = await findDrift(context)
  context.report.emit({ type: 'result', text: describeDrift(found, context), data: found })
  if (isSet(context.inputs, 'CHECK') && found.drifted.length > 0) {
    throw new DeployError('Different', `${env}/${org} was changed past CloudFormation`, {
      hint: `change it back, or put it into template.yaml and make rs-deploy ENV=${env} ORG=${org}`,
    })
  }
}

function describeDrift({ drifted, ours, inSync, unchecked }: DriftReport, { cloud }: TargetContext): string {
  const types = Object.entries(unchecked).map(
    ([type, count]) => `${type.replace(/^AWS::/, '')}${count > 1 ? ` (${count})` : ''}`,
  )
  const who = cloud.kind === 'aws' ? 'CloudFormation does not compare' : 'the emulator does not compare'
  return [
    drifted.length === 0 ? `no drift: ${inSync} resources are as the template says` : `${drifted.length} drifted`,
    ...drifted.flatMap(({ logicalId, type, status, differences }) => [
      `~ ${logicalId}  ${type.replace(/^AWS::/, '')}${status === 'DELETED' ? '  is gone' : ''}`,
      ...differences.map(({ path, expected, actual }) => `    ${path}  ${expected} → ${actual}`),
    ]),
    ...(ours === 0 ? [] : [`${ours} differ only by what rs-deploy and rs-deploy-function do themselves`]),
    ...(types.length === 0 ? [] : [`not compared: ${types.join(', ')} (${who} these)`]),
  ].join('\n')
}
