import http from 'node:http'
import https from 'node:https'
import type { Http } from '../ports.js'

const deadlineMs = 35_000

/** Plain GET requests; API Gateway ends an answer after 29 s, so the deadline is a little more. */
export function makeHttp(signal: AbortSignal): Http {
  return {
    async get(url, headers = {}) {
      try {
        const within = AbortSignal.any([signal, AbortSignal.timeout(deadlineMs)])
        const { body, ...answer } = await getBytes(url, within, headers)
        return { ...answer, body: body.toString('utf8') }
      } catch {
        signal.throwIfAborted()
        return undefined
      }
    },
  }
}

export interface Answer {
  status: number
  /** By their names in lower case. */
  headers: Record<string, string>
  body: Buffer
}

/**
 * One GET request; redirections are answers too. Node's own fetch would do the same, but loading it takes longer than a
 * whole release spends on requests. Rejects when no answer comes.
 */
export async function getBytes(
  url: string,
  signal: AbortSignal,
  headers: Readonly<Record<string, string>> = {},
): Promise<Answer> {
  const { protocol } = new URL(url)
  const { get } = protocol === 'https:' ? https : http
  return new Promise((resolve, reject) => {
    const request = get(url, { headers, signal }, (response) => {
      const parts: Buffer[] = []
      response.on('data', (part: Buffer) => parts.push(part))
      response.on('error', reject)
      response.on('end', () => {
        const told = Object.entries(response.headers).map(([name, value]) => [name, String(value)] as const)
        resolve({ status: response.statusCode ?? 0, headers: Object.fromEntries(told), body: Buffer.concat(parts) })
      })
    })
    request.on('error', (error: NodeJS.ErrnoException) => {
      // A kept connection that the other side closed just then says nothing of this request.
      if (request.reusedSocket && error.code === 'ECONNRESET') resolve(getBytes(url, signal, headers))
      else reject(error)
    })
  })
}
