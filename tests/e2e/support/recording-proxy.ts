import { type IncomingMessage, type Server, createServer, request } from 'node:http'

export interface RecordedCall {
  service: string
  operation: string
  write: boolean
}

export interface RecordingProxy {
  url: string
  calls: RecordedCall[]
  close(): Promise<void>
}

/** Stands between the tool and the local AWS and writes down what goes over the wire. */
export async function startProxy(targetUrl: string): Promise<RecordingProxy> {
  const target = new URL(targetUrl)
  const calls: RecordedCall[] = []
  const server = createServer((incoming, answer) => {
    const chunks: Buffer[] = []
    incoming.on('data', (chunk: Buffer) => chunks.push(chunk))
    incoming.on('end', () => {
      const body = Buffer.concat(chunks)
      calls.push(describeCall(incoming, body.toString('latin1')))
      const forwarded = request(
        {
          host: target.hostname,
          port: target.port,
          method: incoming.method,
          path: incoming.url,
          headers: incoming.headers,
        },
        (response) => {
          answer.writeHead(response.statusCode ?? 502, response.headers)
          response.pipe(answer)
        },
      )
      forwarded.on('error', () => answer.destroy())
      forwarded.end(body)
    })
  })
  const port = await listen(server)
  return {
    url: `http://127.0.0.1:${port}`,
    calls,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections()
        server.close(() => resolve())
      }),
  }
}

function listen(server: Server): Promise<number> {
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      resolve(typeof address === 'object' && address !== null ? address.port : 0)
    })
  })
}

const reading = /^(Describe|List|Get|Head|Lookup|Filter|AdminGet|AdminList|InitiateAuth|Validate)/

function describeCall(incoming: IncomingMessage, body: string): RecordedCall {
  const url = incoming.url ?? '/'
  const service = /Credential=[^/]+\/\d+\/[^/]+\/([^/]+)\//.exec(incoming.headers.authorization ?? '')?.[1] ?? 'http'
  const named =
    String(incoming.headers['x-amz-target'] ?? '')
      .split('.')
      .at(-1) || /(?:^|&)Action=(\w+)/.exec(body)?.[1]
  const method = incoming.method ?? 'GET'
  if (named !== undefined && named !== '') return { service, operation: named, write: !reading.test(named) }
  return { service, operation: `${method} ${url.split('?')[0]}`, write: method !== 'GET' && method !== 'HEAD' }
}
