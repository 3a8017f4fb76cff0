import { describe, expect, it } from '@jest/globals'
import { confirmCodeFacts, gatherCodeFacts } from '../../../scripts/flows/release/code-facts.js'
import type { Stack } from '../../../scripts/ports.js'
import { type FakeContext, fakeStack, fakeStep } from '../../support/fake-context.js'
import { ledgerWorld, stored } from '../../support/fake-ledger.js'

const world = (stack: Stack, ...releases: number[]): FakeContext =>
  ledgerWorld({
    stack,
    objects: Object.assign({}, ...releases.map((release) => stored(release))) as Record<string, string>,
    over: { template: async () => '{"Resources":{}}' },
  })
const stack = fakeStack({ status: 'UPDATE_COMPLETE' })
/** What was asked beyond the two questions that are always asked under the lock. */
const asked = ({ calls }: FakeContext): number => calls.filter((call) => /\.(read|template)\(/.test(call)).length

describe('what was read before the lock', () => {
  const early = gatherCodeFacts(fakeStep(), world(stack, 1))

  it('counts where no other run was in between: nothing is read again', async () => {
    const context = world(stack, 1)
    expect(await confirmCodeFacts(await early, fakeStep(), context)).toMatchObject({ newest: 1, live: { release: 1 } })
    expect(asked(context)).toBe(0)
  })

  it.each([
    ['another release was recorded', stack, [1, 2], 2],
    ['the stack was changed', fakeStack({ status: 'UPDATE_COMPLETE', changedAt: 'later' }), [1], 1],
  ])('is read anew where %s', async (_case, now, releases, newest) => {
    const context = world(now, ...releases)
    const facts = await confirmCodeFacts(await early, fakeStep(), context)
    expect(facts).toMatchObject({ newest, live: { release: newest }, stack: now })
    expect(asked(context)).toBe(2)
  })

  it('is read anew where it was not read, or the lock was waited for', async () => {
    const context = world(stack, 1)
    expect(await confirmCodeFacts(undefined, fakeStep(), context)).toMatchObject({ newest: 1 })
    expect(asked(context)).toBe(2)
  })
})
