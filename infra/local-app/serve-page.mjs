// Serves the page of one target on this machine: node serve-page.mjs PORT FOLDER CONFIG BACKEND_RECORD TARGET
import { readFile } from 'node:fs/promises'
import { createServer, request } from 'node:http'
import path from 'node:path'
import { contentType } from 'mime-types'
import { fileOf } from './page-file.mjs'

const [port, folder, config, backendRecord, target] = process.argv.slice(2)

/** A page elsewhere may point its own name at this machine (DNS rebinding): only this machine's names are answered. */
const ownNames = new Set([`127.0.0.1:${port}`, `localhost:${port}`])

createServer((asked, answer) => {
  handle(asked, answer).catch((error) => fail(answer, error.code === 'ENOENT' ? 404 : 500))
}).listen({ port: Number(port), host: '127.0.0.1', exclusive: true })

/** @param {import('node:http').IncomingMessage} asked @param {import('node:http').ServerResponse} answer */
async function handle(asked, answer) {
  if (!ownNames.has(asked.headers.host ?? '')) return fail(answer, 421)
  const { pathname } = new URL(asked.url ?? '/', 'http://page')
  if (pathname === '/health' || pathname.startsWith('/api/')) return passOn(asked, answer)
  if (asked.method !== 'GET' && asked.method !== 'HEAD') return fail(answer, 405)
  const file = pathname === '/config.json' ? config : fileOf(pathname, folder)
  if (file === undefined) return fail(answer, 404)
  const content = await readFile(file)
  const type = contentType(path.basename(file)) || 'application/octet-stream'
  answer.writeHead(200, { 'Content-Type': type, 'Cache-Control': 'no-store' }).end(content)
}

/** @param {import('node:http').IncomingMessage} asked @param {import('node:http').ServerResponse} answer */
async function passOn(asked, answer) {
  const backend = JSON.parse(await readFile(backendRecord, 'utf8').catch(() => '{}'))
  // Another target's backend writes into that one's buckets: its record may name "dev/demo without sign-in".
  if (backend.url === undefined || backend.target?.split(' ')[0] !== target) return fail(answer, 502)
  const passed = request(
    new URL(asked.url ?? '/', backend.url),
    { method: asked.method, headers: asked.headers },
    (given) => {
      answer.writeHead(given.statusCode ?? 502, given.headers)
      given.pipe(answer)
    },
  )
  passed.on('error', () => fail(answer, 502))
  asked.pipe(passed)
}

/** @param {import('node:http').ServerResponse} answer @param {number} status */
function fail(answer, status) {
  if (answer.headersSent) answer.destroy()
  else
    answer
      .writeHead(status, { 'Content-Type': 'text/plain' })
      .end(status === 502 ? 'the local backend does not run' : '')
}
