import { counted } from '../../core/contents.js'
import type { Step } from '../../report/report.js'
import type { TargetContext } from '../context.js'
import type { StandingPool } from './remains.js'

/** Users removed at a time: Cognito takes 25 such calls a second (Cognito, "Quotas"). */
const atATime = 5

/** Removes every user; pool, client and groups stay. */
export async function removeUsers(
  pool: StandingPool | undefined,
  step: Step,
  { ports, signal }: TargetContext,
): Promise<void> {
  if (pool === undefined) return step.skip('there is no user pool')
  if (pool.users.length === 0) return step.skip('the pool has no users')
  for (let done = 0; done < pool.users.length; done += atATime) {
    signal.throwIfAborted()
    const next = pool.users.slice(done, done + atATime)
    await Promise.all(next.map((user) => ports.userPools.removeUser(pool.id, user)))
    step.progress(`${done + next.length} of ${pool.users.length}`)
  }
  step.say(`${counted(pool.users.length, 'user')} removed; pool ${pool.id}, its client and groups stay`)
}

/** Removes the pool with everything in it, also where it is protected from that. */
export async function removePool(pool: StandingPool | undefined, step: Step, context: TargetContext): Promise<void> {
  const { userPools } = context.ports
  if (pool === undefined) return step.skip('there is none (any more)')
  // It may have gone with its stack, or lost its protection before.
  const now = await userPools.look(pool.id)
  if (now === undefined) return step.skip(`${pool.id} is gone already`)
  if (now.protected) await liftPoolProtection(pool.id, step, context)
  for (const domain of now.domains) await userPools.removeDomain(pool.id, domain)
  await userPools.removePool(pool.id)
  step.say(`${pool.id} removed, with ${counted(pool.users.length, 'user')}`)
}

export async function liftPoolProtection(poolId: string, step: Step, { ports }: TargetContext): Promise<void> {
  await ports.userPools.liftProtection(poolId)
  step.line('changed', `deletion protection of the user pool ${poolId} lifted`)
}
