import { execa } from 'execa'
import { appendFile, readdir, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { type Project, type RunResult, makeProject, plainEnvironment, shown } from '../../e2e/support/project.js'
import { type FaultProxy, startProxy } from '../../support/fault-proxy.js'
import { type LocalAws, launchAws } from '../../support/launch-aws.js'
import type { Call } from '../../support/wire.js'
import { type Clients, clientsOf, endState } from './end-state.js'
import { killFamily, untilGone } from './processes.js'

export const org = 'cut'
export const stack = `rawscribe-dev-${org}`
/** Every character that make, a shell or JSON may trip over. */
export const password = 'Se$cure$$1!aB'
export const deployments = 'rawscribe-sam-deployments-000000000000'
export const lockKey = `locks/${stack}.json`
/** Longer than a holder may be silent. */
const silenceMs = 61_000

/**
 * Where a run starts from: nothing at all; a release with other code, configuration and parameters; one with other code
 * alone, for a release past CloudFormation, at once or step by step.
 */
export type Start = 'first' | 'update' | 'code' | 'shift'

export interface Rig {
  project: Project
  proxy: FaultProxy
  /** Puts sources, build and the local AWS back to where a deployment starts; `slowMs`: what a resource takes. */
  begin(start: Start, slowMs?: number): Promise<void>
  deploy(options?: RunOptions): Promise<RunResult>
  state(): Promise<string[]>
  clients(): Clients
  /** Of a run that nothing cut, from each start. */
  clean: Record<Start, CleanRun>
  remove(): Promise<void>
}

export interface CleanRun {
  /** What went over the wire, call by call, and of that what changed something. */
  calls: Call[]
  writes: Call[]
  /** The titles of its steps, in order. */
  steps: string[]
  /** What it left. */
  state: string[]
}

export interface RunOptions {
  command?: string
  /** By make, with these words on its command line; else the program itself. */
  make?: readonly string[]
  /** Another checkout than the rig's own. */
  folder?: string
  env?: Record<string, string>
  /** Told the run's process id and each line of its standard output. */
  onStart?: (pid: number) => void
  onLine?: (line: string, pid: number) => void
}

/** What a start consists of on this machine. */
const parts = [path.join('.rs', 'local'), `.aws-sam-dev-${org}`, 'backend', 'infra']
const none: CleanRun = { calls: [], writes: [], steps: [], state: [] }
const starting: Record<Start, { command: string; env: Record<string, string> }> = {
  first: { command: 'rs-deploy', env: {} },
  update: { command: 'rs-deploy', env: { ENABLE_AUTH: 'false' } },
  code: { command: 'rs-deploy-function', env: {} },
  shift: { command: 'rs-deploy-function', env: { RS_STRATEGY: 'Canary50Percent1Second' } },
}

/**
 * A checkout with the starts prepared, as copies of sources, build and the local AWS's folder. `rehearsal` is for the clean
 * run of the first deployment.
 */
export async function makeRig(name: string, starts: readonly Start[], rehearsal: RunOptions = {}): Promise<Rig> {
  const project = await makeProject(name)
  const clean: Rig['clean'] = { first: none, update: none, code: none, shift: none }
  const rig = await rigIn(project, clean)
  const build = async (): Promise<void> => {
    const built = await project.program(['rs-build'], { ENV: 'dev', ORG: org, CLOUD: 'local', RS_JSON: 'true' })
    if (built.exitCode !== 0) throw new Error(`no build: ${shown(built)}`)
  }
  const keep = async (start: Start): Promise<void> => {
    await project.program(['local-stop'])
    for (const part of parts) await copy(path.join(project.folder, part), kept(project, start, part))
  }
  const rehearse = async (start: Start, options: RunOptions = {}): Promise<void> => {
    await rig.begin(start)
    const result = await rig.deploy(options)
    if (result.exitCode !== 0) throw new Error(`the clean run failed: ${shown(result)}`)
    const calls = [...rig.proxy.calls]
    const writes = calls.filter(({ write }) => write)
    clean[start] = { calls, writes, steps: stepsOf(result), state: await rig.state() }
  }

  await project.program(['local-start'])
  await build()
  await keep('first')
  await rehearse('first', rehearsal)
  const after = starts.filter((start) => start !== 'first')
  if (after.length > 0) await appendFile(path.join(project.folder, 'backend', 'rawscribe', 'cors.py'), '\n# changed\n')
  if (after.includes('update')) {
    const config = path.join(project.folder, 'infra', '.config', 'lambda', `dev-${org}.json`)
    await writeFile(config, '{ "ui": { "title": "Cut" } }\n')
    await build()
  }
  for (const start of after) await keep(start)
  for (const start of after) await rehearse(start)
  return rig
}

/** Another checkout in the same state, with a local AWS of its own, and nothing to prepare or to rehearse. */
export async function twinOf(rig: Rig): Promise<Rig> {
  const project = await makeProject('twin')
  const made = await readdir(path.join(rig.project.folder, '.rs'))
  for (const part of made.filter((one) => one.startsWith('start-'))) {
    await copy(path.join(rig.project.folder, '.rs', part), path.join(project.folder, '.rs', part))
  }
  return rigIn(project, rig.clean)
}

async function rigIn(project: Project, clean: Rig['clean']): Promise<Rig> {
  const proxy = await startProxy('http://127.0.0.1:9')
  let aws: LocalAws | undefined
  let current: Start = 'first'
  const endpoint = (): string => aws?.endpoint ?? ''
  const halt = async (): Promise<void> => {
    if (aws !== undefined) await untilGone(killFamily(aws.pid))
    aws = undefined
  }
  const begin = async (start: Start, slowMs = 0): Promise<void> => {
    await halt()
    for (const part of parts) {
      await rm(path.join(project.folder, part), { recursive: true, force: true, maxRetries: 20 })
      await copy(kept(project, start, part), path.join(project.folder, part))
    }
    current = start
    proxy.rules()
    proxy.comeBack()
    proxy.locksAge(0)
    proxy.calls.length = 0
    aws = await launchAws(project.folder, ['--delay', String(slowMs)])
    proxy.retarget(aws.endpoint)
  }
  return {
    project,
    proxy,
    clean,
    begin,
    deploy: (options = {}) => {
      const { command, env } = starting[current]
      const own = options.command === undefined ? env : {}
      return deploy({ command, ...options, env: { AWS_ENDPOINT_URL: proxy.url, ...own, ...options.env } }, project)
    },
    state: () => endState({ stack, function: `${stack}-backend` }, clientsOf(endpoint())),
    clients: () => clientsOf(endpoint()),
    async remove() {
      await proxy.close()
      await halt()
      await rm(project.folder, { recursive: true, force: true, maxRetries: 20 })
    },
  }
}

async function deploy(options: RunOptions & { command: string }, project: Project): Promise<RunResult> {
  const { command } = options
  const program = options.make === undefined ? process.execPath : 'make'
  const child = execa(program, options.make === undefined ? ['dist/main.js', command] : [command, ...options.make], {
    cwd: options.folder ?? project.folder,
    env: {
      ...plainEnvironment(path.join(project.folder, '.rs', 'home')),
      ENV: 'dev',
      ORG: org,
      RS_JSON: 'true',
      ADMIN_USERNAME: `admin@${org}.org`,
      ADMIN_PASSWORD: password,
      AWS_ACCESS_KEY_ID: 'test',
      AWS_SECRET_ACCESS_KEY: 'test',
      AWS_REGION: 'us-east-1',
      ...options.env,
    },
    extendEnv: false,
    stdin: 'ignore',
    reject: false,
    detached: true,
  })
  const { pid = 0 } = child
  options.onStart?.(pid)
  const { onLine } = options
  if (onLine !== undefined) for await (const line of child.iterable()) onLine(line, pid)
  const result = await child
  return { exitCode: result.exitCode ?? -1, stdout: result.stdout, stderr: result.stderr }
}

function kept({ folder }: Project, start: Start, part: string): string {
  return path.join(folder, '.rs', `start-${start}-${path.basename(part)}`)
}

/** By cp: a build is some thousand files, for each cell. */
async function copy(from: string, to: string): Promise<void> {
  await execa('cp', ['-a', from, to])
}

/** What a dead holder left is old enough to be taken over. */
export function letLocksGoStale(proxy: FaultProxy): void {
  proxy.locksAge(silenceMs)
}

function stepsOf({ stdout }: RunResult): string[] {
  const lines = stdout.split('\n').filter((line) => line.startsWith('{"type":"step-started"'))
  return lines.map((line) => (JSON.parse(line) as { title: string }).title)
}
