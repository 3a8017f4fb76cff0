import type { Templates } from '../../core/change-risk.js'
import type { ResourceChange } from '../../core/changes.js'
import { isNoEcho } from '../../core/input-changes.js'
import type { Surroundings } from '../../core/intrinsics.js'
import { type Template, parseTemplate } from '../../core/template.js'
import type { TargetContext } from '../context.js'

/** What a change set does to one stack: to the target's own, or to one nested in it. */
export interface StackChanges {
  /** Logical ids of the nested stacks that lead to it, the outermost first; none for the target's own. */
  within: readonly string[]
  changes: readonly ResourceChange[]
  templates: Templates
  /** What the new template's values are worked out with. */
  surroundings: Surroundings
}

/** The template of a stack, or of a change set of it, as CloudFormation processed it. */
export async function processedTemplate(
  stack: string,
  changeSet: string | undefined,
  { ports }: TargetContext,
): Promise<Template> {
  return parseTemplate(await ports.stacks.template(stack, changeSet), 'the processed template')
}

/** What CloudFormation tells in place of a secret parameter's value (API reference, "Parameter"). */
const maskOfSecrets = '****'

/** What a template's values are worked out with: of its parameters those whose values are known here. */
export function surroundingsOf(
  template: Template,
  parameters: Readonly<Record<string, string>>,
  stackName: string,
  { cloud }: TargetContext,
): Surroundings {
  const isKnown = ([name, value]: [string, string]): boolean =>
    !(isNoEcho(name, template) && value === maskOfSecrets) &&
    // The value is a place in Parameter Store; what lies there, only AWS knows.
    template.Parameters?.[name]?.Type.startsWith('AWS::SSM::Parameter::Value<') !== true
  const known = Object.fromEntries(Object.entries(parameters).filter(isKnown))
  return { template, parameters: known, account: cloud.account, region: cloud.region, stackName }
}
