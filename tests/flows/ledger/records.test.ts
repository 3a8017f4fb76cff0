import { describe, expect, it } from '@jest/globals'
import type { Receipt } from '../../../scripts/core/receipt.js'
import { readBuildRecord, requireBuild } from '../../../scripts/flows/build/build-record.js'
import { readLastReceipt, writeReceipt } from '../../../scripts/flows/ledger/ledger.js'
import { readTargetConfig, uploadConfig } from '../../../scripts/flows/config/target-config.js'
import { type FakeContext, fakeContext, fakeStep } from '../../support/fake-context.js'
import { rejectedBy } from '../../support/failures.js'
import { memoryBuckets, memoryFiles } from '../../support/fake-ports.js'

const withObjects = (objects: Record<string, string>): FakeContext =>
  fakeContext({ ports: (calls) => ({ buckets: memoryBuckets(objects, calls) }) })
const withFiles = (files: Record<string, string>): FakeContext =>
  fakeContext({ ports: (calls) => ({ files: memoryFiles(files, calls) }) })

const bucket = 'rawscribe-sam-deployments-123456789012'
const place = (release: number): string =>
  `${bucket}/rawscribe-dev-myorg/releases/${String(release).padStart(6, '0')}.json`
const receipt: Omit<Receipt, 'release'> = {
  format: 1,
  command: 'rs-deploy',
  outcome: 'live',
  at: '2025-01-01T00:00:00.000Z',
  durationMs: 1,
  who: 'me@here',
  inputs: { template: 't', code: 'c', config: 'g', parameters: {}, place: 'p', tool: '1' },
  stack: { arn: 'arn', changedAt: 'then' },
}
const numbered = (release: number): string => JSON.stringify({ ...receipt, release })

describe('the ledger', () => {
  it('of a new target is empty', async () => expect(await readLastReceipt(withObjects({}))).toBeUndefined())

  it('ends with the highest number, of this target alone', async () => {
    const others = { [`${bucket}/rawscribe-dev-myorg2/releases/000099.json`]: numbered(99) }
    const objects = { [place(10)]: numbered(10), [place(9)]: numbered(9), [place(2)]: numbered(2), ...others }
    expect((await readLastReceipt(withObjects(objects)))?.release).toBe(10)
  })

  it.each(['', 'null', '{', '{"format":2}', numbered(0)])(
    'that ends with a broken receipt is refused by its key: %j',
    async (text) => {
      const error = await rejectedBy(readLastReceipt(withObjects({ [place(3)]: numbered(3), [place(4)]: text })))
      expect(error.code).toBe('StackState')
      expect(error.message).toContain(`s3://${place(4)}`)
      expect(error.hint).toContain('versioned')
      expect(error.hint).toContain('make rs-deploy ENV=dev ORG=myorg')
    },
  )

  it('gives the next number, and what was written reads back', async () => {
    const objects = { [place(4)]: numbered(4) }
    const context = withObjects(objects)
    const written = await writeReceipt(receipt, 4, context)
    expect(written.release).toBe(5)
    expect(await readLastReceipt(context)).toEqual(written)
    expect(objects[place(4)]).toBe(numbered(4))
  })

  it('passes over what take-downs left, whose numbers count all the same', async () => {
    const removed = JSON.stringify({ ...receipt, release: 3, outcome: 'removed', removed: '12 resources' })
    const context = withObjects({ [place(2)]: numbered(2), [place(3)]: removed })
    expect((await readLastReceipt(context))?.release).toBe(2)
    expect((await writeReceipt(receipt, 2, context)).release).toBe(4)
  })

  it('takes the next free number when another machine was faster, and overwrites nothing', async () => {
    const objects: Record<string, string> = { [place(5)]: 'theirs', [place(6)]: 'theirs too' }
    expect((await writeReceipt(receipt, 4, withObjects(objects))).release).toBe(7)
    expect([objects[place(5)], objects[place(6)]]).toEqual(['theirs', 'theirs too'])
  })

  it('gives up where no number is free', async () => {
    const context = withObjects({})
    const taken = { ...context.ports.buckets, putNew: async () => undefined }
    const full = {
      ...context,
      ports: { ...context.ports, buckets: { ...taken, keys: async () => [], read: async () => undefined } },
    }
    expect((await rejectedBy(writeReceipt(receipt, 0, full))).code).toBe('AwsFailed')
  })
})

const folder = 'infra/.config/lambda'

describe('the configuration of a target', () => {
  const base = JSON.stringify({ shared: 1, gone: 2, auth: { cognito: { region: 'r' } } })

  it('is the environment’s with the organization’s over it', async () => {
    const files = { [`${folder}/dev.json`]: base, [`${folder}/dev-myorg.json`]: '{"gone":null,"own":[1]}' }
    const config = await readTargetConfig(withFiles(files))
    expect(JSON.parse(config.text)).toEqual({ shared: 1, auth: { cognito: { region: 'r' } }, own: [1] })
  })

  it('needs no file of the organization, and takes none of another', async () => {
    const files = { [`${folder}/dev.json`]: base, [`${folder}/dev-myorg2.json`]: '{"own":1}' }
    expect(JSON.parse((await readTargetConfig(withFiles(files))).text)).toEqual(JSON.parse(base))
  })

  it('needs the environment’s file', async () => {
    const error = await rejectedBy(readTargetConfig(withFiles({ [`${folder}/dev-myorg.json`]: '{}' })))
    expect(error.code).toBe('Usage')
    expect(error.message).toContain(`${folder}/dev.json is missing`)
  })

  it('names the file and the line that is broken', async () => {
    const files = { [`${folder}/dev.json`]: '{}', [`${folder}/dev-myorg.json`]: '{\n"a": }' }
    expect((await rejectedBy(readTargetConfig(withFiles(files)))).message).toContain(`${folder}/dev-myorg.json:2:`)
  })

  it('has one hash, however its keys are ordered', async () => {
    const [one, other] = await Promise.all(
      ['{"a":1,"b":2}', '{"b":2,"a":1}'].map((text) => readTargetConfig(withFiles({ [`${folder}/dev.json`]: text }))),
    )
    expect(one!.hash).toBe(other!.hash)
  })

  it('is uploaded only when the bucket does not hold it already', async () => {
    const config = await readTargetConfig(withFiles({ [`${folder}/dev.json`]: base }))
    const objects: Record<string, string> = {}
    const puts = (context: FakeContext): number => context.calls.filter((call) => call.includes('.put(')).length
    const first = withObjects(objects)
    const { stored } = await uploadConfig(config, fakeStep(), first)
    expect(objects['rawscribe-lambda-dev-myorg-123456789012/config.json']).toBe(config.text)
    expect(puts(first)).toBe(1)
    const second = withObjects(objects)
    const step = fakeStep()
    expect(await uploadConfig(config, step, second)).toEqual({ stored, replaced: undefined })
    expect([puts(second), step.skipped]).toEqual([0, true])
    const changed = withObjects(objects)
    const other = await readTargetConfig(withFiles({ [`${folder}/dev.json`]: '{"shared":2}' }))
    await uploadConfig(other, fakeStep(), changed)
    expect(other.hash).not.toBe(config.hash)
    expect(puts(changed)).toBe(1)
  })
})

const file = '.aws-sam-dev-myorg/build.json'
const build = {
  inputs: 'i',
  place: '3.13-lambda',
  builtAt: '2025-01-01T00:00:00.000Z',
  template: 't',
  code: 'c',
  packages: [{ logicalId: 'F', kind: 'function', property: 'CodeUri', zip: 'zips/F.zip', bytes: 1, codeSha256: 's' }],
}

describe('the record of a build', () => {
  const wanted = { name: '3.13-lambda', variables: {} }

  it('is what the build left', async () => {
    expect(await requireBuild(wanted, withFiles({ [file]: JSON.stringify(build) }))).toEqual(build)
  })

  it.each(['', '{', 'null', '{"inputs":"i"}', JSON.stringify({ ...build, packages: [{}] })])(
    'that cannot be read counts as none: %j',
    async (text) => {
      expect(await readBuildRecord(withFiles({ [file]: text }))).toBeUndefined()
      expect((await rejectedBy(requireBuild(wanted, withFiles({ [file]: text })))).code).toBe('NotBuilt')
    },
  )

  it('is required, with the command that makes it', async () => {
    const error = await rejectedBy(requireBuild(wanted, withFiles({})))
    expect(error.code).toBe('NotBuilt')
    expect(error.exitCode).toBe(4)
    expect(error.message).toContain('.aws-sam-dev-myorg')
    expect(error.hint).toBe('make rs-deploy ENV=dev ORG=myorg')
  })

  it('for another place is refused with both places', async () => {
    const text = JSON.stringify({ ...build, place: '3.11-local' })
    const error = await rejectedBy(requireBuild(wanted, withFiles({ [file]: text })))
    expect(error.code).toBe('NotBuilt')
    expect(error.message).toMatch(/3\.11-local, not for 3\.13-lambda/)
  })
})
