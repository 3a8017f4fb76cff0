import { isSet } from '../core/inputs.js'
import { DeployError } from '../errors.js'
import type { TargetContext } from './context.js'

/** In prod the target's name is typed before anything is changed; YES=true stands for it in CI. Throws Declined. */
export async function confirmDeployment({ target, inputs, ports, command }: TargetContext): Promise<void> {
  if (target.env !== 'prod' || isSet(inputs, 'YES')) return
  const wanted = `${target.env}/${target.org}`
  if (!ports.prompts.interactive) {
    throw new DeployError('Declined', `${command} in prod asks for confirmation, and nobody is there to answer`, {
      hint: 'YES=true confirms it',
    })
  }
  const answer = await ports.prompts.ask(`Type ${wanted} to go on: `)
  if (answer.trim() === wanted) return
  throw new DeployError('Declined', `"${answer.trim()}" is not ${wanted}: nothing was changed`, {
    hint: `the same command again, and type ${wanted}`,
  })
}
