import { isSet } from '../core/inputs.js'
import { DeployError } from '../errors.js'
import type { TargetContext } from './context.js'

export interface Confirmation {
  /** What is about to happen, as it continues "… asks for confirmation". */
  what: string
  /** Whether YES=true stands for typing. */
  yesSkips: boolean
}

/** Has the target's name typed before something is done that must not happen to the wrong one. Throws Declined. */
export async function confirmTyped(
  { what, yesSkips }: Confirmation,
  { target, inputs, ports }: TargetContext,
): Promise<void> {
  if (yesSkips && isSet(inputs, 'YES')) return
  const wanted = `${target.env}/${target.org}`
  if (!ports.prompts.interactive) {
    throw new DeployError('Declined', `${what} asks for confirmation, and nobody is there to answer`, {
      hint: yesSkips ? 'YES=true confirms it' : 'it must be typed: run it at a terminal',
    })
  }
  const answer = await ports.prompts.ask(`${what}: type ${wanted} to go on: `)
  if (answer.trim() === wanted) return
  throw new DeployError('Declined', `"${answer.trim()}" is not ${wanted}: nothing was changed`, {
    hint: `the same command again, and type ${wanted}`,
  })
}

/** In prod the target's name is typed before anything is changed; YES=true stands for it in CI. */
export async function confirmDeployment(context: TargetContext): Promise<void> {
  if (context.target.env !== 'prod') return
  await confirmTyped({ what: `${context.command} in prod`, yesSkips: true }, context)
}

/** Taking a lock away from a run that may be alive. */
export async function confirmUnlock(holder: string, context: TargetContext): Promise<void> {
  await confirmTyped({ what: `taking the lock away from ${holder}`, yesSkips: true }, context)
}

/** Before anything is taken down; outside prod YES=true stands for typing, in prod nothing does. */
export async function confirmTakeDown(what: string, context: TargetContext): Promise<void> {
  const outsideProd = context.target.env !== 'prod'
  if (outsideProd && isSet(context.inputs, 'FORCE_YES')) return
  await confirmTyped({ what, yesSkips: outsideProd }, context)
}
