import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { describe, expect, it } from '@jest/globals'

interface Unsaved {
  of(who: string, path: string): { title: string; notes: string } | undefined
  keep(who: string, path: string, typed: { title: string; notes: string; etag?: string }): void
  drop(): void
}

async function inTab(kept = new Map<string, string>()): Promise<Unsaved> {
  const { makeUnsaved } = (await import(pathToFileURL(path.resolve('frontend/app/unsaved.js')).href)) as {
    makeUnsaved: (storage: unknown) => Unsaved
  }
  return makeUnsaved({
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => void kept.set(key, value),
    removeItem: (key: string) => void kept.delete(key),
  })
}

describe('what was typed and not saved', () => {
  const typed = { title: 'Counts', notes: '42' }

  it('is there again after a sign-in, for its writer and where it was typed only', async () => {
    const tab = new Map<string, string>()
    ;(await inTab(tab)).keep('bob@myorg.com', '/sops/count', typed)
    const later = await inTab(tab)
    expect(later.of('bob@myorg.com', '/sops/count')).toMatchObject(typed)
    expect(later.of('eve@myorg.com', '/sops/count')).toBeUndefined()
    expect(later.of('bob@myorg.com', '/drafts/1')).toBeUndefined()
  })

  it('is gone once it is saved, and nothing where what is kept cannot be read', async () => {
    const unsaved = await inTab()
    unsaved.keep('bob@myorg.com', '/', typed)
    unsaved.drop()
    expect(unsaved.of('bob@myorg.com', '/')).toBeUndefined()
    expect((await inTab(new Map([['rawscribe.unsaved', '{']]))).of('bob@myorg.com', '/')).toBeUndefined()
  })
})
