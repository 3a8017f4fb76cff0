import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, describe, expect, it } from '@jest/globals'
import { makeShell } from '../../scripts/adapters/processes.js'
import { DeployError } from '../../scripts/errors.js'
import { rejectedBy } from '../support/failures.js'

const folder = mkdtempSync(path.join(tmpdir(), 'processes-'))
afterAll(() => rmSync(folder, { recursive: true }))

const node = (code: string, args: string[] = [], env: Record<string, string> = {}) => ({
  program: process.execPath,
  args: ['-e', code, '--', ...args],
  cwd: folder,
  env,
})
const shell = makeShell(new AbortController().signal)

describe('a child process', () => {
  it('is given its words literally, its folder, and exactly its environment', async () => {
    const odd = ['a b', '"x"', "it's", '$(touch x)', '`y`', 'a;b|c&d>e', '$HOME', '*', '', 'ü\n2', '--flag']
    const code = `console.log(JSON.stringify([process.argv.slice(1), process.cwd(), process.env]))`
    process.env['SHELL_TEST_OF_OURS'] = 'must not be seen'
    try {
      const { exitCode, output } = await shell.run(node(code, odd, { ONLY: 'this $x' }))
      const [args, cwd, env] = JSON.parse(output) as [string[], string, Record<string, string>]
      expect(exitCode).toBe(0)
      expect(args).toEqual(odd)
      expect(path.basename(cwd)).toBe(path.basename(folder))
      expect(env).toEqual({ ONLY: 'this $x' })
    } finally {
      Reflect.deleteProperty(process.env, 'SHELL_TEST_OF_OURS')
    }
  })

  it('that fails gives an answer with both streams, and its lines as they come', async () => {
    const lines: string[] = []
    const code = `process.stdout.write('one\\n'); process.stderr.write('two\\nthree'); process.exitCode = 3`
    const { exitCode, output } = await shell.run(node(code), (line) => lines.push(line))
    expect(exitCode).toBe(3)
    expect(output.split('\n').sort()).toEqual(['one', 'three', 'two'])
    expect([...lines].sort()).toEqual(['one', 'three', 'two'])
  })

  it('that is killed is no success', async () => {
    const { exitCode } = await shell.run(node(`process.kill(process.pid, 'SIGKILL')`))
    expect(exitCode).not.toBe(0)
  })

  it('is asked nothing: its input is empty', async () => {
    const code = `process.stdin.on('data', () => process.exit(9)).on('end', () => process.exit(0))`
    expect((await shell.run(node(code))).exitCode).toBe(0)
  })

  it.each(['no-such-program-anywhere', path.join(tmpdir(), 'no', 'such', 'program')])(
    'that is not there is a missing tool: %s',
    async (program) => {
      for (const listen of [undefined, () => undefined]) {
        const error = await rejectedBy(shell.run({ ...node(''), program }, listen))
        expect(error.code).toBe('ToolMissing')
        expect(error.message).toContain(program)
        expect(error.hint).toContain('rs-doctor')
      }
    },
  )
})

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    // A zombie has ended; only its parent has not asked yet.
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'))
  } catch {
    return false
  }
}

describe('a stopped run', () => {
  it('ends the child and its children, and gives the reason', async () => {
    const stop = new AbortController()
    const grandchild = `const { spawn } = require('node:child_process');
      const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' });
      console.log(child.pid); setInterval(() => {}, 1000)`
    let pid = 0
    const work = makeShell(stop.signal).run(node(grandchild), (line) => {
      pid = Number(line)
      stop.abort(new DeployError('Interrupted', 'stopped on request'))
    })
    expect((await rejectedBy(work)).code).toBe('Interrupted')
    expect(pid).toBeGreaterThan(0)
    const until = Date.now() + 2_000
    while (isAlive(pid) && Date.now() < until) await new Promise((resolve) => setImmediate(resolve))
    expect(isAlive(pid)).toBe(false)
  })

  it('starts nothing any more', async () => {
    const stop = new AbortController()
    stop.abort(new DeployError('Interrupted', 'stopped on request'))
    const marker = path.join(folder, 'started')
    const work = makeShell(stop.signal).run(node(`require('node:fs').writeFileSync(${JSON.stringify(marker)}, '')`))
    expect((await rejectedBy(work)).code).toBe('Interrupted')
    expect(() => readFileSync(marker)).toThrow('ENOENT')
  })
})
