import { describe, expect, it } from '@jest/globals'
import { endShift } from '../../../scripts/flows/shift/end-shift.js'
import { rejectedBy } from '../../support/failures.js'
import { lockOf } from '../../support/fake-lock.js'
import { deploymentsBucket } from '../../support/fake-ledger.js'
import {
  type Shifting,
  type World,
  before,
  journal,
  killed,
  old,
  receiptOf,
  serving,
  shared,
  shares,
  whole,
} from '../../support/fake-shift.js'

const lock = `${deploymentsBucket}/locks/rawscribe-dev-myorg.json`
/** After a good release; its API answers with what serves, unless `over` says otherwise. */
async function left(given: World = {}): Promise<Shifting> {
  const answer = (): { status: number; version: string } => ({
    status: 200,
    version: context.aliases['f']?.version ?? '',
  })
  const context: Shifting = await killed({ overHttp: answer, ...given, objects: { ...before, ...given.objects } })
  context.calls.length = 0
  return context
}
const endOf = ({ events }: Shifting, title: string): unknown =>
  events.find((event) => event.type === 'step-ended' && event.title === title)

describe('finishing a shift in the place of its dead run', () => {
  it('moves all requests, proves that, records it, and ends the journal last', async () => {
    const context = await left()
    expect(await endShift('finish', context)).toMatchObject({ by: 'this run', serving: { F: '8', G: '8' }, release: 2 })
    expect(serving(context)).toEqual(whole)
    expect(receiptOf(context, 2)).toMatchObject({ outcome: 'live', shift: { ended: 'finished', percent: 10 } })
    expect([context.objects[journal], context.objects[lock]]).toEqual([undefined, undefined])
    const last = context.calls.filter((call) => /releases|shift\.json/.test(call) && /putNew|removeIf/.test(call))
    expect(last.map((call) => call.split('(')[0])).toEqual(['buckets.putNew', 'buckets.removeIf'])
  })

  it('takes all requests back where the new version is not healthy any more, and records it', async () => {
    const context = await left({ healthy: () => false })
    const error = await rejectedBy(endShift('finish', context))
    expect([error.code, error.exitCode]).toEqual(['Unhealthy', 5])
    expect(error.message).toMatch(/failed its check before traffic.*the old versions of 2 functions have all requests/)
    expect(error.hint).toContain('make rs-up ENV=dev ORG=myorg')
    expect(serving(context)).toEqual(old)
    expect(context.objects[journal]).toBeUndefined()
    expect(receiptOf(context, 2)).toMatchObject({
      outcome: 'failed',
      shift: { ended: 'gate', percent: 10 },
      rollback: { outcome: 'healthy', versions: { F: '7', G: '7' }, attempts: 1 },
    })
  })

  it('takes them back and records it where its API does not answer with the new version', async () => {
    const context = await left({ overHttp: () => ({ status: 500, version: '8' }) })
    const error = await rejectedBy(endShift('finish', context))
    expect(error.code).toBe('Unhealthy')
    expect(serving(context)).toEqual(old)
    expect(context.objects[journal]).toBeUndefined()
    expect(receiptOf(context, 2)).toMatchObject({ outcome: 'failed', rollback: { versions: { F: '7', G: '7' } } })
  })

  it('takes back what it can where somebody moved an alias past it', async () => {
    const context = await left()
    context.aliases['g'] = { version: '5', revisionId: 'theirs', weights: {} }
    const { message } = await rejectedBy(endShift('finish', context))
    expect(message).toBe(
      'the alias of G was moved by something else, to version 5; ' +
        'back at 10 %: version 7 of F has all requests again; G stays as something else left it',
    )
    expect([context.aliases['f']?.version, context.aliases['g']?.version]).toEqual(['7', '5'])
    const asked = context.calls.filter((call) => call.includes('invoke(') && call.includes(', 7, '))
    expect(asked).toHaveLength(1)
    expect(receiptOf(context, 2)).toMatchObject({ outcome: 'failed', shift: { ended: 'gate' } })
    expect(receiptOf(context, 2)?.rollback).toEqual({
      outcome: 'healthy',
      versions: { F: '7' },
      attempts: 1,
      left: ['G'],
    })
  })

  it('claims to have taken nothing back where everything was moved past it', async () => {
    const context = await left()
    for (const name of ['f', 'g']) context.aliases[name] = { version: '5', revisionId: 'theirs', weights: {} }
    const { message } = await rejectedBy(endShift('finish', context))
    expect(message).toContain('nothing was taken back; F, G stay as something else left it')
    expect(receiptOf(context, 2)?.rollback).toEqual({ outcome: 'nothing', versions: {}, attempts: 0, left: ['F', 'G'] })
  })

  it('says how to go on where it breaks off', async () => {
    const context = await left()
    context.ports.http.get = () => Promise.reject(new Error('no network'))
    await expect(endShift('finish', context)).rejects.toThrow('no network')
    expect(context.events.find(({ type }) => type === 'warning')).toMatchObject({
      hint: expect.stringContaining('make rs-shift-abort ENV=dev ORG=myorg'),
    })
    expect(context.shift().taken).toMatchObject({ what: 'finish' })
  })

  it.each([
    ['HEALTH_ATTEMPTS', 'abc'],
    ['HEALTH_PATH', 'health'],
    ['LOCK_WAIT', 'soon'],
  ])('asks for %s=%s again before anything moves', async (name, value) => {
    const context = await left({ inputs: { [name]: value } })
    expect((await rejectedBy(endShift('finish', context))).code).toBe('Usage')
    expect(shares(context)).toBe(0)
    expect(serving(context)).toEqual(shared)
  })

  it('is refused under a person’s lock', async () => {
    const context = await left({ objects: { [lock]: lockOf({ manual: true, why: 'freeze' }) } })
    const error = await rejectedBy(endShift('finish', context))
    expect([error.code, error.message]).toEqual(['Refused', expect.stringContaining('freeze')])
    expect(serving(context)).toEqual(shared)
    expect(context.shift().taken).toBeUndefined()
  })

  it('takes over the lock of the run that does not answer', async () => {
    const context = await left({ objects: { [lock]: lockOf({ holder: 'me@here', pid: 4711 }) } })
    expect(await endShift('finish', context)).toMatchObject({ by: 'this run', release: 2 })
    expect(context.objects[lock]).toBeUndefined()
  })

  it('does not move anything where another run holds the target', async () => {
    const context = await left({ objects: { [lock]: lockOf({}) }, inputs: { LOCK_WAIT: '0' } })
    expect((await rejectedBy(endShift('finish', context))).code).toBe('Refused')
    expect(serving(context)).toEqual(shared)
  })

  it('says what each of its steps found', async () => {
    const context = await left()
    await endShift('finish', context)
    expect(endOf(context, 'Check')).toMatchObject({ text: 'release 1 is the last good one' })
  })
})

describe('aborting a shift in the place of its dead run', () => {
  it('passes a person’s lock, says so, and names its receipt', async () => {
    const context = await left({ objects: { [lock]: lockOf({ manual: true, why: 'freeze' }) } })
    expect(await endShift('abort', context)).toMatchObject({ serving: { F: '7', G: '7' }, release: 2 })
    expect(serving(context)).toEqual(old)
    expect(JSON.stringify(context.events)).toMatch(/past the lock of maria@laptop .*freeze/)
    expect(endOf(context, 'Record')).toMatchObject({ text: 'release 2; the old versions are healthy' })
    expect(receiptOf(context, 2)).toMatchObject({ shift: { ended: 'aborted' }, rollback: { attempts: 1 } })
  })

  it('records what went back and what somebody else had moved', async () => {
    const context = await left()
    context.aliases['g'] = { version: '5', revisionId: 'theirs', weights: {} }
    await rejectedBy(endShift('abort', context))
    expect(receiptOf(context, 2)?.rollback).toMatchObject({ outcome: 'healthy', versions: { F: '7' }, left: ['G'] })
  })

  it('asks the old versions, and records that they are not healthy', async () => {
    const context = await left()
    const { invoke } = context.ports.functions
    context.ports.functions.invoke = async (name, version, event) =>
      version === '7' ? { failed: true, payload: '{}', logTail: '' } : invoke(name, version, event)
    await endShift('abort', context)
    expect(receiptOf(context, 2)).toMatchObject({ rollback: { outcome: 'unhealthy', versions: { F: '7', G: '7' } } })
    expect(endOf(context, 'Record')).toMatchObject({ text: 'release 2; the old versions are not healthy either' })
  })
})
