import { DeployError } from '../errors.js'
import { isNoEcho } from './input-changes.js'
import type { ParameterValue } from './parameters.js'
import type { Project } from './project.js'
import type { Target } from './target.js'
import type { Template } from './template.js'

/** What a stack manages stays managed whatever release it goes back to: letting go of it would strand what it holds. */
const keptByStack = ['CreateBuckets', 'ManageUserPool', 'UserPoolProtection', 'CognitoUserPoolId', 'CognitoClientId']

export interface EarlierParameters {
  values: ParameterValue[]
  /** Names of those whose value nobody recorded: the stack's stays. */
  previous: string[]
}

export interface EarlierFacts {
  target: Target
  /** The template of that release. */
  template: Template
  /** What the template calls the parameters that this tool decides. */
  names: Project['parameters']
  /** Values of that release, and of the stack now. */
  recorded: Readonly<Record<string, string>>
  stack: Readonly<Record<string, string>>
}

/**
 * The parameters that a template is deployed with again. Those that keep data are as the stack has them; a secret one is
 * left as it is. Throws StackState where a value is nowhere to be had.
 */
export function planEarlierParameters(facts: EarlierFacts): EarlierParameters {
  const { target, template, names, recorded, stack } = facts
  const ours = new Map(Object.entries(names).map(([our, their]) => [their, our]))
  const fixed: Readonly<Record<string, string>> = { Environment: target.env, Organization: target.org }
  const values: ParameterValue[] = []
  const previous: string[] = []
  for (const [name, { Default }] of Object.entries(template.Parameters ?? {})) {
    const our = ours.get(name) ?? name
    const present = stack[name]
    const earlier = recorded[name]
    if (fixed[our] !== undefined) values.push({ name, value: fixed[our], from: 'target' })
    else if (isNoEcho(name, template) && present !== undefined) previous.push(name)
    else if (keptByStack.includes(our) && present !== undefined) values.push({ name, value: present, from: 'stack' })
    else if (earlier !== undefined && !isNoEcho(name, template)) values.push({ name, value: earlier, from: 'release' })
    else if (Default === undefined) throw nowhere(name, isNoEcho(name, template))
  }
  return { values, previous }
}

function nowhere(name: string, secret: boolean): DeployError {
  const why = secret ? 'is secret, so no receipt holds its value' : 'is not in the receipt'
  return new DeployError(
    'StackState',
    `the template of that release takes ${name}, which ${why}, and the stack has none`,
    {
      hint: 'check the commit of that release out and make rs-deploy',
    },
  )
}
