import path from 'node:path'
import { canonicalJson, sha256, sha256Base64, shortHash } from '../../core/hash.js'
import { samBuild, samConfigFile, samConfigText } from '../../core/sam-commands.js'
import { wholeTemplate } from '../../core/nested-templates.js'
import { type CodeFolder, type Template, codeFolders, parseTemplate } from '../../core/template.js'
import { templateFile } from '../../core/saved-files.js'
import { DeployError } from '../../errors.js'
import type { Step } from '../../report/report.js'
import type { TargetContext } from '../context.js'
import { type BuildRecord, readBuildRecord, recordFile } from './build-record.js'
import { readOnce, readTemplates } from './read-templates.js'

/** Where wheels are made for: an interpreter of this machine, or Lambda's. */
export interface BuildPlace {
  /** `3.13-x86_64-manylinux_2_28` or `3.11-local`. */
  name: string
  /** What the makefiles of the code get. */
  variables: Readonly<Record<string, string>>
}

const lambdaPython = '3.13'
const lambdaPlatform = 'x86_64-manylinux_2_28'

/** For the local emulator the wheels are this machine's, for the interpreter that runs the functions there. */
export async function buildPlace({ cloud, ports }: TargetContext): Promise<BuildPlace> {
  if (cloud.kind === 'aws') {
    const variables = { RS_PYTHON: lambdaPython, RS_PLATFORM: lambdaPlatform }
    return { name: `${lambdaPython}-${lambdaPlatform}`, variables }
  }
  const python = await ports.toolchain.emulatorPython()
  return { name: `${python.version}-local`, variables: { RS_PYTHON: python.program, RS_PLATFORM: 'local' } }
}

/** What a build is made of: the template and every file of its code folders. */
export interface Sources {
  templateText: string
  template: Template
  /** Everything that root and nested templates declare: what code there is. */
  whole: Template
  templateHash: string
  /** The files of root and nested templates. */
  templates: string[]
  codeHash: string
  /** Short hash of the template and of every file of the code, by path. */
  files: Record<string, string>
}

/** Everything that the checkout's root and nested templates declare. Throws Usage. */
export async function readWhole(context: TargetContext): Promise<Template> {
  return wholeTemplate(await readCheckout(context))
}

function readCheckout(context: TargetContext): ReturnType<typeof readTemplates> {
  return readTemplates(templateFile, (text, file) => readOnce(text, file, context), context)
}

export async function readSources(context: TargetContext): Promise<Sources> {
  const { ports } = context
  const parts = await readCheckout(context)
  const texts = parts.map(({ file, text }) => [file, text] as const)
  const { text: templateText, template } = parts[0]
  const whole = wholeTemplate(parts)
  const folders = [...new Set(codeFolders(whole).map(({ folder }) => folder))].sort()
  const hashes = await Promise.all(
    folders.map(async (folder) => {
      if (!(await ports.files.exists(folder))) {
        throw new DeployError('Usage', `template.yaml names the code folder ${folder}, which does not exist`, {
          hint: 'correct CodeUri or ContentUri in template.yaml',
        })
      }
      const files = await ports.files.list(folder)
      return Promise.all(
        files.map(
          async (file) => [folder, file, sha256(await ports.files.readBytes(path.join(folder, file)))] as const,
        ),
      )
    }),
  )
  const codeFiles = hashes.flat().map(([folder, file, hash]) => [path.join(folder, file), shortHash(hash)])
  return {
    templateText,
    template,
    whole,
    templateHash: sha256(texts.length === 1 ? templateText : canonicalJson(texts)),
    templates: texts.map(([file]) => file),
    codeHash: sha256(canonicalJson(hashes)),
    files: {
      ...Object.fromEntries(texts.map(([file, text]) => [file, shortHash(sha256(text))])),
      ...Object.fromEntries(codeFiles),
    },
  }
}

/** Runs `sam build` into the target's folder and zips what it made, unless the folder holds this very build already. */
export async function buildTarget(
  sources: Sources,
  place: BuildPlace,
  force: boolean,
  step: Step,
  context: TargetContext,
): Promise<BuildRecord> {
  const inputs = sha256(canonicalJson([sources.templateHash, sources.codeHash, place.name]))
  const last = await readBuildRecord(context)
  if (!force && last?.inputs === inputs) {
    step.skip('nothing changed since the last build')
    return last
  }
  const output = await runSamBuild(place, step, context)
  const record = await recordBuild({ sources, inputs, place, last: force ? undefined : last }, context)
  const cached = /valid cache found/i.test(output)
  step.say(describeBuild(record, last, cached))
  return record
}

async function runSamBuild(place: BuildPlace, step: Step, context: TargetContext): Promise<string> {
  const { ports, names, projectFolder, childEnv } = context
  const sam = await ports.toolchain.sam()
  const uv = await ports.toolchain.uv()
  // The record goes first: a build that is cut off must not pass for a finished one.
  await ports.files.remove(recordFile(names))
  await ports.files.write(path.join(names.buildFolder, samConfigFile), samConfigText)
  const folder = path.join(projectFolder, names.buildFolder)
  const env = {
    ...samEnvironment(context),
    ...place.variables,
    RS_UV: uv.program,
    UV_CACHE_DIR: path.join(projectFolder, '.rs', 'cache', 'uv'),
  }
  const command = samBuild({ program: sam.program, folder, env: { ...childEnv, ...env } }, `cache/${place.name}`)
  const { exitCode, output } = await ports.shell.run(command, (line) => {
    step.detail(line)
    if (/^(Building|Running|Copying)/i.test(line)) step.progress(line.trim().slice(0, 60))
  })
  if (exitCode === 0) return output
  throw new DeployError('BuildFailed', 'sam build failed', {
    facts: samErrors(output).map((text, i) => ({ label: i === 0 ? 'Output' : '', text })),
    hint: 'correct what it names, then the same command again',
  })
}

/** What sam says is wrong, without its tracebacks and the address of its issue tracker. */
export function samErrors(output: string): string[] {
  const lines = output.split('\n').filter((line) => line.trim() !== '')
  const named = lines.filter((line) => /^(Build Failed|Error:|\w*(Error|Exception):)/.test(line.trim()))
  const useful =
    named.length > 0 ? named : lines.filter((line) => !/^(\s|Traceback|An unexpected error|https?:)/.test(line))
  return [...new Set(useful)].slice(-4).map((line) => line.trim())
}

/** What sam needs from us and nothing of the user's own SAM_ settings. */
export function samEnvironment({ projectFolder }: { projectFolder: string }): Record<string, string> {
  return {
    SAM_CLI_TELEMETRY: '0',
    __SAM_CLI_APP_DIR: path.join(projectFolder, '.rs', 'sam'),
    PYTHONDONTWRITEBYTECODE: '',
  }
}

interface Made {
  sources: Sources
  inputs: string
  place: BuildPlace
  /** The build before this one. */
  last: BuildRecord | undefined
}

async function recordBuild({ sources, inputs, place, last }: Made, context: TargetContext): Promise<BuildRecord> {
  const { ports, names } = context
  const parts = await readTemplates(path.join(names.buildFolder, 'build', templateFile), parseTemplate, context)
  const folders = codeFolders(wholeTemplate(parts))
  const packages = await Promise.all(folders.map((code) => packageCode(code, last, context)))
  const record: BuildRecord = {
    inputs,
    place: place.name,
    builtAt: ports.clock.now().toISOString(),
    template: sources.templateHash,
    code: sources.codeHash,
    files: sources.files,
    packages,
  }
  await ports.files.write(recordFile(names), `${JSON.stringify(record, null, 2)}\n`)
  return record
}

/**
 * One deterministic zip, so that CodeSha256 tells whether live equals the build. A zip of the very same files is kept:
 * compressing a layer takes longer than all else that is done with it.
 */
async function packageCode(
  { logicalId, kind, folder, property }: CodeFolder,
  last: BuildRecord | undefined,
  { ports, names }: TargetContext,
): Promise<BuildRecord['packages'][number]> {
  const zip = path.join('zips', `${logicalId}.zip`)
  const file = path.join(names.buildFolder, zip)
  const fingerprint = await ports.files.fingerprint(folder)
  const before = last?.packages.find((one) => one.zip === zip && one.fingerprint === fingerprint)
  if (before !== undefined && (await ports.files.exists(file))) {
    const kept = await ports.files.readBytes(file)
    if (sha256Base64(kept) === before.codeSha256) return { ...before, logicalId, kind, property }
  }
  await ports.files.zip(folder, file)
  const bytes = await ports.files.readBytes(file)
  return { logicalId, kind, property, zip, bytes: bytes.length, codeSha256: sha256Base64(bytes), fingerprint }
}

function describeBuild(record: BuildRecord, last: BuildRecord | undefined, cached: boolean): string {
  const parts = record.packages.map(({ logicalId, kind, codeSha256 }) => {
    const before = last?.packages.find((one) => one.logicalId === logicalId)
    const what = kind === 'function' ? 'function' : 'layer'
    if (before === undefined) return `${what} built`
    return before.codeSha256 === codeSha256 ? `${what} unchanged` : `${what} changed`
  })
  return [...new Set(parts)].join(', ') + (cached && last === undefined ? ', from cache' : '')
}
