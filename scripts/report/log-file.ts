import { appendFileSync, mkdirSync, readdirSync, rmSync } from 'node:fs'
import path from 'node:path'
import { DeployError, messageOf } from '../errors.js'
import type { Listener } from './events.js'
import { formatDuration, makeLayout } from './layout.js'
import { linesOf } from './terminal.js'

const keptLogs = 100

export interface LogFile {
  /** Path of the file, relative to the project. */
  path: string
  listener: Listener
  /** Writes what the screen leaves out. */
  detail(text: string): void
  /** Writes the closing status line. */
  close(exitCode: number, code: string, durationMs: number): void
}

/** One log per run: every line of the screen with its time, and the output of tools, which the screen leaves out. */
export function openLogFile(projectFolder: string, name: string, now: () => Date): LogFile {
  const folder = path.join('.rs', 'logs')
  const absolute = path.join(projectFolder, folder)
  const file = `${now().toISOString().replaceAll(/[:.]/g, '-')}-${name}-${process.pid}.log`
  const layout = makeLayout(Infinity, false)
  const append = (text: string): void => appendFileSync(path.join(absolute, file), text, { mode: 0o600 })
  const write = (text: string): void => {
    try {
      append(text)
    } catch {
      // A disk that becomes full must not end a deployment half way.
    }
  }
  begin(absolute, () => append(''))
  const stamped = (lines: readonly string[]): void => {
    const time = now().toISOString()
    if (lines.length > 0) write(lines.map((line) => `${time} ${line}\n`).join(''))
  }
  return {
    path: path.join(folder, file),
    listener(event) {
      if (event.type === 'step-detail') return stamped([`    ${event.title}: ${event.text}`])
      if (event.type === 'step-started') return stamped([`  … ${event.title}`])
      // A result may be a token: standard output has it, the log does not.
      if (event.type === 'result') return
      stamped(linesOf(event, layout))
    },
    detail: (text) => stamped(text.split('\n')),
    close: (exitCode, code, durationMs) =>
      stamped([`closed: ${code}, exit ${exitCode}, after ${formatDuration(durationMs)}`]),
  }
}

/** Throws Usage where the folder is not this user's, or no folder: nothing has been done yet. */
function begin(folder: string, touch: () => void): void {
  try {
    mkdirSync(folder, { recursive: true })
    pruneLogs(folder)
    touch()
  } catch (error) {
    throw new DeployError('Usage', `the log cannot be written: ${messageOf(error)}`, {
      hint: `make ${path.dirname(folder)} yours again (a run with sudo may have taken it)`,
    })
  }
}

function pruneLogs(folder: string): void {
  const logs = readdirSync(folder)
    .filter((name) => name.endsWith('.log'))
    .sort()
  for (const name of logs.slice(0, Math.max(0, logs.length - keptLogs + 1))) {
    rmSync(path.join(folder, name), { force: true })
  }
}
