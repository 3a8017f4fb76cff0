import pMap from 'p-map'
import { stackName, targetOfStack } from '../../core/names.js'
import type { Environment } from '../../core/target.js'
import type { CloudContext } from '../context.js'
import { type TargetGlance, glanceAtTarget } from './look-at-target.js'
import { messageOf } from '../../errors.js'

/** Each takes some five calls: together they stay far below what S3, Lambda and CloudFormation take in a second. */
const targetsAtOnce = 8

/** A target that could not be looked at, why, and the next command: it hides no other. */
export interface FailedGlance {
  target: TargetGlance['target']
  failed: string
  next: string
}

export type Glimpse = TargetGlance | FailedGlance

/** Every deployed organization of an environment, by name; the stacks are listed once. */
export async function glanceAtEnvironment(env: Environment, context: CloudContext): Promise<Glimpse[]> {
  const { ports, project, signal } = context
  const stacks = await ports.stacks.list(stackName({ env, org: '' }, project))
  const found = stacks.flatMap((stack) => {
    const target = targetOfStack(stack.name, project)
    return target?.env === env ? [{ target, stack }] : []
  })
  found.sort((a, b) => a.target.org.localeCompare(b.target.org))
  return pMap(
    found,
    async ({ target, stack }): Promise<Glimpse> => {
      try {
        return await glanceAtTarget(target, stack, context)
      } catch (error) {
        if (signal.aborted) throw error
        const failed = messageOf(error)
        return { target, failed, next: `make check-rs ENV=${target.env} ORG=${target.org}` }
      }
    },
    { concurrency: targetsAtOnce, signal },
  )
}
