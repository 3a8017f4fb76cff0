/**
 * Measures `make rs-deploy-function` for one changed file: whole process, alias moved, health verified.
 *
 *     node tests/bench/release-figures.mjs [runs] [--thirty]
 *
 * Deploys a copy of this checkout (with --thirty: of the thirty functions in tests/fixtures, all of them changed) to a
 * local AWS of its own (`make help` must have built the program). Prints the machine's load, the medians of the bare calls
 * and of the command, and their difference.
 */
import {
  GetAliasCommand,
  GetFunctionConfigurationCommand,
  InvokeCommand,
  LambdaClient,
  ListFunctionsCommand,
  PublishVersionCommand,
  UpdateAliasCommand,
  UpdateFunctionCodeCommand,
} from '@aws-sdk/client-lambda'
import { spawnSync } from 'node:child_process'
import { appendFileSync, cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs'
import { loadavg, tmpdir } from 'node:os'
import path from 'node:path'

const thirty = process.argv.includes('--thirty')
const runs = Number(process.argv.slice(2).find((word) => /^\d+$/.test(word)) ?? 9)
const checkout = path.resolve(import.meta.dirname, '..', '..')
const folder = mkdtempSync(path.join(tmpdir(), 'rs-bench-'))
const project = thirty ? path.join(folder, 'works') : folder
const words = ['ENV=dev', 'ORG=bench', 'CLOUD=local', ...(thirty ? [`PROJECT_DIR=${project}`] : [])]
const parts = ['Makefile', 'package.json', 'package-lock.json', 'template.yaml', 'scripts', 'infra', 'backend', 'dist']

/** @param {string[]} line */
function make(...line) {
  const { status, stdout, stderr } = spawnSync('make', line, { cwd: folder, encoding: 'utf8' })
  if (status === 0) return stdout
  throw new Error(`make ${line.join(' ')}\n${stdout}\n${stderr}`)
}

/** @param {() => unknown} work */
async function measured(work) {
  const started = performance.now()
  await work()
  return performance.now() - started
}

/** @param {() => unknown} work */
async function median(work) {
  const all = []
  for (let run = 0; run < runs; run++) all.push(await measured(work))
  return all.sort((a, b) => a - b)[Math.floor(runs / 2)] ?? NaN
}

const sources = thirty
  ? ['front', 'orders', 'stock', 'made', 'billing/code'].map((one) => path.join(project, one, 'index.mjs'))
  : [path.join(project, 'backend', 'rawscribe', 'main.py')]
const zipFile = thirty
  ? path.join(project, '.aws-sam-dev-bench', 'code', 'Front.zip')
  : path.join(project, 'backend', '.build', 'lambda', 'function-minimal.zip')

function change() {
  for (const file of sources) appendFileSync(file, thirty ? '// one more line\n' : '# one more line\n')
}

/** What the API itself needs for a zip that is ready, until Lambda says Successful. @param {string} FunctionName */
async function update(FunctionName) {
  await lambda.send(new UpdateFunctionCodeCommand({ FunctionName, ZipFile: readFileSync(zipFile) }))
  const state = () => lambda.send(new GetFunctionConfigurationCommand({ FunctionName }))
  while ((await state()).LastUpdateStatus !== 'Successful') await new Promise((done) => setTimeout(done, 50))
}

/** The rest of a release, nothing compared or proved: version, one call of it, alias where it is. @param {string} FunctionName */
async function publish(FunctionName) {
  const { Version } = await lambda.send(new PublishVersionCommand({ FunctionName }))
  await lambda.send(new InvokeCommand({ FunctionName, Qualifier: Version, Payload: '{"check":true}' }))
  const { FunctionVersion } = await lambda.send(new GetAliasCommand({ FunctionName, Name: 'live' }))
  await lambda.send(new UpdateAliasCommand({ FunctionName, Name: 'live', FunctionVersion }))
}

for (const part of parts)
  cpSync(path.join(checkout, part), path.join(folder, part), { recursive: true, preserveTimestamps: true })
if (thirty) cpSync(path.join(checkout, 'tests', 'fixtures', 'thirty'), project, { recursive: true })
for (const home of new Set([folder, project])) {
  mkdirSync(path.join(home, '.rs'))
  for (const shared of ['toolchain', 'cache'])
    symlinkSync(path.join(checkout, '.rs', shared), path.join(home, '.rs', shared))
}
symlinkSync(path.join(checkout, 'node_modules'), path.join(folder, 'node_modules'))
const place = words.slice(3)
const endpoint = make('local-start', ...place).trim()
const credentials = { accessKeyId: 'test', secretAccessKey: 'test' }
const lambda = new LambdaClient({ endpoint, region: 'us-east-1', credentials })
try {
  make('rs-deploy', ...words)
  change()
  make('rs-deploy-function', ...words)
  const { Functions = [] } = await lambda.send(new ListFunctionsCommand({ MaxItems: 50 }))
  const names = Functions.map(({ FunctionName = '' }) => FunctionName)
  const alone = await median(() => Promise.all(names.map(update)))
  const steps = await median(() => Promise.all(names.map((name) => update(name).then(() => publish(name)))))
  const whole = await median(() => {
    change()
    make('rs-deploy-function', ...words)
  })
  const seconds = (/** @type {number} */ ms) => `${(ms / 1000).toFixed(2)} s`
  const lines = [
    `load ${loadavg()[0]?.toFixed(1)}, ${names.length} functions, ${runs} runs each, medians`,
    `update-function-code until Successful    ${seconds(alone)}`,
    `the same, version, one call, alias       ${seconds(steps)}`,
    `make rs-deploy-function                  ${seconds(whole)}`,
    `beyond the API ${seconds(whole - alone)}, ${(whole / alone).toFixed(1)} times; ${(whole / steps).toFixed(1)} times the bare steps`,
  ]
  process.stdout.write(`${lines.join('\n')}\n`)
} finally {
  make('local-stop', ...place)
  rmSync(folder, { recursive: true, force: true })
}
