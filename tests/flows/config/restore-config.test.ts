import { describe, expect, it } from '@jest/globals'
import type { Target } from '../../../scripts/core/target.js'
import { restoreConfig } from '../../../scripts/flows/config/restore-config.js'
import { putConfig } from '../../../scripts/flows/config/target-config.js'
import type { Account, Buckets, Prompts } from '../../../scripts/ports.js'
import { type FakeContext, fakeContext } from '../../support/fake-context.js'
import { rejectedBy } from '../../support/failures.js'
import { fakePort } from '../../support/fake-ports.js'

/** Each version of config.json, the newest last; undefined is a delete marker. */
type Versions = (string | undefined)[]

interface World {
  versions: Versions
  env?: Target['env']
  prompts?: Partial<Prompts>
  over?: Partial<Buckets>
}

function world({ versions, env = 'dev', prompts = {}, over = {} }: World): FakeContext {
  const etag = (id: number): string => `etag ${id}`
  const newest = (): number => versions.length - 1
  const buckets: Partial<Buckets> = {
    presence: async () => 'ours',
    isPrivate: async () => true,
    expiresLocks: async () => true,
    putNew: async () => 'lock',
    replace: async () => 'lock',
    removeIf: async () => true,
    read: async () => {
      const text = versions[newest()]
      return text === undefined ? undefined : { etag: etag(newest()), text }
    },
    readVersion: async (_bucket, _key, id) => ({ etag: etag(Number(id)), text: versions[Number(id)] ?? '' }),
    etag: async () => (versions[newest()] === undefined ? undefined : etag(newest())),
    // S3 tells the versions newest first, and delete markers in a list of their own.
    versions: async () => ({
      versions: versions
        .map((text, i) => ({
          key: 'config.json',
          versionId: String(i),
          bytes: 1,
          latest: i === newest(),
          deleteMarker: text === undefined,
        }))
        .reverse()
        .concat({ key: 'config.json.bak', versionId: '0', bytes: 1, latest: false, deleteMarker: false }),
      next: undefined,
    }),
    put: async (_bucket, _key, text) => {
      versions.push(text)
      return etag(newest())
    },
    ...over,
  }
  return fakeContext({
    target: { env, org: 'myorg' },
    command: 'rs-config-restore',
    ports: (calls) => ({
      buckets: fakePort<Buckets>('buckets', buckets, calls),
      account: fakePort<Account>('account', { apiGatewayLogRole: async () => 'role' }, calls),
      prompts: fakePort<Prompts>('prompts', { interactive: false, ...prompts }, calls),
    }),
  })
}

const config = (title: string): string => JSON.stringify({ ui: { title } })
const [one, two] = [config('One'), config('Two')]

describe('restoring the configuration', () => {
  it('puts the version before back, and doing it twice swaps them', async () => {
    const versions: Versions = [one, two]
    const context = world({ versions })
    expect(await restoreConfig(context)).toEqual([{ name: 'ui.title', change: 'changed', was: '"Two"', now: '"One"' }])
    expect(versions).toEqual([one, two, one])
    await restoreConfig(context)
    expect(versions).toEqual([one, two, one, two])
    const lines = context.events.flatMap((event) => (event.type === 'step-line' ? [event.text] : []))
    expect(lines).toEqual(['ui.title  "Two" → "One"', 'ui.title  "One" → "Two"'])
  })

  it('passes over uploads of the same text', async () => {
    const versions: Versions = [one, two, two, two]
    await restoreConfig(world({ versions }))
    expect(versions.at(-1)).toBe(one)
  })

  it('brings back what was deleted', async () => {
    const versions: Versions = [one, two, undefined]
    expect(await restoreConfig(world({ versions }))).toEqual([{ name: 'ui.title', change: 'added', now: '"Two"' }])
    expect(versions.at(-1)).toBe(two)
  })

  it('replaces what is no configuration, and tells where it lies and what is wrong', async () => {
    const versions: Versions = [one, 'by hand']
    const context = world({ versions })
    await restoreConfig(context)
    expect(versions.at(-1)).toBe(one)
    const lines = context.events.flatMap((event) => (event.type === 'step-line' ? [event.text] : []))
    expect(lines[0]).toMatch(/^s3:\/\/rawscribe-lambda-dev-myorg-123456789012\/config\.json:1:1 is not valid JSON/)
  })

  it.each([
    ['there is only one', [one]],
    ['there is none', []],
    ['all say the same', [one, one]],
  ])('is not possible where %s', async (_case, versions) => {
    const context = world({ versions: [...versions] })
    expect(await rejectedBy(restoreConfig(context))).toMatchObject({ code: 'StackState', exitCode: 4 })
    expect(context.calls.filter((call) => /put/.test(call))).toEqual([])
  })

  it.each(['{', '[]', '{"cors":{"allowOrigins":1}}'])(
    'refuses a version that is no configuration: %s',
    async (text) => {
      const context = world({ versions: [text, two] })
      expect(await rejectedBy(restoreConfig(context))).toMatchObject({ code: 'Refused' })
      expect(context.calls.filter((call) => /put/.test(call))).toEqual([])
    },
  )

  it('is asked for in prod, and writes nothing unconfirmed', async () => {
    const declined = world({ versions: [one, two], env: 'prod' })
    expect(await rejectedBy(restoreConfig(declined))).toMatchObject({ code: 'Declined' })
    expect(declined.calls.filter((call) => /put/.test(call))).toEqual([])
    const versions: Versions = [one, two]
    await restoreConfig(world({ versions, env: 'prod', prompts: { interactive: true, ask: async () => 'prod/myorg' } }))
    expect(versions.at(-1)).toBe(one)
  })

  it('is refused where another run changed it meanwhile', async () => {
    const versions: Versions = [one, two]
    const context = world({ versions, over: { etag: async () => 'another' } })
    expect(await rejectedBy(restoreConfig(context))).toMatchObject({ code: 'Refused' })
    expect(versions).toEqual([one, two])
  })
})

describe('putting a configuration', () => {
  it.each([
    ['another text', { etag: 'etag 1', text: 'else' }],
    ['another ETag', { etag: 'else', text: two }],
    ['nothing', undefined],
  ])('fails where %s is read back', async (_case, stored) => {
    const error = await rejectedBy(putConfig(two, world({ versions: [one], over: { read: async () => stored } })))
    expect(error.code).toBe('AwsFailed')
    expect(error.message).toContain('s3://rawscribe-lambda-dev-myorg-123456789012/config.json')
  })

  it('returns what is there', async () => {
    expect(await putConfig(two, world({ versions: [one] }))).toMatchObject({ etag: 'etag 1', text: two })
  })

  it('refuses a version that holds what looks like a secret, and does not show it', async () => {
    const versions: Versions = ['{ "mail": { "key": "AKIAIOSFODNN7EXAMPLE" } }', '{}']
    const error = await rejectedBy(restoreConfig(world({ versions })))
    expect(error.code).toBe('Refused')
    expect(error.message).toMatch(/^s3:.*config\.json \(version 0\) holds what looks like a secret: mail\.key$/)
    // No file of the checkout holds it.
    expect(error.hint).not.toContain('EXPLAIN')
    expect(versions).toHaveLength(2)
  })
})
