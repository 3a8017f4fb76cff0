import type { CommandLine } from '../core/command-line.js'

/** Every method is a read unless its comment starts with "Write". */

export interface Clock {
  now(): Date
  /** Rejects with the signal's reason when it is aborted. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>
}

export interface CommandResult {
  exitCode: number
  /** Everything it wrote, both streams in order. */
  output: string
}

export interface Shell {
  /** Write. Runs to the end; a non-zero exit code is an answer, not an exception. */
  run(command: CommandLine, onLine?: (line: string) => void): Promise<CommandResult>
}

/** How another process is waited for. */
export interface Waiting {
  /** Told once, with the holder's process id. */
  onWait: (pid: number) => void
  mostMs: number
  signal: AbortSignal
  /** What is thrown after `mostMs`. */
  tooLong: (pid: number | undefined) => Error
}

export interface Files {
  /** UTF-8 text, or undefined when there is no such file. */
  readText(file: string): Promise<string | undefined>
  readBytes(file: string): Promise<Uint8Array>
  exists(file: string): Promise<boolean>
  /** Links below `folder` that lead out of it, to a folder or nowhere; relative to it, sorted. */
  linksOut(folder: string): Promise<string[]>
  /** Every file below `folder`, relative to it, sorted; caches of Python and the desktop left out. */
  list(folder: string): Promise<string[]>
  /** Write. Whole or not at all: a new file is renamed into place. */
  write(file: string, content: string | Uint8Array, mode?: number): Promise<void>
  /** Write. Runs `work` while no other process of this machine holds `lockFile`. */
  exclusively<T>(lockFile: string, work: () => Promise<T>, waiting: Waiting): Promise<T>
  /** Write. The folder and everything in it. */
  remove(folder: string): Promise<void>
  /** Write. A file, or a folder with every file in it, caches left out. */
  copy(from: string, to: string): Promise<void>
  /**
   * Write. The same files always give the same bytes (sorted, fixed times, modes 0644 or 0755). `leftOut` are names of
   * files and folders, at any depth; `*.so` stands for every name with that end.
   */
  zip(folder: string, file: string, leftOut?: readonly string[]): Promise<void>
  /** Hash of what `zip` of the whole folder would hold: names, bytes, and which files can be executed. */
  fingerprint(folder: string): Promise<string>
}

export interface Watcher {
  /**
   * Tells every file that is saved, added or removed below the paths, relative to the project, until it is closed.
   * Resolves once no later save is missed.
   */
  watch(paths: readonly string[], onChange: (file: string) => void): Promise<Watching>
}

export interface Watching {
  close(): Promise<void>
}

export interface Prompts {
  /** Whether somebody is there to answer. */
  interactive: boolean
  ask(question: string): Promise<string>
  /** The same, but what is typed does not appear. */
  askHidden(question: string): Promise<string>
}

export interface HttpAnswer {
  status: number
  headers: Readonly<Record<string, string>>
  body: string
}

export interface Http {
  /** GET with a deadline; a refused or reset connection is undefined, any status is an answer. */
  get(url: string, headers?: Readonly<Record<string, string>>): Promise<HttpAnswer | undefined>
}

export interface Tool {
  name: string
  version: string
  program: string
  origin: string
}

export interface Toolchain {
  /** What is there, nothing installed; undefined where it is missing. */
  look(): Promise<{ sam: Tool | undefined; uv: Tool | undefined; emulator: Tool | undefined }>
  /** Write. Installs the pinned one where none is recent enough. */
  sam(): Promise<Tool>
  /** Write. */
  uv(): Promise<Tool>
  /** Write. The interpreter that runs the emulator and, with it, every local function. */
  emulatorPython(): Promise<{ program: string; version: string }>
  /** Write. The interpreter beside which the backend's test tools lie. */
  testPython(): Promise<string>
}

export interface EmulatorState {
  endpoint: string
  port: number
  pid: number
  startedAt: string
  notices: string[]
  /** Why its last changes are not on disk; empty when they are. */
  problem: string
  /** Names of the stacks that are not deleted. */
  stacks: string[]
  /** Of MiniStack, and of the Python that it and the functions run in. */
  version: string
  python: string
}

/** How it was stopped; `lost` says which changes could not be saved, and why. */
export interface EmulatorEnd {
  stopped: boolean
  lost?: string
}

export interface Emulator {
  running(): Promise<EmulatorState | undefined>
  /** Write. The running one, or a new one on a free port. */
  start(): Promise<EmulatorState>
  /** Write. Does nothing when none is running. */
  stop(): Promise<EmulatorEnd>
  /** Write. Forgets everything that was deployed. */
  reset(): Promise<void>
  /** Folder of its state, relative to the project, and the bytes in it. */
  size(): Promise<{ folder: string; bytes: number }>
}

export type AppPart = 'backend' | 'page'

/** A part of the app that runs on this machine, for one target (`dev/demo`). */
export interface AppProcess {
  pid: number
  url: string
  target: string
}

/** `fresh` where it did not run before. */
export interface StartedApp extends AppProcess {
  fresh: boolean
}

export interface AppProcesses {
  running(part: AppPart): Promise<AppProcess | undefined>
  /** Write. The running one, or a new one on the preferred port or a free one, once it answers. */
  start(
    part: AppPart,
    target: string,
    preferredPort: number,
    commandOf: (port: number) => CommandLine,
  ): Promise<StartedApp>
  /** Write. What was ended; undefined where none of ours was running. */
  stop(part: AppPart): Promise<AppProcess | undefined>
}
