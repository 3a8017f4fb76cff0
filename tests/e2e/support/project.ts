import { execa } from 'execa'
import { cp, mkdir, mkdtemp, readFile, readdir, rm, symlink } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'

const checkout = process.cwd()
const copied = [
  'Makefile',
  'package.json',
  'package-lock.json',
  'template.yaml',
  'scripts',
  'infra',
  'backend',
  'frontend',
  'dist',
]

export interface RunResult {
  exitCode: number
  stdout: string
  stderr: string
}

/** A run that goes on. */
export interface Begun {
  signal(name: 'SIGINT' | 'SIGKILL' | 'SIGSTOP' | 'SIGCONT'): void
  ended: Promise<RunResult>
}

/** A checkout of its own, with its own local AWS: what a test does there touches nothing of the developer's. */
export interface Project {
  folder: string
  make(words: readonly string[], env?: Record<string, string>): Promise<RunResult>
  /** The program itself, without make. */
  program(words: readonly string[], env?: Record<string, string>): Promise<RunResult>
  /** Presses Ctrl-C as soon as the step begins: the whole group of make gets SIGINT, as at a terminal. */
  interrupted(words: readonly string[], step: string): Promise<RunResult>
  /** The program, left running: resolves once `text` stands in its JSON lines. */
  begun(words: readonly string[], text: string): Promise<Begun>
  read(file: string): Promise<string>
  /** Waits until the log of the newest run of a make target holds this text: what it does by then is known. */
  hasLogged(name: string, text: string): Promise<void>
  /** Ends the local AWS and removes the folder. */
  remove(): Promise<void>
}

/** Only what a user's machine has; nothing of the surrounding make or jest. */
export function plainEnvironment(home: string): Record<string, string> {
  const kept = [
    'PATH',
    'LANG',
    'TMPDIR',
    'SSL_CERT_FILE',
    'SSL_CERT_DIR',
    'PIP_CERT',
    'REQUESTS_CA_BUNDLE',
    'NODE_EXTRA_CA_CERTS',
  ]
  const present = kept.flatMap((name) => (process.env[name] === undefined ? [] : [[name, process.env[name]] as const]))
  return { ...Object.fromEntries(present), HOME: home }
}

export async function makeProject(name: string): Promise<Project> {
  const folder = await mkdtemp(path.join(tmpdir(), `rs ${name}-`))
  for (const part of copied) {
    await cp(path.join(checkout, part), path.join(folder, part), { recursive: true, preserveTimestamps: true })
  }
  await symlink(path.join(checkout, 'node_modules'), path.join(folder, 'node_modules'))
  await mkdir(path.join(folder, '.rs', 'home'), { recursive: true })
  await mkdir(path.join(checkout, '.rs', 'toolchain'), { recursive: true })
  await symlink(path.join(checkout, '.rs', 'toolchain'), path.join(folder, '.rs', 'toolchain'))
  await symlink(path.join(checkout, '.rs', 'cache'), path.join(folder, '.rs', 'cache'))
  const home = plainEnvironment(path.join(folder, '.rs', 'home'))
  const run = async (program: string, words: readonly string[], env: Record<string, string>): Promise<RunResult> => {
    const result = await execa(program, [...words], {
      cwd: folder,
      env: { ...home, ...env },
      extendEnv: false,
      stdin: 'ignore',
      reject: false,
    })
    return { exitCode: result.exitCode ?? -1, stdout: result.stdout, stderr: result.stderr }
  }
  const make = (words: readonly string[], env: Record<string, string> = {}): Promise<RunResult> =>
    run('make', words, env)
  return {
    folder,
    make,
    program: (words, env = {}) => run(process.execPath, ['dist/main.js', ...words], env),
    async interrupted(words, step) {
      const child = execa('make', [...words, 'JSON=true'], {
        cwd: folder,
        env: home,
        extendEnv: false,
        stdin: 'ignore',
        reject: false,
        detached: true,
      })
      child.stdout.on('data', (chunk: Buffer) => {
        if (!chunk.toString().includes(`"step-started","title":"${step}"`) || child.pid === undefined) return
        process.kill(-child.pid, 'SIGINT')
      })
      const result = await child
      return { exitCode: result.exitCode ?? -1, stdout: result.stdout, stderr: result.stderr }
    },
    async begun(words, text) {
      const child = execa(process.execPath, ['dist/main.js', ...words, '--json'], {
        cwd: folder,
        env: home,
        extendEnv: false,
        stdin: 'ignore',
        reject: false,
      })
      const ended = child.then(({ exitCode, stdout, stderr }) => ({ exitCode: exitCode ?? -1, stdout, stderr }))
      let seen = ''
      await new Promise<void>((resolve, reject) => {
        child.stdout.on('data', (chunk: Buffer) => {
          seen += chunk.toString()
          if (seen.includes(text)) resolve()
        })
        void ended.then((result) => reject(new Error(`ended without ${text}: ${shown(result)}`)))
      })
      return { signal: (name) => void child.kill(name), ended }
    },
    read: (file) => readFile(path.join(folder, file), 'utf8'),
    async hasLogged(name, text) {
      const logs = path.join(folder, '.rs', 'logs')
      for (;;) {
        const newest = (await readdir(logs))
          .filter((file) => file.includes(`-${name}-`))
          .sort()
          .at(-1)
        if (newest !== undefined && (await readFile(path.join(logs, newest), 'utf8')).includes(text)) return
        await new Promise((resolve) => setTimeout(resolve, 50))
      }
    },
    async remove() {
      await make(['local-stop'])
      await rm(folder, { recursive: true, force: true })
    },
  }
}

/** What a run printed, with the words a failing expectation needs. */
export function shown(result: RunResult): string {
  return `exit ${result.exitCode}\n${result.stdout}\n${result.stderr}`
}

/** The last JSON line of a type that a JSON=true run printed. */
export function jsonLine(result: RunResult, type: string): Record<string, unknown> {
  const lines = result.stdout.split('\n').filter((line) => line.startsWith('{'))
  const facts = lines.map((line) => JSON.parse(line) as Record<string, unknown>)
  const found = facts.filter((fact) => fact['type'] === type).at(-1)
  if (found === undefined) throw new Error(`no ${type} line in:\n${shown(result)}`)
  return found
}
