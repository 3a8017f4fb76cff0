import { cloudTitle } from '../core/cloud.js'
import type { Inputs } from '../core/inputs.js'
import { namesOf } from '../core/names.js'
import { type Target, parseEnvironment, parseOrganization } from '../core/target.js'
import { DeployError } from '../errors.js'
import type { CloudContext, Context } from '../flows/context.js'
import type { Command } from './command.js'

/** Gives a command what it acts on, all of it checked before anything is started, and runs it. */
export async function runCommand(command: Command, context: Context): Promise<void> {
  const { inputs } = context
  switch (command.acts) {
    case 'machine':
      return command.run(context)
    case 'cloud':
      return command.run(await connected(context))
    case 'everywhere': {
      const env = inputs.ENV === undefined ? undefined : parseEnvironment(inputs.ENV)
      const org = inputs.ORG === undefined ? undefined : parseOrganization(inputs.ORG, env ?? 'dev')
      return command.run({ ...(await connected(context)), env, org })
    }
    case 'environment': {
      const env = parseEnvironment(inputs.ENV)
      const org = inputs.ORG === undefined ? undefined : parseOrganization(inputs.ORG, env)
      return command.run({ ...(await connected(context)), env, org })
    }
    case 'files':
      return command.run({ ...context, target: targetOf(inputs) })
    case 'target': {
      const target = targetOf(inputs)
      const cloudContext = await connected(context)
      const { cloud, report } = cloudContext
      const title = `${context.project.prefix} ${target.env}/${target.org}`
      report.emit({ type: 'header', title, cloud: cloudTitle(cloud), account: cloud.account, region: cloud.region })
      return command.run({ ...cloudContext, target, names: namesOf(target, cloud.account, context.project) })
    }
  }
}

function targetOf(inputs: Inputs): Target {
  const env = parseEnvironment(inputs.ENV)
  return { env, org: parseOrganization(inputs.ORG, env) }
}

async function connected(context: Context): Promise<CloudContext> {
  const found = await context.connect({ startEmulator: true })
  if (found === undefined) throw new DeployError('Bug', 'the local AWS was to be started and is not there')
  return found
}
