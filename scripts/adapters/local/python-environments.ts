import { mkdir, readFile, realpath, rename, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { which } from 'zx'
import { exclusively } from '../../../infra/bootstrap/exclusive.mjs'
import { sha256 } from '../../core/hash.js'
import { isAtLeast } from '../../core/versions.js'
import { DeployError } from '../../errors.js'
import type { Shell } from '../../ports.js'

export type PythonEnvironment = 'uv' | 'sam' | 'emulator' | 'backend-tests'

const oldestPython = '3.10'

export interface PythonEnvironments {
  /** The program of an environment that is installed as pinned, or undefined. */
  installed(name: PythonEnvironment, program: string): Promise<string | undefined>
  /** The version of a package that an environment's lock file pins. */
  pinnedVersion(name: PythonEnvironment, pack: string): Promise<string | undefined>
  /** Installs it when it is missing, its pins changed or the folder was moved; safe when several processes ask at once. */
  install(name: PythonEnvironment, program: string): Promise<string>
}

interface Place {
  /** The tool's own folder: the pins are read from infra/toolchain below it. */
  toolFolder: string
  /** Where environments and caches go. */
  stateFolder: string
  env: Record<string, string>
  tell: (text: string) => void
}

/** Virtual environments in .rs/toolchain, one per tool (their pins collide), each as its lock file says. */
export function makePythonEnvironments(place: Place, shell: Shell): PythonEnvironments {
  const toolchain = path.join(place.stateFolder, 'toolchain')
  // The real path: programs of an environment name it in their first line.
  const folderOf = async (name: PythonEnvironment): Promise<string> =>
    path.join(await realpath(toolchain).catch(() => toolchain), name)
  const pinsOf = (name: PythonEnvironment): string => path.join(place.toolFolder, 'infra', 'toolchain', `${name}.txt`)
  const stampIn = (folder: string): string => path.join(folder, 'installed')
  /** Of these pins, and here: in a checkout that was moved since, no program would start. */
  const stampFor = async (name: PythonEnvironment, folder: string): Promise<string> =>
    `${sha256(await readFile(pinsOf(name)))} ${folder}\n`
  const installed = async (name: PythonEnvironment, program: string): Promise<string | undefined> => {
    const folder = await folderOf(name)
    const stamp = await readFile(stampIn(folder), 'utf8').catch(() => undefined)
    return stamp === (await stampFor(name, folder)) ? path.join(folder, 'bin', program) : undefined
  }
  const run = async (what: string, program: string, args: string[]): Promise<void> => {
    const env = {
      ...place.env,
      UV_CACHE_DIR: path.join(place.stateFolder, 'cache', 'uv'),
      PIP_DISABLE_PIP_VERSION_CHECK: '1',
    }
    const { exitCode, output } = await shell.run({ program, args, cwd: place.toolFolder, env })
    if (exitCode !== 0) throw installationFailure(what, output)
  }
  const build = async (name: PythonEnvironment): Promise<void> => {
    await mkdir(toolchain, { recursive: true })
    const folder = await folderOf(name)
    await rm(folder, { recursive: true, force: true })
    const python = await findPython(place, shell)
    place.tell(`Installing ${name === 'uv' ? 'uv' : `the pinned ${name} environment`} (once) …`)
    if (name === 'uv') {
      await run('uv', python, ['-m', 'venv', folder])
      const pip = ['-m', 'pip', 'install', '--quiet', '--require-hashes', '--only-binary', ':all:', '-r', pinsOf(name)]
      await run('uv', path.join(folder, 'bin', 'python'), pip)
    } else {
      const uv = await installOnce('uv', 'uv')
      await run(name, uv, ['venv', '--quiet', '--no-project', '--python', python, folder])
      const target = ['--python', path.join(folder, 'bin', 'python')]
      await run(name, uv, ['pip', 'install', '--quiet', '--require-hashes', ...target, '-r', pinsOf(name)])
    }
    const fresh = `${stampIn(folder)}.new`
    await writeFile(fresh, await stampFor(name, folder))
    await rename(fresh, stampIn(folder))
  }
  const installOnce = async (name: PythonEnvironment, program: string): Promise<string> => {
    const ready = await installed(name, program)
    if (ready !== undefined) return ready
    await exclusively(
      path.join(toolchain, `${name}.lock`),
      async () => {
        if ((await installed(name, program)) === undefined) await build(name)
      },
      { onWait: (pid) => place.tell(`Another run (process ${pid}) is installing ${name}; waiting for it …`) },
    )
    return path.join(await folderOf(name), 'bin', program)
  }
  const pinnedVersion = async (name: PythonEnvironment, pack: string): Promise<string | undefined> => {
    const pins = await readFile(pinsOf(name), 'utf8').catch(() => '')
    return new RegExp(`^${pack}==([0-9.]+)`, 'm').exec(pins)?.[1]
  }
  return { installed, pinnedVersion, install: installOnce }
}

/** The newest usable interpreter on PATH. Throws ToolMissing when there is none. */
async function findPython(place: Place, shell: Shell): Promise<string> {
  let seen = ''
  for (const name of ['python3', 'python3.13', 'python3.12', 'python3.11', 'python3.10', 'python']) {
    const found = await which(name, { nothrow: true, path: place.env['PATH'] })
    if (found === null) continue
    // The real path: a version manager's stand-in may decide otherwise in another folder.
    const code = 'import sys; print("%d.%d" % sys.version_info[:2], sys.executable)'
    const { exitCode, output } = await shell.run({
      program: found,
      args: ['-c', code],
      cwd: place.toolFolder,
      env: place.env,
    })
    const [version = '', executable = ''] = output.trim().split(' ')
    if (exitCode !== 0) continue
    if (isAtLeast(version, oldestPython)) return executable
    seen ||= `, ${name} is ${version}`
  }
  throw new DeployError('ToolMissing', `Python ${oldestPython} or newer is missing${seen}`, {
    hint: 'install it (apt-get install python3 python3-venv, or brew install python), then the same command again',
  })
}

function installationFailure(what: string, output: string): DeployError {
  const said = output.split('\n').filter((line) => line.trim() !== '' && !/^\s*WARNING/.test(line))
  const lastLines = said.slice(-2).join(' ').replaceAll(/\s+/g, ' ')
  if (/ensurepip/.test(output)) {
    return new DeployError('ToolMissing', 'Python has no venv module with pip', {
      hint: 'sudo apt-get install python3-venv (the package of your Python’s version), then the same command again',
    })
  }
  return new DeployError('ToolMissing', `${what} could not be installed: ${lastLines}`, {
    hint: 'check the network (and a proxy, if there is one), then the same command again',
  })
}
