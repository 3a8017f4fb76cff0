import path from 'node:path'
import { type Template, codeFolders, globalProperties } from './template.js'

/** How the code of a function is put together. */
export interface PackagedFunction {
  logicalId: string
  folder: string
  /** `copy`: the folder as it is; `makefile`: its own rule; `sam`: dependencies are installed into it. */
  method: 'copy' | 'makefile' | 'sam'
  /** Names, and ends of names (`*.so`), that a plain copy leaves out. */
  leftOut: readonly string[]
}

/** What sam's Python and Node builders leave out of a copy (aws-lambda-builders, EXCLUDED_FILES of each workflow). */
const leftOut = {
  python: [
    ...['.aws-sam', '.chalice', '.git', '.gitignore', '*.pyc', '__pycache__', '*.so', '.Python', '*.egg-info', '*.egg'],
    ...['pip-log.txt', 'pip-delete-this-directory.txt', 'htmlcov', '.tox', '.nox', '.coverage', '.cache'],
    ...['.pytest_cache', '.python-version', '.mypy_cache', '.dmypy.json', '.pyre', '.env', '.venv', 'venv', 'venv.bak'],
    ...['env.bak', 'ENV', 'env', '.vscode', '.idea'],
  ],
  nodejs: ['.aws-sam', '.git'],
} as const

const manifests = { python: 'requirements.txt', nodejs: 'package.json' } as const

/** The functions whose code lies in folders, and how each is put together. `files` are those of all code folders. */
export function packagedFunctions(template: Template, files: readonly string[]): PackagedFunction[] {
  return codeFolders(template)
    .filter(({ kind }) => kind === 'function')
    .map(({ logicalId, folder }) => {
      const resource = template.Resources[logicalId]
      const runtime = String(resource?.Properties?.['Runtime'] ?? globalProperties(template)['Runtime'] ?? '')
      const family = runtime.startsWith('python') ? 'python' : runtime.startsWith('nodejs') ? 'nodejs' : undefined
      const method = methodOf(resource?.Metadata?.['BuildMethod'], family, folder, files)
      return { logicalId, folder, method, leftOut: family === undefined ? [] : leftOut[family] }
    })
}

function methodOf(
  buildMethod: unknown,
  family: keyof typeof manifests | undefined,
  folder: string,
  files: readonly string[],
): PackagedFunction['method'] {
  if (buildMethod === 'makefile') return 'makefile'
  if (buildMethod !== undefined || family === undefined) return 'sam'
  return files.includes(path.join(folder, manifests[family])) ? 'sam' : 'copy'
}

/** Files that name what is installed beside the code. */
const dependencyFile =
  /(^|\/)(requirements[\w.-]*\.(txt|in)|package(-lock)?\.json|pnpm-lock\.yaml|yarn\.lock|Pipfile(\.lock)?|poetry\.lock|uv\.lock)$/

/** The files of layers, and of functions what names their dependencies: a change of these needs a whole deployment. */
export function dependencyFiles(template: Template, files: readonly string[]): string[] {
  const layers = codeFolders(template).filter(({ kind }) => kind === 'layer')
  const inLayer = (file: string): boolean => layers.some(({ folder }) => isBelow(folder, file))
  return files.filter((file) => inLayer(file) || dependencyFile.test(file))
}

/** Those of them that are not as they were. */
export function changedDependencies(
  template: Template,
  before: Readonly<Record<string, string>>,
  now: Readonly<Record<string, string>>,
): string[] {
  const names = new Set(dependencyFiles(template, [...Object.keys(now), ...Object.keys(before)]))
  return [...names].filter((file) => now[file] !== before[file])
}

function isBelow(folder: string, file: string): boolean {
  return !path.relative(folder, file).startsWith('..')
}
