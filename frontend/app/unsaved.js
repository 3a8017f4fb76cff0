const key = 'rawscribe.unsaved'

/** What somebody typed and has not saved: in this tab only, for this person and this address. `storage` is sessionStorage. */
export function makeUnsaved(storage) {
  const read = () => {
    try {
      return JSON.parse(storage.getItem(key) ?? 'null') ?? undefined
    } catch {
      return undefined
    }
  }
  return {
    /** Title and notes, or undefined. */
    of(who, path) {
      const kept = read()
      return kept !== undefined && kept.who === who && kept.path === path ? kept : undefined
    },
    /** `etag` is that of the draft that was changed. */
    keep: (who, path, { title, notes, etag }) =>
      storage.setItem(key, JSON.stringify({ who, path, title, notes, etag })),
    drop: () => storage.removeItem(key),
  }
}
