import http, { type IncomingMessage } from 'node:http'
import https from 'node:https'
import type { Http } from '../ports.js'

const deadlineMs = 35_000
/** Who names no agent is refused by many a firewall (the common rules of AWS WAF among them). */
const usual = { 'user-agent': 'rawscribe', accept: '*/*' }

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

/** One GET request, redirections being answers too. Rejects when no whole answer comes, with the signal's reason if that ended it. */
export async function getBytes(
  url: string,
  signal: AbortSignal,
  headers: Readonly<Record<string, string>> = {},
): Promise<Answer> {
  try {
    const response = await beginning(url, signal, headers)
    const parts: Buffer[] = []
    for await (const part of response) parts.push(part as Buffer)
    const told = Object.entries(response.headers).map(([name, value]) => [name, String(value)] as const)
    return { status: response.statusCode ?? 0, headers: Object.fromEntries(told), body: Buffer.concat(parts) }
  } catch (error) {
    throw signal.aborted ? signal.reason : error
  }
}

/** Whether anything answers, be its answer ever so long. */
export async function answers(url: string, signal: AbortSignal): Promise<boolean> {
  return beginning(url, signal, {}).then(
    (response) => {
      response.destroy()
      return true
    },
    () => false,
  )
}

/**
 * The head of the answer. Node's own fetch would do the same, but loading it takes longer than a whole release spends on
 * requests.
 */
async function beginning(
  url: string,
  signal: AbortSignal,
  headers: Readonly<Record<string, string>>,
): Promise<IncomingMessage> {
  const { get } = new URL(url).protocol === 'https:' ? https : http
  return new Promise((resolve, reject) => {
    const request = get(url, { headers: { ...usual, ...headers }, signal }, resolve)
    request.on('error', (error: NodeJS.ErrnoException) => {
      // A kept connection that the other side closed just then says nothing of this request.
      if (request.reusedSocket && error.code === 'ECONNRESET') resolve(beginning(url, signal, headers))
      else reject(error)
    })
    // A change of protocol is no answer, and nothing else would tell of it.
    request.on('close', () => reject(new Error('closed without an answer')))
  })
}
