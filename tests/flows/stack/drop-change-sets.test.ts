import { describe, expect, it } from '@jest/globals'
import { dropPlan } from '../../../scripts/flows/stack/drop-change-sets.js'
import type { ChangeSet, Stack, Stacks } from '../../../scripts/ports.js'
import { type FakeContext, fakeContext, fakeStack } from '../../support/fake-context.js'
import { fakePort } from '../../support/fake-ports.js'

const setArn = (name: string): string => `arn:aws:cloudformation:eu-west-1:123456789012:changeSet/${name}/1`
const own = setArn('samcli-deploy1700000000')
const nested = setArn('rs-changes-1')
const foreign = setArn('console-set')
const shell = fakeStack({ status: 'REVIEW_IN_PROGRESS' })

/** A stack with these sets; each is worked on for as many polls as `busy` says. */
function world(stack: Stack | undefined, sets: string[], busy = 0): FakeContext {
  let left = busy
  const stacks: Partial<Stacks> = {
    describe: async () => stack,
    changeSetArns: async () => [...sets],
    changeSet: async (arn) => {
      const status = left-- > 0 ? 'CREATE_IN_PROGRESS' : 'CREATE_COMPLETE'
      return { arn, stackArn: shell.arn, status, statusReason: undefined, changes: [] } satisfies ChangeSet
    },
    deleteChangeSet: async (arn) => void sets.splice(sets.indexOf(arn), 1),
    deleteStack: async () => undefined,
  }
  return fakeContext({ ports: (calls) => ({ stacks: fakePort<Stacks>('stacks', stacks, calls) }) })
}
const deleted = ({ calls }: FakeContext): string[] => calls.filter((call) => call.startsWith('stacks.delete'))

describe('what a plan leaves', () => {
  it('is nothing: its sets go, and the shell that the first one made, by its ARN', async () => {
    const context = world(shell, [own, nested])
    await dropPlan(context)
    expect(deleted(context)).toEqual([
      `stacks.deleteChangeSet(${own}, rawscribe-dev-myorg)`,
      `stacks.deleteChangeSet(${nested}, rawscribe-dev-myorg)`,
      `stacks.deleteStack(${shell.arn})`,
    ])
  })

  it('is every set of somebody else, and the shell that it stands on', async () => {
    const context = world(shell, [own, foreign])
    await dropPlan(context)
    expect(deleted(context)).toEqual([`stacks.deleteChangeSet(${own}, rawscribe-dev-myorg)`])
  })

  it('is every stack that is more than a shell', async () => {
    const context = world(fakeStack({ status: 'CREATE_IN_PROGRESS' }), [own])
    await dropPlan(context)
    expect(deleted(context)).toEqual([`stacks.deleteChangeSet(${own}, rawscribe-dev-myorg)`])
  })

  it('is nothing where there is nothing', async () => {
    const context = world(undefined, [])
    await dropPlan(context)
    expect(deleted(context)).toEqual([])
  })

  it('does not ask for a set to be deleted that CloudFormation is still working on', async () => {
    const context = world(fakeStack(), [own], 3)
    await dropPlan(context)
    expect(context.clock.slept).toHaveLength(3)
    expect(deleted(context)).toHaveLength(1)
  })
})
