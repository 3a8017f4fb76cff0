import { readFileSync } from 'node:fs'
import { describe, expect, it } from '@jest/globals'
import type { Receipt } from '../../../scripts/core/receipt.js'
import { findReceipt, readHistory, readLive, readRelease } from '../../../scripts/flows/ledger/ledger.js'
import { whyChanged } from '../../../scripts/flows/ledger/why-changed.js'
import { fakeStack } from '../../support/fake-context.js'
import { rejectedBy } from '../../support/failures.js'
import { deploymentsBucket, ledgerWorld as world, place, receipt, stored } from '../../support/fake-ledger.js'

describe('the history', () => {
  it('is newest first, of this target alone, with what cannot be read in its place', async () => {
    const other = { [`${deploymentsBucket}/rawscribe-dev-myorg2/releases/000007.json`]: '{}' }
    const objects = { ...stored(2), ...stored(10), ...stored(1), [place(9)]: '{"format":1', ...other }
    const entries = await readHistory(world({ objects }))
    expect(entries.map((entry) => (entry.kind === 'receipt' ? entry.receipt.release : entry.where))).toEqual([
      10,
      `s3://${place(9)}`,
      2,
      1,
    ])
    expect(await readHistory(world({}))).toEqual([])
  })

  it('is whole also where there are many', async () => {
    const objects = Object.assign({}, ...Array.from({ length: 250 }, (_none, i) => stored(i + 1))) as Record<
      string,
      string
    >
    expect(await readHistory(world({ objects }))).toHaveLength(250)
  })

  it('fails where the bucket cannot be read, instead of calling receipts broken', async () => {
    const context = world({ objects: stored(1) })
    const denied = {
      ...context.ports.buckets,
      keys: context.ports.buckets.keys,
      read: async () => Promise.reject(new Error('denied')),
    }
    await expect(readHistory({ ...context, ports: { ...context.ports, buckets: denied } })).rejects.toThrow('denied')
  })

  it('finds the newest receipt of a kind, past those that cannot be read', async () => {
    const objects = { ...stored(1), ...stored(2), ...stored(3, { outcome: 'failed' }), [place(4)]: 'broken' }
    expect((await findReceipt(({ outcome }) => outcome === 'live', world({ objects })))?.release).toBe(2)
    expect(await findReceipt(({ outcome }) => outcome === 'live', world({}))).toBeUndefined()
  })

  it('knows no last good release where a newer receipt cannot be read', async () => {
    const failed = stored(4, { outcome: 'failed' })
    expect(await readLive(world({ objects: { ...stored(1), ...stored(2), ...failed } }))).toMatchObject({ release: 2 })
    expect(await readLive(world({ objects: { ...stored(2), [place(3)]: 'broken', ...failed } }))).toBeUndefined()
  })

  it('has one release by its number', async () => {
    const context = world({ objects: { ...stored(3), [place(4)]: '{' } })
    expect((await readRelease(3, context)).release).toBe(3)
    expect(await rejectedBy(readRelease(5, context))).toMatchObject({ code: 'Usage' })
    expect(await rejectedBy(readRelease(4, context))).toMatchObject({ code: 'StackState' })
  })
})

describe('why a deployment would change something', () => {
  const files = {
    'template.yaml': readFileSync('template.yaml', 'utf8'),
    'backend/rawscribe/main.py': 'x = 1',
    'backend/layers/dependencies/requirements.txt': 'x',
    'infra/.config/lambda/dev.json': '{}',
  }
  const why = async (over: Partial<Receipt>, inputs = {}): ReturnType<typeof whyChanged> => {
    const context = world({
      objects: stored(1, over),
      stack: fakeStack({ parameters: { CreateBuckets: 'true' } }),
      files,
    })
    // An administrator in the environment is nobody's business here.
    return whyChanged({ ...context, inputs: { ADMIN_USERNAME: 'a@b.c', ...inputs } })
  }

  it('names each file and parameter, and keeps secrets to itself', async () => {
    const recorded = {
      'backend/rawscribe/main.py': 'old',
      'backend/rawscribe/gone.py': 'x',
      'infra/.config/lambda/dev.json': 'x',
    }
    const parameters = { EnableAuth: 'false', OldSecret: 'hunter2' }
    const found = await why({ files: recorded, inputs: { ...receipt.inputs, parameters } })
    const changes = Object.fromEntries(found.inputs.map((one) => [one.clause, one.changes]))
    expect(changes['code or requirements changed']?.map(({ name, change }) => `${change} ${name}`)).toEqual(
      [
        'removed backend/rawscribe/gone.py',
        'changed backend/rawscribe/main.py',
        'added backend/layers/dependencies/requirements.txt',
      ].sort((a, b) => (a.split(' ')[1]! < b.split(' ')[1]! ? -1 : 1)),
    )
    expect(changes['the template changed']).toMatchObject([{ name: 'template.yaml', change: 'added' }])
    expect(changes['parameters changed']).toContainEqual({
      name: 'EnableAuth',
      change: 'changed',
      was: 'false',
      now: 'true',
    })
    expect(changes['parameters changed']).toContainEqual({ name: 'OldSecret', change: 'removed' })
    expect(JSON.stringify(found.inputs)).not.toContain('hunter2')
    expect(found.filesKnown).toBe(true)
  })

  it('says where an older receipt does not tell the files', async () => {
    const found = await why({})
    expect(found.filesKnown).toBe(false)
    expect(found.inputs.find(({ clause }) => clause === 'code or requirements changed')?.changes).toEqual([])
  })

  it('compares with the last live release, not with one that failed', async () => {
    const objects = { ...stored(1), ...stored(2, { outcome: 'failed' }) }
    const found = await whyChanged(
      world({ objects, stack: fakeStack({ parameters: { CreateBuckets: 'true' } }), files }),
    )
    expect([found.reasons, found.since?.release]).toEqual([['the last release failed'], 1])
  })

  it('has nothing to compare with before the first release', async () => {
    expect(await whyChanged(world({ files }))).toMatchObject({
      reasons: ['not deployed yet'],
      since: undefined,
      inputs: [],
    })
  })
})
