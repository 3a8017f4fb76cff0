import { execa } from 'execa'
import { cp, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { type Project, type RunResult, makeProject, plainEnvironment, shown } from '../../e2e/support/project.js'
import { type FaultProxy, startProxy } from '../../support/fault-proxy.js'
import { launchAws } from '../../support/launch-aws.js'
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
  /** Puts the local AWS and the build folder back to where a deployment starts; `slowMs`: what a resource takes. */
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

const starting: Record<Start, { command: string; env: Record<string, string> }> = {
  first: { command: 'rs-deploy', env: {} },
  update: { command: 'rs-deploy', env: { ENABLE_AUTH: 'false' } },
  code: { command: 'rs-deploy-function', env: {} },
  shift: { command: 'rs-deploy-function', env: { RS_STRATEGY: 'Canary50Percent1Second' } },
}

/**
 * A checkout with the starts prepared, as copies of the local AWS's folder and of the build folder. `rehearsal` is for the
 * clean run of the first deployment.
 */
export async function makeRig(name: string, starts: readonly Start[], rehearsal: RunOptions = {}): Promise<Rig> {
  const project = await makeProject(name)
  const local = path.join(project.folder, '.rs', 'local')
  const build = path.join(project.folder, `.aws-sam-dev-${org}`)
  const kept = (start: Start, what: string): string => path.join(project.folder, '.rs', `start-${start}-${what}`)
  const proxy = await startProxy('http://127.0.0.1:9')
  let endpoint = ''
  let current: Start = 'first'

  const boot = async (slowMs = 0): Promise<void> => {
    endpoint =
      slowMs === 0
        ? (await project.program(['local-start'])).stdout.trim()
        : await launchAws(project.folder, ['--delay', String(slowMs)])
    proxy.retarget(endpoint)
  }
  const halt = async (): Promise<void> => {
    const status = await fetch(`${endpoint}/_rawscribe/status`).catch(() => undefined)
    if (status === undefined) return
    await untilGone(killFamily(((await status.json()) as { pid: number }).pid))
  }
  const keep = async (start: Start): Promise<void> => {
    await project.program(['local-stop'])
    await cp(local, kept(start, 'local'), { recursive: true })
    await cp(build, kept(start, 'build'), { recursive: true })
  }
  const deploy = async (options: RunOptions = {}): Promise<RunResult> => {
    const command = options.command ?? starting[current].command
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
        AWS_ENDPOINT_URL: proxy.url,
        AWS_ACCESS_KEY_ID: 'test',
        AWS_SECRET_ACCESS_KEY: 'test',
        AWS_REGION: 'us-east-1',
        ...(options.command === undefined ? starting[current].env : {}),
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
  const state = (): Promise<string[]> => endState({ stack, function: `${stack}-backend` }, clientsOf(endpoint))
  const changedFile = path.join('backend', 'rawscribe', 'cors.py')
  const code = await project.read(changedFile)
  const writeCode = (start: Start): Promise<void> =>
    writeFile(path.join(project.folder, changedFile), start === 'first' ? code : `${code}\n# changed\n`)
  const begin = async (start: Start, slowMs?: number): Promise<void> => {
    await halt()
    await rm(local, { recursive: true, force: true })
    await rm(build, { recursive: true, force: true })
    await cp(kept(start, 'local'), local, { recursive: true })
    await cp(kept(start, 'build'), build, { recursive: true })
    current = start
    await writeCode(start)
    proxy.rules()
    proxy.comeBack()
    proxy.locksAge(0)
    proxy.calls.length = 0
    await boot(slowMs)
  }
  const none: CleanRun = { calls: [], writes: [], steps: [], state: [] }
  const clean: Rig['clean'] = { first: none, update: none, code: none, shift: none }
  const rehearse = async (start: Start, options: RunOptions = {}): Promise<void> => {
    await begin(start)
    const result = await deploy(options)
    if (result.exitCode !== 0) throw new Error(`the clean run failed: ${shown(result)}`)
    const calls = [...proxy.calls]
    const steps = stepsOf(result)
    clean[start] = { calls, writes: calls.filter(({ write }) => write), steps, state: await state() }
  }

  await boot()
  const built = await project.program(['rs-build'], { ENV: 'dev', ORG: org, CLOUD: 'local', RS_JSON: 'true' })
  if (built.exitCode !== 0) throw new Error(`no build: ${shown(built)}`)
  await keep('first')
  await rehearse('first', rehearsal)
  const after = starts.filter((start) => start !== 'first')
  if (after.includes('update')) {
    await writeCode('update')
    const config = path.join(project.folder, 'infra', '.config', 'lambda', `dev-${org}.json`)
    await writeFile(config, '{ "ui": { "title": "Cut" } }\n')
    await project.program(['rs-build'], { ENV: 'dev', ORG: org, CLOUD: 'local', RS_JSON: 'true' })
  }
  for (const start of after) await keep(start)
  for (const start of after) await rehearse(start)
  return {
    project,
    proxy,
    begin,
    deploy,
    state,
    clients: () => clientsOf(endpoint),
    clean,
    async remove() {
      await proxy.close()
      await halt()
      await project.remove()
    },
  }
}

/** What a dead holder left is old enough to be taken over. */
export function letLocksGoStale(proxy: FaultProxy): void {
  proxy.locksAge(silenceMs)
}

function stepsOf({ stdout }: RunResult): string[] {
  const lines = stdout.split('\n').filter((line) => line.startsWith('{"type":"step-started"'))
  return lines.map((line) => (JSON.parse(line) as { title: string }).title)
}
