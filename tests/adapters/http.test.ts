import { type IncomingMessage, type Server, type ServerResponse, createServer } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { afterEach, describe, expect, it } from '@jest/globals'
import { answers, getBytes, makeHttp } from '../../scripts/adapters/http.js'

type Handler = (request: IncomingMessage, response: ServerResponse) => void
const servers: Server[] = []

/** A server on a free port; its address. */
async function serving(handler: Handler): Promise<string> {
  const server = createServer(handler)
  servers.push(server)
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

afterEach(() => {
  for (const server of servers.splice(0)) {
    server.close()
    server.closeAllConnections()
  }
})

const never = new AbortController().signal
const get = makeHttp(never).get

describe('a GET request', () => {
  it('names its agent, and sends the headers it was given', async () => {
    const url = await serving((request, response) => void response.end(JSON.stringify(request.headers)))
    const answer = await get(`${url}/x`, { Authorization: 'Bearer t' })
    expect(JSON.parse(answer!.body)).toMatchObject({
      'user-agent': 'rawscribe',
      accept: '*/*',
      authorization: 'Bearer t',
    })
  })

  it('takes whatever status comes for the answer, a redirection too', async () => {
    const url = await serving((request, response) => {
      const status = Number(request.url?.slice(1))
      response.writeHead(status, { Location: '/200', 'X-One': 'a' }).end(`é ${status}`)
    })
    for (const status of [200, 302, 401, 500]) {
      const answer = await get(`${url}/${status}`)
      expect(answer).toMatchObject({ status, headers: { 'x-one': 'a', location: '/200' }, body: `é ${status}` })
    }
  })

  it.each<[string, Handler]>([
    ['the connection is cut', (request) => void request.socket.destroy()],
    [
      'the body is shorter than was said',
      (_, response) => {
        response.writeHead(200, { 'content-length': '10' })
        response.write('short')
        setTimeout(() => response.destroy(), 10)
      },
    ],
    [
      'the protocol is changed',
      (request) =>
        void request.socket.end('HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: Upgrade\r\n\r\n'),
    ],
    ['it is no HTTP', (request) => void request.socket.end('nonsense\r\n\r\n')],
  ])('has no answer where %s', async (_, handler) => {
    expect(await get(await serving(handler))).toBeUndefined()
  })

  it('has no answer where nobody listens, or the address is none', async () => {
    const url = await serving(() => undefined)
    await new Promise((closed) => servers.pop()!.close(closed))
    expect(await get(url)).toBeUndefined()
    expect(await get('no address')).toBeUndefined()
  })

  it('asks once more where a kept connection turns out to be closed', async () => {
    const sockets: Socket[] = []
    let cut = true
    const url = await serving((request, response) => {
      const known = sockets.includes(request.socket)
      sockets.push(request.socket)
      if (!known || !cut) return void response.end('here')
      cut = false
      request.socket.resetAndDestroy()
    })
    expect((await get(url))?.body).toBe('here')
    await new Promise((later) => setImmediate(later))
    expect((await get(url))?.body).toBe('here')
    expect(cut).toBe(false)
  })

  it('ends with the reason of its signal, before the head and within the body', async () => {
    for (const begun of [false, true]) {
      const stopped = new AbortController()
      const url = await serving((_, response) => {
        if (begun) response.writeHead(200, { 'content-length': '10' }).write('some')
        setTimeout(() => stopped.abort(new Error('enough')), 10)
      })
      await expect(getBytes(url, stopped.signal)).rejects.toThrow('enough')
      await expect(makeHttp(stopped.signal).get(url)).rejects.toThrow('enough')
    }
  })

  it('is answered as soon as the answer begins, where only that is asked', async () => {
    const url = await serving((_, response) => void response.writeHead(500).write('and so on'))
    expect(await answers(url, never)).toBe(true)
    expect(await answers('http://127.0.0.1:1/', never)).toBe(false)
  })
})
