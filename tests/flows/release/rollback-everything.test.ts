import { describe, expect, it } from '@jest/globals'
import type { Receipt } from '../../../scripts/core/receipt.js'
import { rollBackEverything } from '../../../scripts/flows/release/rollback-everything.js'
import { rollBackTo } from '../../../scripts/flows/release/rollback-release.js'
import { rejectedBy } from '../../support/failures.js'
import { deploymentsBucket, place, stored } from '../../support/fake-ledger.js'
import { etagOf } from '../../support/fake-ports.js'
import { type Rolling, configPlace, release, shaOf, templatePlace, world } from '../../support/fake-rollback.js'
import { writesOf } from '../../support/scripted-stacks.js'

const newest = ({ objects }: Rolling): Receipt => JSON.parse(objects[place(3)] ?? '{}') as Receipt
const asIs = (context: Rolling): unknown => [
  context.serving(),
  context.objects[configPlace],
  writesOf(context).filter((call) => !call.includes('locks/')),
]
const untouched = ['2', '{"title":"2"}', []]

describe('going back with everything', () => {
  it('brings template, parameters, code and configuration of the release before, and records it', async () => {
    const context = await world()
    expect(await rollBackEverything(undefined, context)).toMatchObject({ kind: 'rolled-back', to: 1, release: 3 })
    expect(context.requests).toMatchObject([
      {
        creates: false,
        templateUrl: `https://s3.eu-west-1.amazonaws.com/${templatePlace('t1')}`,
        parameters: { EnableAuth: 'true' },
        previous: ['Key'],
      },
    ])
    expect(context.objects[configPlace]).toBe('{"title":"1"}')
    expect(context.serving()).toBe('3')
    const { stack, inputs, ...rest } = newest(context)
    expect(rest).toMatchObject({
      outcome: 'live',
      rolledBackTo: 1,
      packaged: `s3://${templatePlace('t1')}`,
      config: { etag: etagOf('{"title":"1"}') },
      functions: { F: { version: '3', codeSha256: shaOf(1) } },
    })
    expect([stack.changedAt, inputs.parameters['Key']]).toEqual(['now', '****'])
  })

  it('takes the code from its version where the template of then brings other code', async () => {
    const context = await world({ brings: 'older' })
    await rollBackEverything(1, context)
    expect(newest(context).functions).toMatchObject({ F: { codeSha256: shaOf(1) } })
    expect(context.calls.filter((call) => /functions\.(code|updateCode)/.test(call))).toHaveLength(2)
  })

  it('takes no other code for it', async () => {
    const context = await world({ brings: 'older', other: '2' })
    expect((await rejectedBy(rollBackEverything(1, context))).message).toContain('not what its receipt says')
    expect(context.serving()).toBe('2')
    expect(context.objects[configPlace]).toBe('{"title":"2"}')
  })

  it('leaves nothing behind where what serves cannot be read', async () => {
    const context = await world()
    const { alias } = context.ports.functions
    let asked = 0
    context.ports.functions.alias = async (...given) => {
      // What it is to go back to has been read by then.
      if (++asked > 1) throw new Error('throttled')
      return alias(...given)
    }
    await expect(rollBackEverything(1, context)).rejects.toThrow('throttled')
    expect(context.requests).toEqual([])
    expect(context.objects[configPlace]).toBe('{"title":"2"}')
  })

  it('refuses a configuration of then that holds a secret, by its version', async () => {
    const secret = '{"mail":{"key":"AKIAIOSFODNN7EXAMPLE"}}'
    const config = { bucket: 'b', etag: etagOf(secret), versionId: `version of ${etagOf(secret)}` }
    const context = await world({ objects: release(1, { config }), config: secret })
    const error = await rejectedBy(rollBackEverything(1, context))
    expect(error.message).toContain(`(version ${config.versionId}) holds`)
    expect(error.hint).not.toContain('EXPLAIN')
  })

  it('leads further back the second time, never forward', async () => {
    const context = await world()
    await rollBackEverything(undefined, context)
    expect(await rejectedBy(rollBackEverything(undefined, context))).toMatchObject({ code: 'StackState' })
  })

  it('has nothing to do where all is as that release has it', async () => {
    const context = await world({ empty: true })
    expect(await rollBackEverything(2, context)).toMatchObject({ kind: 'unchanged', to: 2 })
    expect(context.serving()).toBe('2')
    expect(context.objects[place(3)]).toBeUndefined()
  })

  it.each([
    ['an older tool wrote its receipt', { objects: release(1, { packaged: undefined }) }, /did not keep/],
    ['its template is gone', { objects: release(1, { packaged: `s3://${deploymentsBucket}/none` }) }, /is gone/],
    ['its template is not what it was', { objects: { [templatePlace('t1')]: '{}' } }, /not what it was/],
    [
      'its configuration is gone',
      { objects: release(1, { config: { bucket: 'b', etag: 'x', versionId: 'y' } }) },
      /configuration/,
    ],
    [
      'its configuration has no version',
      { objects: release(1, { config: { bucket: 'b', etag: 'x' } }) },
      /configuration/,
    ],
    [
      'its code is gone',
      { objects: release(1, { artifacts: { F: `s3://${deploymentsBucket}/none` } }) },
      /F of release 1/,
    ],
    ['its version is pruned', { versions: ['2'] }, /version 1 of F/],
    ['it was never live', { objects: stored(1, { outcome: 'failed' }) }, /never live/],
  ])('is refused before anything is changed where %s', async (_case, given, message) => {
    const context = await world(given)
    const error = await rejectedBy(rollBackEverything(1, context))
    expect([error.code, error.exitCode]).toEqual(['StackState', 4])
    expect(error.message).toMatch(message)
    expect(error.hint).toBeDefined()
    // What was pruned has no earlier version.
    const pruned = / is gone|not what it was/.test(error.message)
    expect(/^check the commit .* make rs-deploy: .*KEEP_VERSIONS/.test(error.hint ?? '')).toBe(pruned)
    expect(asIs(context)).toEqual(untouched)
  })

  it('puts the configuration back, and keeps what served, where the code of then is not healthy any more', async () => {
    const context = await world({ healthy: (version) => version !== '3' })
    const error = await rejectedBy(rollBackEverything(1, context))
    expect([error.code, error.exitCode]).toEqual(['Unhealthy', 5])
    expect(error.hint).toContain('RELEASE=…')
    expect(context.serving()).toBe('2')
    expect(context.objects[configPlace]).toBe('{"title":"2"}')
    expect(newest(context)).toMatchObject({ outcome: 'failed', configRestored: true, stack: { changedAt: 'now' } })
  })

  it('puts back what the last good release had, where a run that was killed had left another version and configuration', async () => {
    const context = await world({ healthy: (version) => version !== '3' })
    const { alias, moveAlias } = context.ports.functions
    let left = true
    Object.assign(context.ports.functions, {
      alias: async (...given: Parameters<typeof alias>) => {
        const now = await alias(...given)
        return now && left ? { ...now, version: '7' } : now
      },
      moveAlias: async (...given: Parameters<typeof moveAlias>) => {
        left = false
        return moveAlias(...given)
      },
    })
    await context.ports.buckets.put(configPlace.split('/')[0]!, 'config.json', '{"left":true}')
    expect((await rejectedBy(rollBackEverything(1, context))).code).toBe('Unhealthy')
    expect(left).toBe(false)
    expect([context.serving(), context.objects[configPlace]]).toEqual(['2', '{"title":"2"}'])
    expect(newest(context)).toMatchObject({ outcome: 'failed', configRestored: true })
  })

  it('is recorded with its cause and the configuration put back where CloudFormation rolls back', async () => {
    const context = await world({ fails: true })
    expect(await rejectedBy(rollBackEverything(1, context))).toMatchObject({ code: 'StackFailed' })
    expect(context.objects[configPlace]).toBe('{"title":"2"}')
    expect(newest(context)).toMatchObject({ outcome: 'failed', configRestored: true })
  })
})

describe('a way back of the code alone', () => {
  it('asks for HEALTH_ATTEMPTS again before anything moves', async () => {
    const context = await world()
    const asked = { ...context, inputs: { HEALTH_ATTEMPTS: 'abc' } }
    expect((await rejectedBy(rollBackTo(1, asked))).code).toBe('Usage')
    expect(context.serving()).toBe('2')
  })

  it('ends with exit code 5 where the old version is not healthy, and says what serves', async () => {
    const context = await world({ healthy: (version) => version !== '1' })
    const error = await rejectedBy(rollBackTo(1, context))
    expect([error.code, error.exitCode]).toEqual(['Unhealthy', 5])
    expect(error.hint).toContain('version 2 goes on serving')
    expect(context.serving()).toBe('2')
    expect(newest(context)).toMatchObject({ outcome: 'failed' })
  })
})
