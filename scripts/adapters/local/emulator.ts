import { mkdir, readFile, readdir, rm, stat } from 'node:fs/promises'
import path from 'node:path'
import { exclusively } from '../../../infra/bootstrap/exclusive.mjs'
import { DeployError } from '../../errors.js'
import type { Clock, Emulator, EmulatorEnd, EmulatorState } from '../../ports.js'
import { startInBackground } from '../processes.js'
import { canListen } from './free-port.js'
import { askEmulator, isAlive, lastHolder } from './emulator-status.js'

const preferredPort = 4570
const readyDeadlineMs = 60_000
const stopDeadlineMs = 20_000
const pollMs = 25
const launchAttempts = 3
const answerDeadlineMs = 20_000

interface Place {
  toolFolder: string
  /** The project's .rs folder. */
  stateFolder: string
  env: Record<string, string>
  /** Interpreter of the emulator's environment; installs it when it is missing. */
  python: () => Promise<string>
  tell: (text: string) => void
  /** How long a running one may take to say so; 20 s unless told. */
  patienceMs?: number
}

/** The local AWS of this checkout: one process, on 127.0.0.1 only, its state and log below .rs/local. */
export function makeEmulator(place: Place, clock: Clock): Emulator {
  const folder = path.join(place.stateFolder, 'local')
  const running = (): Promise<EmulatorState | undefined> => askEmulator(folder, place.patienceMs ?? answerDeadlineMs)
  const start = async (): Promise<EmulatorState> => {
    const present = await running()
    if (present !== undefined) return present
    const python = await place.python()
    return exclusively(
      path.join(place.stateFolder, 'local.lock'),
      async () => (await running()) ?? launchOnFreePort(python, folder, place, clock),
      { onWait: (pid) => place.tell(`Another run (process ${pid}) is starting the local AWS; waiting for it …`) },
    )
  }
  const stop = async (): Promise<EmulatorEnd> => {
    const present = await running()
    if (present === undefined) return { stopped: false }
    const before = (await readFile(logOf(folder)).catch(() => Buffer.alloc(0))).length
    process.kill(present.pid, 'SIGTERM')
    const deadline = clock.now().getTime() + stopDeadlineMs
    while (isAlive(present.pid)) {
      if (clock.now().getTime() > deadline) {
        throw new DeployError('ToolFailed', `the local AWS (process ${present.pid}) does not stop`, {
          hint: `kill -9 ${present.pid}; its state is safe`,
        })
      }
      await clock.sleep(pollMs)
    }
    const said = (await readFile(logOf(folder)).catch(() => Buffer.alloc(0))).subarray(before).toString()
    const lost = /the last changes are lost.*/.exec(said)?.[0]
    return { stopped: true, ...(lost !== undefined && { lost }) }
  }
  return {
    running,
    start,
    stop,
    async reset() {
      await stop()
      await rm(folder, { recursive: true, force: true })
    },
    size: async () => ({ folder, bytes: await bytesBelow(folder) }),
  }
}

function logOf(folder: string): string {
  return path.join(folder, 'emulator.log')
}

/** Between the look at a port and its use another checkout may take it: then the next free one is tried. */
async function launchOnFreePort(python: string, folder: string, place: Place, clock: Clock): Promise<EmulatorState> {
  for (let attempt = 1; ; attempt++) {
    const free = attempt === 1 ? undefined : await canListen(0)
    const port = free ?? (await choosePort((await lastHolder(folder))?.port))
    try {
      return await launch(python, port, folder, place, clock)
    } catch (error) {
      if (attempt === launchAttempts || (await canListen(port)) !== undefined) throw error
    }
  }
}

/** The last port, so that addresses stay; else the usual one; else any that is free. */
async function choosePort(last: number | undefined): Promise<number> {
  for (const port of [last, preferredPort]) if (port !== undefined && (await canListen(port)) !== undefined) return port
  return (await canListen(0)) ?? preferredPort
}

async function launch(
  python: string,
  port: number,
  folder: string,
  place: Place,
  clock: Clock,
): Promise<EmulatorState> {
  // Its state holds what it was given, passwords too.
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const logFile = logOf(folder)
  const launcher = path.join(place.toolFolder, 'infra', 'emulator', 'launch.py')
  const args = [launcher, '--port', String(port), '--dir', folder]
  const started = startInBackground({ program: python, args, cwd: folder, env: place.env }, logFile)
  const deadline = clock.now().getTime() + readyDeadlineMs
  while (clock.now().getTime() < deadline && started.ended() === undefined) {
    const ready = await askEmulator(folder, readyDeadlineMs)
    if (ready !== undefined) return ready
    await clock.sleep(pollMs)
  }
  const lines = (await readFile(logFile, 'utf8')).trim().split('\n').slice(-3)
  throw new DeployError('ToolFailed', 'the local AWS did not start', {
    facts: lines.map((text, i) => ({ label: i === 0 ? 'Log' : '', text })),
    hint: lines.at(-1)?.includes('is in use by')
      ? 'end the process that works in this folder (kill and its number), then make local-start'
      : `its whole log is ${logFile}; make local-reset begins anew`,
  })
}

async function bytesBelow(folder: string): Promise<number> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => [])
  const sizes = await Promise.all(
    entries
      .filter((entry) => entry.isFile())
      .map(async (entry) => (await stat(path.join(entry.parentPath, entry.name)).catch(() => undefined))?.size ?? 0),
  )
  return sizes.reduce((sum, size) => sum + size, 0)
}
