import { describeLock } from '../core/lock.js'
import { DeployError } from '../errors.js'
import type { TargetContext } from '../flows/context.js'
import { prepareAccount } from '../flows/stack/prepare-account.js'
import { newLock, readLock, tryTake } from '../flows/lock/target-lock.js'
import type { Command } from './command.js'

const common = { group: 'Lock', acts: 'target' } as const

export const lockCommands: Command[] = [
  {
    ...common,
    name: 'rs-lock',
    summary: 'Keep everybody from deploying this target, until rs-unlock',
    details: 'Deployments are refused at once and told WHY; they do not wait. The lock does not go stale.',
    example: 'make rs-lock ENV=prod ORG=myorg WHY="migration"',
    variables: ['WHY'],
    run: lock,
  },
  {
    ...common,
    name: 'rs-unlock',
    summary: 'Remove the lock of this target',
    details:
      'Where a run holds it and gives signs of life, it names that run and asks first (YES=true answers). That run writes ' +
      'nothing more and gives the lock back within seconds; one that is silent is given up after 45 s.',
    example: 'make rs-unlock ENV=prod ORG=myorg',
    variables: ['YES'],
    run: removeLock,
  },
  {
    ...common,
    name: 'rs-lock-status',
    summary: 'Who holds this target, since when and why',
    details: 'The word free or locked on standard output, for scripts.',
    example: 'make rs-lock-status ENV=prod ORG=myorg',
    variables: [],
    run: showLock,
  },
]

async function lock(context: TargetContext): Promise<void> {
  const { report, inputs, target } = context
  if (inputs.WHY === undefined) {
    throw new DeployError('Usage', 'WHY is missing: it tells everybody who meets the lock', {
      hint: 'WHY="migration until noon"',
    })
  }
  await report.step('Account', (step) => prepareAccount(step, context))
  await report.step('Lock', async (step) => {
    const mine = newLock(context, true, inputs.WHY)
    if ((await tryTake(mine, context)) === undefined) {
      const found = await readLock(context)
      throw new DeployError(
        'Refused',
        `it is held already by ${found === undefined ? 'somebody' : describeLock(found.lock)}`,
        {
          hint: `make rs-lock-status ENV=${target.env} ORG=${target.org}`,
        },
      )
    }
    step.say('nobody deploys here until rs-unlock')
  })
}

async function removeLock(context: TargetContext): Promise<void> {
  const { unlock } = await import('../flows/lock/unlock.js')
  await unlock(context)
}

async function showLock(context: TargetContext): Promise<void> {
  const found = await readLock(context)
  const text = found === undefined ? 'free' : 'locked'
  if (found !== undefined) context.report.emit({ type: 'note', text: `held by ${describeLock(found.lock)}` })
  context.report.emit({ type: 'result', text, data: { state: text, lock: found?.lock } })
}
