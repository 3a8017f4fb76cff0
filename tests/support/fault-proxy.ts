import {
  type IncomingMessage,
  type OutgoingHttpHeaders,
  type Server,
  type ServerResponse,
  createServer,
  request,
} from 'node:http'
import { setTimeout as wait } from 'node:timers/promises'
import { type RefusedAs, refusal } from './fault-answers.js'
import { type Call, describeCall } from './wire.js'

export type Fault =
  | { kind: 'refused'; as: RefusedAs }
  /** The connection ends before the server hears of the request. */
  | { kind: 'reset' }
  /** The server does the work, its answer gets lost. */
  | { kind: 'answer-lost' }
  | { kind: 'delayed'; ms: number }
  /** The server does the work; then something happens on this side, and the answer gets lost. */
  | { kind: 'then'; happens: () => void }

export interface Rule {
  /** Which calls it may meet. */
  matches: (call: Call) => boolean
  /** The first of these that it meets, counted from 1. */
  from: number
  /** How many it meets from there on. */
  times: number
  fault: Fault
}

export interface FaultProxy {
  url: string
  /** Everything that came over the wire, in order, the cut ones too. */
  calls: Call[]
  /** How many calls a rule has met. */
  met(): number
  /** Replaces the rules; counting begins anew. */
  rules(...rules: Rule[]): void
  /** S3's clock, ahead of ours by so much in what it says of locks: its holder seems to have been silent that long. */
  locksAge(ms: number): void
  /** Nothing answers any more, until `comeBack`. */
  goAway(): void
  comeBack(): void
  retarget(url: string): void
  close(): Promise<void>
}

/** Stands between the tool (with its sam) and the local AWS, writes down what goes over the wire, and cuts it. */
export async function startProxy(targetUrl: string): Promise<FaultProxy> {
  let target = new URL(targetUrl)
  const calls: Call[] = []
  let armed: (Rule & { seen: number })[] = []
  let met = 0
  let away = false
  let lockAgeMs = 0

  const faultFor = (call: Call): Fault | undefined => {
    for (const rule of armed) {
      if (!rule.matches(call)) continue
      rule.seen += 1
      if (rule.seen < rule.from || rule.seen >= rule.from + rule.times) continue
      met += 1
      return rule.fault
    }
    return undefined
  }
  const aged = (call: Call, headers: OutgoingHttpHeaders): OutgoingHttpHeaders =>
    lockAgeMs > 0 && call.operation === 'GetObject locks'
      ? { ...headers, date: new Date(Date.now() + lockAgeMs).toUTCString() }
      : headers
  const serve = async (incoming: IncomingMessage, answer: ServerResponse): Promise<void> => {
    const body = await bodyOf(incoming)
    const { method = 'GET', url = '/', headers } = incoming
    const call = describeCall({ method, url, headers, body: body.toString('latin1') })
    calls.push(call)
    const fault = faultFor(call)
    if (away || fault?.kind === 'reset') return void answer.destroy()
    if (fault?.kind === 'refused') {
      const refused = refusal(fault.as, call)
      return void answer.writeHead(refused.status, refused.headers).end(method === 'HEAD' ? undefined : refused.body)
    }
    // Longer than some runs: nobody waits for its end.
    if (fault?.kind === 'delayed') await wait(fault.ms, undefined, { ref: false })
    const given = await forward(target, incoming, body)
    call.status = given.status
    if (fault?.kind === 'then') fault.happens()
    if (away || fault?.kind === 'then' || fault?.kind === 'answer-lost') return void answer.destroy()
    answer.writeHead(given.status, aged(call, given.headers)).end(given.body)
  }
  const server = createServer((incoming, answer) => {
    serve(incoming, answer).catch(() => answer.destroy())
  })
  const port = await listen(server)
  return {
    url: `http://127.0.0.1:${port}`,
    calls,
    met: () => met,
    rules: (...rules) => {
      armed = rules.map((rule) => ({ ...rule, seen: 0 }))
      met = 0
    },
    locksAge: (ms) => void (lockAgeMs = ms),
    goAway: () => {
      away = true
      server.closeAllConnections()
    },
    comeBack: () => void (away = false),
    retarget: (url) => void (target = new URL(url)),
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections()
        server.close(() => resolve())
      }),
  }
}

interface Given {
  status: number
  headers: OutgoingHttpHeaders
  body: Buffer
}

function forward(target: URL, { method, url, headers }: IncomingMessage, body: Buffer): Promise<Given> {
  return new Promise((resolve, reject) => {
    const forwarded = request(
      { host: target.hostname, port: target.port, method, path: url, headers, agent: false },
      (response) => {
        bodyOf(response).then(
          (given) => resolve({ status: response.statusCode ?? 502, headers: response.headers, body: given }),
          reject,
        )
      },
    )
    forwarded.on('error', reject)
    forwarded.end(body)
  })
}

async function bodyOf(message: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of message) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks)
}

function listen(server: Server): Promise<number> {
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      resolve(typeof address === 'object' && address !== null ? address.port : 0)
    })
  })
}
