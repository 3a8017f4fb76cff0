import { readFile, stat, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { which } from 'zx'
import { isAtLeast, versionIn } from '../../core/versions.js'
import type { Shell, Tool, Toolchain } from '../../ports.js'
import type { PythonEnvironments } from './python-environments.js'

/** The oldest SAM CLI on PATH that is used as it is; an older one is passed over for the pinned one. */
const oldestSam = '1.170.0'

export function makeToolchain(
  environments: PythonEnvironments,
  shell: Shell,
  place: { stateFolder: string; env: Record<string, string> },
): Toolchain {
  const versionOf = async (program: string): Promise<string | undefined> => {
    const env = { ...place.env, SAM_CLI_TELEMETRY: '0', __SAM_CLI_APP_DIR: path.join(place.stateFolder, 'sam') }
    const { output } = await shell.run({ program, args: ['--version'], cwd: place.stateFolder, env })
    return versionIn(output)
  }
  const pinned = async (name: 'uv' | 'sam' | 'emulator', program: string): Promise<Tool | undefined> => {
    const found = await environments.installed(name, program)
    if (found === undefined) return undefined
    return {
      name,
      program: found,
      version: (await rememberedVersion(found, versionOf)) ?? '?',
      origin: 'pinned, in .rs',
    }
  }
  const samOnPath = async (): Promise<Tool | undefined> => {
    const program = await which('sam', { nothrow: true, path: place.env['PATH'] })
    if (program === null) return undefined
    const version = await rememberedVersion(program, versionOf, path.join(place.stateFolder, 'sam-on-path'))
    if (version === undefined || !isAtLeast(version, oldestSam)) return undefined
    return { name: 'sam', program, version, origin: 'on PATH' }
  }
  const required = async (name: 'uv' | 'sam'): Promise<Tool> => {
    const program = await environments.install(name, name)
    return { name, program, version: (await rememberedVersion(program, versionOf)) ?? '?', origin: 'pinned, in .rs' }
  }
  return {
    async look() {
      const emulator = await environments.installed('emulator', 'python')
      return {
        sam: (await samOnPath()) ?? (await pinned('sam', 'sam')),
        uv: await pinned('uv', 'uv'),
        emulator:
          emulator === undefined
            ? undefined
            : {
                name: 'emulator',
                program: emulator,
                version: (await environments.pinnedVersion('emulator', 'ministack')) ?? '?',
                origin: 'pinned, in .rs',
              },
      }
    },
    sam: async () => (await samOnPath()) ?? (await required('sam')),
    uv: () => required('uv'),
    testPython: () => environments.install('backend-tests', 'python'),
    async emulatorPython() {
      const program = await environments.install('emulator', 'python')
      const version = await rememberedVersion(program, versionOf)
      return { program, version: (version ?? '').split('.').slice(0, 2).join('.') }
    },
  }
}

/** `sam --version` takes a second: asked once per file of that path, size and time. */
async function rememberedVersion(
  program: string,
  ask: (program: string) => Promise<string | undefined>,
  memory = `${program}.version`,
): Promise<string | undefined> {
  const { size, mtimeMs } = await stat(program)
  const key = `${program} ${size} ${mtimeMs}`
  const remembered = await readFile(memory, 'utf8').catch(() => '')
  const [knownKey, knownVersion] = remembered.split('\n')
  if (knownKey === key && knownVersion !== undefined) return knownVersion
  const version = await ask(program)
  if (version !== undefined) await writeFile(memory, `${key}\n${version}`)
  return version
}
