import path from 'node:path'
import type { Clock, MachinePorts } from '../ports.js'
import { childEnvironment, installerEnvironment } from './environment.js'
import { makeFiles } from './files.js'
import { makeHttp } from './http.js'
import { lazily } from './lazy.js'
import { type Terminal, makePrompts } from './prompts.js'

export interface Machine {
  toolFolder: string
  projectFolder: string
  environment: Readonly<Record<string, string | undefined>>
  terminal: Omit<Terminal, 'signal'>
  /** For what takes a while before a command can begin (installing, waiting for another run). */
  tell: (text: string) => void
  clock: Clock
  signal: AbortSignal
}

/** The ports of this machine: files, processes, HTTP, toolchain and emulator. */
export function machinePorts(machine: Machine): MachinePorts {
  const { toolFolder, projectFolder, environment, tell, clock, signal } = machine
  const stateFolder = path.join(projectFolder, '.rs')
  const toolState = path.join(toolFolder, '.rs')
  const shell = lazily(async () => (await import('./processes.js')).makeShell(signal))
  const toolchain = lazily(async () => {
    const { makePythonEnvironments } = await import('./local/python-environments.js')
    const { makeToolchain } = await import('./local/toolchain.js')
    // One toolchain for all the projects that this tool deploys.
    const place = { toolFolder, stateFolder: toolState, env: installerEnvironment(environment), tell }
    return makeToolchain(makePythonEnvironments(place, shell), shell, {
      stateFolder: toolState,
      env: childEnvironment(environment),
    })
  })
  const emulator = lazily(async () => {
    const { makeEmulator } = await import('./local/emulator.js')
    const python = async (): Promise<string> => (await toolchain.emulatorPython()).program
    return makeEmulator({ toolFolder, stateFolder, env: childEnvironment(environment), python, tell }, clock)
  })
  return {
    clock,
    shell,
    files: makeFiles(projectFolder),
    prompts: makePrompts({ ...machine.terminal, signal }),
    http: makeHttp(signal),
    toolchain,
    emulator,
    app: lazily(async () => {
      const { makeAppProcesses } = await import('./local/app-processes.js')
      const env = { ...childEnvironment(environment), LC_ALL: 'C', TZ: 'UTC' }
      const ps = async (args: readonly string[]): Promise<string> =>
        (await shell.run({ program: 'ps', args, cwd: projectFolder, env })).output
      return makeAppProcesses(path.join(stateFolder, 'app'), clock, ps)
    }),
    watcher: lazily(async () => (await import('./watcher.js')).makeWatcher(projectFolder)),
  }
}
