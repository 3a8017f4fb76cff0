import type { Http } from '../ports.js'

const deadlineMs = 35_000

/** Plain GET requests; API Gateway ends an answer after 29 s, so the deadline is a little more. */
export function makeHttp(signal: AbortSignal): Http {
  return {
    async get(url, headers = {}) {
      try {
        const answer = await fetch(url, {
          headers: { ...headers },
          redirect: 'manual',
          signal: AbortSignal.any([signal, AbortSignal.timeout(deadlineMs)]),
        })
        return { status: answer.status, headers: Object.fromEntries(answer.headers), body: await answer.text() }
      } catch {
        signal.throwIfAborted()
        return undefined
      }
    },
  }
}
