import { request } from 'node:http'

export interface Answer {
  status: number
  headers: Readonly<Record<string, string>>
  body: string
}

/** Asks a distribution of the local AWS as a browser would: Node's own look-up does not know names below `localhost`. */
export async function askDoor(url: string, options: RequestInit = {}): Promise<Answer> {
  const { host, port, pathname, search } = new URL(url)
  const headers = { ...(options.headers as Record<string, string> | undefined), Host: host }
  return new Promise((resolve, reject) => {
    const asked = request(
      { host: '127.0.0.1', port, path: pathname + search, method: options.method ?? 'GET', headers },
      (answer) => {
        const chunks: Buffer[] = []
        answer.on('data', (chunk: Buffer) => chunks.push(chunk))
        answer.on('end', () => {
          const entries = Object.entries(answer.headers).map(([name, value]) => [name, String(value)] as const)
          const body = Buffer.concat(chunks).toString()
          resolve({ status: answer.statusCode ?? 0, headers: Object.fromEntries(entries), body })
        })
      },
    )
    asked.on('error', reject)
    asked.end(options.body === undefined ? undefined : String(options.body))
  })
}

/** `fetch` as the page's own modules call it: relative addresses are the page's. */
export function fetchFrom(page: string): typeof fetch {
  return async (input, options) => {
    const { status, headers, body } = await askDoor(new URL(String(input), page).href, options)
    return new Response([204, 304].includes(status) ? null : body, { status, headers: { ...headers } })
  }
}
