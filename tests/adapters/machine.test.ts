import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, describe, expect, it } from '@jest/globals'
import { explainAwsError } from '../../scripts/adapters/aws/explain.js'
import { everyPage } from '../../scripts/adapters/aws/clients.js'
import { childEnvironment, installerEnvironment } from '../../scripts/adapters/environment.js'
import { lazily } from '../../scripts/adapters/lazy.js'

describe('the environment of children', () => {
  const environment = {
    PATH: '/bin',
    HOME: '/home/me',
    LANG: 'C.UTF-8',
    LC_ALL: 'C.UTF-8',
    TMPDIR: '/tmp',
    https_proxy: 'http://proxy',
    HTTPS_PROXY: 'http://proxy',
    SSL_CERT_FILE: '/certs',
  }
  const refused = {
    ...{ MAKEFLAGS: 'j', MAKELEVEL: '1', MAKEOVERRIDES: 'x', MFLAGS: 'x', MAKEFILES: 'x' },
    ...{ SAM_CLI_POLL_DELAY: '1', SAM_PROFILE: 'x', __SAM_CLI_APP_DIR: 'x' },
    ...{ AWS_PROFILE: 'x', AWS_ACCESS_KEY_ID: 'x', AWS_SECRET_ACCESS_KEY: 'x', AWS_SESSION_TOKEN: 'x' },
    ...{ ADMIN_PASSWORD: 'x', PASSWORD: 'x', PGPASSWORD: 'x', ADMIN_USERNAME: 'x' },
    ...{ NODE_OPTIONS: 'x', PYTHONPATH: 'x', LD_PRELOAD: 'x', RS_YES: 'true', GITHUB_TOKEN: 'x', npm_config_x: 'x' },
  }
  const installers = { PIP_INDEX_URL: 'https://mirror', UV_DEFAULT_INDEX: 'https://mirror', UV_NATIVE_TLS: '1' }

  it('says where things are and how to reach the network, and nothing else', () => {
    expect(childEnvironment({ ...environment, ...refused, ...installers })).toEqual(environment)
  })

  it('of installers has their own settings as well', () => {
    expect(installerEnvironment({ ...environment, ...refused, ...installers })).toEqual({
      ...environment,
      ...installers,
    })
  })

  it('has no entry for what is not set', () => {
    expect(Object.keys(childEnvironment({ PATH: '/bin', HOME: undefined }))).toEqual(['PATH'])
  })
})

describe('a port that is loaded at its first call', () => {
  interface Port {
    add(a: number, b: number): Promise<number>
    fail(): Promise<never>
  }
  const make = (): { port: Port; loads: () => number } => {
    let loads = 0
    const port = lazily<Port>(async () => {
      loads++
      return { add: async (a, b) => a + b, fail: async () => Promise.reject(new Error('of the port')) }
    })
    return { port, loads: () => loads }
  }

  it('is not loaded before, and only once', async () => {
    const { port, loads } = make()
    expect(loads()).toBe(0)
    expect(await Promise.all([port.add(1, 2), port.add(3, 4)])).toEqual([3, 7])
    expect(loads()).toBe(1)
  })

  it('passes errors on, and can be awaited itself', async () => {
    const { port, loads } = make()
    await expect(port.fail()).rejects.toThrow('of the port')
    expect(await Promise.resolve(port)).toBe(port)
    expect(loads()).toBe(1)
  })
})

describe('an error of AWS', () => {
  const named = (name: string, message: string, over: object = {}): Error =>
    Object.assign(new Error(message), { name, ...over })
  const answered = { $metadata: { httpStatusCode: 400 } }

  it.each([
    ['ExpiredToken', answered],
    ['ExpiredTokenException', answered],
    ['UnrecognizedClientException', answered],
    ['InvalidClientTokenId', answered],
    ['SignatureDoesNotMatch', answered],
    ['CredentialsProviderError', {}],
  ])('%s asks to sign in again', (name, over) => {
    const error = explainAwsError(named(name, 'why', over), false)
    expect(error?.code).toBe('AwsFailed')
    expect(error?.message).toContain('why')
    expect(error?.hint).toContain('sign in again')
  })

  it('of expired credentials is told as that also where the answer had no room for it', () => {
    const mute = named('Unknown', 'UnknownError', { $metadata: { httpStatusCode: 400 } })
    const error = explainAwsError(mute, false)
    expect(error?.message).toContain('credentials have expired')
    expect(error?.hint).toContain('sign in again')
  })

  it.each(['ECONNREFUSED', 'ECONNRESET', 'ENOTFOUND', 'ETIMEDOUT', 'EAI_AGAIN'])('%s is the network', (code) => {
    expect(explainAwsError(named('Error', 'x', { code }), false)?.hint).toContain('network')
    expect(explainAwsError(named('Error', 'x', { code }), true)?.hint).toContain('make local-status')
  })

  it('of permission names what was asked and who can tell', () => {
    const error = explainAwsError(named('AccessDeniedException', 'not authorized to x:Y', answered), false)
    expect(error?.message).toBe('AWS answered AccessDeniedException: not authorized to x:Y')
    expect(error?.hint).toContain('rs-doctor')
  })

  it('of any other name is told with it', () => {
    const cause = named('ThrottlingException', 'slow down', answered)
    const error = explainAwsError(cause, false)
    expect(`${error?.code} ${error?.message}`).toBe('AwsFailed AWS answered ThrottlingException: slow down')
    expect(error?.cause).toBe(cause)
  })

  it('is none when it did not come from AWS', () => {
    for (const error of [new TypeError('x is undefined'), 'text', undefined, named('Error', 'x', { code: 'ENOENT' })]) {
      expect(explainAwsError(error, false)).toBeUndefined()
    }
  })
})

describe('a listing', () => {
  it('is read to its end, empty pages in the middle included', async () => {
    const pages = [{ items: [1], next: 'a' }, { next: 'b' }, { items: [2, 3], next: '' }]
    const asked: (string | undefined)[] = []
    const all = await everyPage(
      async (token) => {
        asked.push(token)
        return pages[asked.length - 1]!
      },
      (page) => page.items,
      (page) => page.next,
    )
    expect([all, asked]).toEqual([
      [1, 2, 3],
      [undefined, 'a', 'b'],
    ])
  })
})

const folder = mkdtempSync(path.join(tmpdir(), 'exclusive-'))
const children: ChildProcess[] = []
afterAll(() => {
  for (const child of children) child.kill('SIGKILL')
  rmSync(folder, { recursive: true })
})
const moduleUrl = pathToFileURL(path.resolve('infra/bootstrap/exclusive.mjs')).href

/** A process that goes in `rounds` times, marks that it is inside, and stops with 9 when somebody else is. */
function contender(lock: string, rounds: number): Promise<number | null> {
  const code = `
    import { mkdirSync, rmdirSync, appendFileSync } from 'node:fs'
    const { exclusively } = await import(${JSON.stringify(moduleUrl)})
    const inside = ${JSON.stringify(`${lock}.inside`)}
    for (let i = 0; i < ${rounds}; i++) {
      await exclusively(${JSON.stringify(lock)}, async () => {
        try { mkdirSync(inside) } catch { process.exit(9) }
        await new Promise((resolve) => setTimeout(resolve, 5))
        appendFileSync(${JSON.stringify(`${lock}.rounds`)}, process.pid + '\\n')
        rmdirSync(inside)
      })
    }`
  const child: ChildProcess = spawn(process.execPath, ['--input-type=module', '-e', code], { stdio: 'inherit' })
  children.push(child)
  return new Promise((resolve) => child.once('exit', resolve))
}
const deadPid = (): number => spawnSync(process.execPath, ['-e', '']).pid

describe('what must happen in one process at a time', () => {
  it('happens in one, and every process gets its turn, also when a holder has died', async () => {
    const lock = path.join(folder, 'dead.lock')
    writeFileSync(lock, String(deadPid()))
    expect(await Promise.all([contender(lock, 3), contender(lock, 3)])).toEqual([0, 0])
    const rounds = readFileSync(`${lock}.rounds`, 'utf8').trim().split('\n')
    expect([rounds.length, new Set(rounds).size]).toEqual([6, 2])
    expect(readdirSync(folder).filter((name) => name.startsWith('dead.lock'))).toEqual(['dead.lock.rounds'])
  })

  it('leaves the lock when the work fails, and gives its result otherwise', async () => {
    const { exclusively } = await import('../../infra/bootstrap/exclusive.mjs')
    const lock = path.join(folder, 'deep', 'fail.lock')
    await expect(exclusively(lock, async () => Promise.reject(new Error('of the work')))).rejects.toThrow('of the work')
    expect(existsSync(lock)).toBe(false)
    expect(await exclusively(lock, async () => (existsSync(lock) ? 'held' : 'free'))).toBe('held')
    expect(readdirSync(path.dirname(lock))).toEqual([])
  })

  it('tells once who is waited for', async () => {
    const { exclusively } = await import('../../infra/bootstrap/exclusive.mjs')
    const lock = path.join(folder, 'told.lock')
    const told: number[] = []
    let second: Promise<string> | undefined
    await exclusively(lock, async () => {
      let waits: () => void = () => undefined
      const waiting = new Promise<void>((resolve) => (waits = resolve))
      second = exclusively(lock, async () => 'second', {
        onWait: (pid) => {
          told.push(pid)
          waits()
        },
      })
      await waiting
    })
    expect(await second).toBe('second')
    expect(told).toEqual([process.pid])
  })

  it('is waited for no longer than was said, and not after a Ctrl-C', async () => {
    const { exclusively } = await import('../../infra/bootstrap/exclusive.mjs')
    const lock = path.join(folder, 'held.lock')
    const stopped = new AbortController()
    const never = async (): Promise<void> => Promise.reject(new Error('it ran'))
    await exclusively(lock, async () => {
      const tooLong = (pid: number | undefined): Error => new Error(`process ${pid} holds it`)
      await expect(exclusively(lock, never, { mostMs: 0, tooLong })).rejects.toThrow(`process ${process.pid} holds it`)
      const onWait = (): void => stopped.abort(new Error('stopped on request'))
      await expect(exclusively(lock, never, { onWait, signal: stopped.signal })).rejects.toThrow('stopped on request')
      expect(existsSync(lock)).toBe(true)
    })
    expect(readdirSync(folder).filter((name) => name.startsWith('held.lock'))).toEqual([])
  })
})
