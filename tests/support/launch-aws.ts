import { execa } from 'execa'
import { createServer } from 'node:net'
import path from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'

export interface LocalAws {
  endpoint: string
  pid: number
}

/** Starts the local AWS of a checkout with further words of its command line (docs/local-aws.md). */
export async function launchAws(folder: string, further: readonly string[]): Promise<LocalAws> {
  const port = await freePort()
  const python = path.join(folder, '.rs', 'toolchain', 'emulator', 'bin', 'python')
  const launcher = path.join(folder, 'infra', 'emulator', 'launch.py')
  const words = ['--port', String(port), '--dir', path.join(folder, '.rs', 'local'), ...further]
  const child = execa(python, [launcher, ...words], { stdio: 'ignore', detached: true, cleanup: false, reject: false })
  child.unref()
  const endpoint = `http://127.0.0.1:${port}`
  for (;;) {
    const status = await fetch(`${endpoint}/_rawscribe/status`).catch(() => undefined)
    if (status?.ok === true) return { endpoint, pid: ((await status.json()) as { pid: number }).pid }
    if (child.exitCode !== null) throw new Error('the local AWS did not start')
    await wait(50)
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer()
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0))
    })
  })
}
