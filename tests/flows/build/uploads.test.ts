import { describe, expect, it } from '@jest/globals'
import { uploadLines } from '../../../scripts/commands/plan-text.js'
import { readUploads } from '../../../scripts/flows/build/uploads.js'
import { fakeContext } from '../../support/fake-context.js'
import { memoryBuckets } from '../../support/fake-ports.js'

const build = { inputs: '', place: '', builtAt: '', template: '', code: '', packages: [] }
const config = { text: '{ "title": "New" }\n', hash: '', files: {} }

async function configLines(stored: string | undefined, hasBucket = true): Promise<string[]> {
  const context = fakeContext()
  const place = `${context.names.buckets.lambda}/config.json`
  const buckets = memoryBuckets(stored === undefined ? {} : { [place]: stored })
  const names = hasBucket ? context.names : { ...context.names, bucketKeys: [] }
  return uploadLines(await readUploads(build, config, [], { ...context, names, ports: { ...context.ports, buckets } }))
}

describe('what a plan says of the configuration', () => {
  it.each([
    ['what changes', '{ "title": "Old" }', ['configuration:', '  title  "Old" → "New"']],
    ['that it is as it is', config.text, ['configuration, as it is uploaded']],
    ['that it is the first', undefined, ['configuration, for the first time']],
    ['all of it where what lies there is no JSON', '{ broken', ['configuration:', '  title  "New"']],
  ])('is %s', async (_what, stored, expected) => expect(await configLines(stored)).toEqual(expected))

  it('is nothing where the project has no bucket for it', async () => {
    expect(await configLines(undefined, false)).toEqual([])
  })
})
