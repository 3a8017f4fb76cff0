import { execa } from 'execa'
import { spawn } from 'node:child_process'
import { closeSync, openSync } from 'node:fs'
import { DeployError } from '../errors.js'
import type { CommandLine } from '../core/command-line.js'
import type { CommandResult, Shell } from '../ports.js'

const graceBeforeKillMs = 5_000

/**
 * Runs children with execa: words, no shell, exactly the environment they are given, in a process group of their own,
 * so that Ctrl-C reaches us first; an aborted run ends the whole group.
 */
export function makeShell(signal: AbortSignal): Shell {
  return {
    async run(command, onLine): Promise<CommandResult> {
      signal.throwIfAborted()
      const child = execa(command.program, [...command.args], {
        cwd: command.cwd,
        env: { ...command.env },
        extendEnv: false,
        stdin: 'ignore',
        all: true,
        detached: true,
        cleanup: true,
        reject: false,
      })
      const endGroup = (): void => endProcessGroup(child.pid)
      signal.addEventListener('abort', endGroup, { once: true })
      try {
        if (onLine !== undefined) for await (const line of child.iterable({ from: 'all' })) onLine(line)
        const result = await child
        signal.throwIfAborted()
        if (result.exitCode === undefined && result.signal === undefined) {
          throw new DeployError('ToolMissing', `${command.program} could not be started: ${result.shortMessage}`, {
            hint: 'make rs-doctor tells what is missing',
            cause: result,
          })
        }
        return { exitCode: result.exitCode ?? 1, output: result.all ?? '' }
      } finally {
        signal.removeEventListener('abort', endGroup)
      }
    },
  }
}

export interface Background {
  /** Undefined where it could not be started. */
  pid: number | undefined
  /** Exit code once it has ended. */
  ended(): number | undefined
}

/**
 * Starts a process that outlives this one, in a session of its own (Ctrl-C does not reach it), its output appended to
 * `logFile`. Node's own spawn: execa holds pipes, which would end with us.
 */
export function startInBackground(command: CommandLine, logFile: string): Background {
  const log = openSync(logFile, 'a', 0o600)
  const child = spawn(command.program, [...command.args], {
    cwd: command.cwd,
    env: { ...command.env },
    detached: true,
    stdio: ['ignore', log, log],
  })
  closeSync(log)
  child.unref()
  let exitCode: number | undefined
  child.once('exit', (code) => (exitCode = code ?? 1))
  child.once('error', () => (exitCode = 1))
  return { pid: child.pid, ended: () => exitCode }
}

function endProcessGroup(pid: number | undefined): void {
  if (pid === undefined) return
  signalGroup(pid, 'SIGTERM')
  setTimeout(() => signalGroup(pid, 'SIGKILL'), graceBeforeKillMs).unref()
}

function signalGroup(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(-pid, name)
  } catch {
    // The group has ended already.
  }
}
