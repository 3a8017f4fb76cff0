import { SignInError, refresh } from './cognito.js'

const key = 'rawscribe.session'

/** Who is signed in: in this tab only, and gone with it. `storage` is sessionStorage. */
export function makeSession(pool, storage, fetch = globalThis.fetch) {
  const read = () => {
    try {
      const kept = JSON.parse(storage.getItem(key) ?? 'null')
      // Another deployment on this origin has another pool: its tokens are of no use here.
      return kept?.pool === pool?.userPoolId ? (kept?.tokens ?? undefined) : undefined
    } catch {
      return undefined
    }
  }
  const keep = (tokens) => storage.setItem(key, JSON.stringify({ pool: pool?.userPoolId, tokens }))
  return {
    token: () => read()?.id,
    keep,
    end: () => storage.removeItem(key),
    /** True when there is a fresh token now. */
    async renew() {
      const tokens = read()
      if (tokens?.refresh === undefined) return false
      try {
        const fresh = await refresh(pool, tokens.refresh, fetch)
        keep({ refresh: tokens.refresh, ...definedOnly(fresh) })
        return true
      } catch (error) {
        if (error instanceof SignInError) return false
        throw error
      }
    },
  }
}

function definedOnly(tokens) {
  return Object.fromEntries(Object.entries(tokens).filter(([, value]) => value !== undefined))
}
