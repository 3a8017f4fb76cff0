import { describe, expect, it } from '@jest/globals'
import { DeployError } from '../../../scripts/errors.js'
import { type ReadyVersion, moveReady } from '../../../scripts/flows/release/move-ready.js'
import type { FunctionAlias } from '../../../scripts/ports.js'
import { fakeStep } from '../../support/fake-context.js'
import { canary, watched, world } from '../../support/fake-shift.js'
import { rejectedBy } from '../../support/failures.js'

const at = (version: string): FunctionAlias => ({ version, revisionId: 'r0', weights: {} })
/** What is to be moved to version 8, from where these aliases are. */
function ready(aliases: Record<string, FunctionAlias>): ReadyVersion[] {
  return watched.flatMap(({ logicalId, name, alias, from, to, check }) => {
    const current = aliases[name]
    if (current === undefined) return []
    const before = current.version === '$LATEST' ? undefined : from
    const fn = { logicalId, name, packageType: 'Zip' as const, alias, movedByStack: false, check }
    return [{ fn, current, made: { logicalId, name, alias, version: to, before } }]
  })
}
const versions = (aliases: Record<string, FunctionAlias>): unknown =>
  Object.fromEntries(Object.entries(aliases).map(([name, { version }]) => [name, version]))

describe('moving the requests of versions that are ready', () => {
  const inputs = { STRATEGY: canary }

  it('leaves a function without an earlier version where it is, when the others’ shift goes back', async () => {
    const aliases = { f: at('7'), g: at('$LATEST') }
    const context = world({ inputs, aliases, alarm: () => context.aliases['f']?.weights['8'] !== undefined })
    expect(await rejectedBy(moveReady(ready(aliases), undefined, fakeStep(), context))).toMatchObject({
      code: 'Unhealthy',
    })
    expect(versions(context.aliases)).toEqual({ f: '7', g: '$LATEST' })
  })

  it('moves it after the shift ended well', async () => {
    const context = world({ inputs, aliases: { f: at('7'), g: at('$LATEST') } })
    expect(await moveReady(ready({ ...context.aliases }), undefined, fakeStep(), context)).toMatchObject({
      ended: 'done',
    })
    expect(versions(context.aliases)).toEqual({ f: '8', g: '8' })
    expect(context.calls.filter((call) => call.includes('moveAlias')).at(-1)).toContain('moveAlias(g')
  })

  it('takes the shifted ones back where that cannot be moved', async () => {
    const refuse = (name: string): void => {
      if (name === 'g') throw new DeployError('AwsFailed', 'no more')
    }
    const context = world({ inputs, aliases: { f: at('7'), g: at('$LATEST') }, onMove: refuse })
    expect((await rejectedBy(moveReady(ready({ ...context.aliases }), undefined, fakeStep(), context))).message).toBe(
      'no more',
    )
    expect(versions(context.aliases)).toEqual({ f: '7', g: '$LATEST' })
  })

  it('names what it leaves of them, because somebody else moved it since', async () => {
    const aliases = { f: at('7'), g: at('$LATEST') }
    const onMove = (name: string): void => {
      if (name !== 'g') return
      aliases.f = at('5')
      throw new DeployError('AwsFailed', 'no more')
    }
    const context = world({ inputs, aliases, onMove })
    const step = fakeStep()
    await rejectedBy(moveReady(ready({ ...aliases }), undefined, step, context))
    expect(step.lines.at(-1)?.text).toBe('not taken back: the alias of F was moved by something else, to version 5')
  })

  it('begins a shift at the version that was proved, not at one that a killed run left', async () => {
    const aliases = { f: at('6'), g: at('7') }
    const context = world({ inputs, aliases, alarm: () => context.aliases['f']?.weights['8'] !== undefined })
    const step = fakeStep()
    expect(await rejectedBy(moveReady(ready(aliases), undefined, step, context))).toMatchObject({ code: 'Unhealthy' })
    expect(versions(context.aliases)).toEqual({ f: '7', g: '7' })
    expect(step.lines[0]?.text).toBe('F: version 6 was never proved, the shift begins at version 7')
  })

  it('moves nothing before an alarm that is on refuses the shift', async () => {
    const aliases = { f: at('6'), g: at('7') }
    const context = world({ inputs, aliases, alarm: () => true })
    expect((await rejectedBy(moveReady(ready(aliases), undefined, fakeStep(), context))).code).toBe('StackState')
    expect(context.calls.filter((call) => call.includes('moveAlias'))).toEqual([])
  })

  it('begins a shift at what serves where the version that was proved is not healthy', async () => {
    const aliases = { f: at('6'), g: at('7') }
    const context = world({ inputs, aliases, alarm: () => context.aliases['f']?.weights['8'] !== undefined })
    const { invoke } = context.ports.functions
    context.ports.functions.invoke = async (name, version, event) =>
      version === '7' ? { failed: true, payload: '{}', logTail: '' } : invoke(name, version, event)
    const step = fakeStep()
    expect(await rejectedBy(moveReady(ready(aliases), undefined, step, context))).toMatchObject({ code: 'Unhealthy' })
    expect(versions(context.aliases)).toEqual({ f: '6', g: '7' })
    expect(step.lines[0]?.text).toContain('F: version 7, which was proved, is not healthy')
  })
})
