import { configChanges } from '../../core/config-diff.js'
import { type EntryChange, entryChanges, isSecretParameter } from '../../core/input-changes.js'
import { parseTemplate } from '../../core/template.js'
import { templateChanges } from '../../core/template-diff.js'
import type { TargetContext } from '../context.js'
import { type DeploymentFacts, gatherFacts } from '../deploy/deployment-facts.js'
import { readStoredConfig, readableConfig } from '../config/target-config.js'
import { notDeployed } from './deployed-stack.js'
import { withoutAdmin } from '../ledger/why-changed.js'

export interface StackDiff {
  parameters: EntryChange[]
  template: EntryChange[]
  config: EntryChange[]
  /** Undefined: the last release is not known, so neither is its code. */
  codeChanged: boolean | undefined
}

/** What the files would bring to the stack, without a build and without a change set. Reads only. Throws NotDeployed. */
export async function diffStack(context: TargetContext): Promise<StackDiff> {
  const facts = await gatherFacts(withoutAdmin(context), false)
  const { stack, sources, inputs, receipt, config } = facts
  const { ports, names, target } = context
  if (stack === undefined) throw notDeployed(target)
  const [original, stored] = await Promise.all([ports.stacks.originalTemplate(stack.arn), readStoredConfig(context)])
  return {
    parameters: parameterChanges(stack.parameters, facts),
    template: templateChanges(parseTemplate(original, `the template of ${stack.name}`), sources.template),
    config: names.bucketKeys.includes('lambda')
      ? configChanges(readableConfig(stored?.text), readableConfig(config.text))
      : [],
    codeChanged: receipt === undefined ? undefined : receipt.inputs.code !== inputs.code,
  }
}

/** CloudFormation shows no value of a NoEcho parameter: whether that one changes cannot be told. */
function parameterChanges(was: Readonly<Record<string, string>>, { inputs, sources }: DeploymentFacts): EntryChange[] {
  const visible = (values: Readonly<Record<string, string>>): Record<string, string> =>
    Object.fromEntries(Object.entries(values).filter(([name]) => !isSecretParameter(name, sources.template)))
  return entryChanges(visible(was), visible(inputs.parameters))
}
