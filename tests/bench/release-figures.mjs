/**
 * Measures `make rs-deploy-function` for one changed file: whole process, alias moved, health verified.
 *
 *     node tests/bench/release-figures.mjs [runs]
 *
 * Deploys a copy of this checkout to a local AWS of its own (`make help` must have built the program). Prints the
 * machine's load, both medians and their difference.
 */
import { LambdaClient, GetFunctionConfigurationCommand, UpdateFunctionCodeCommand } from '@aws-sdk/client-lambda'
import { spawnSync } from 'node:child_process'
import { appendFileSync, cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs'
import { loadavg, tmpdir } from 'node:os'
import path from 'node:path'

const runs = Number(process.argv[2] ?? 9)
const words = ['ENV=dev', 'ORG=bench', 'CLOUD=local']
const checkout = path.resolve(import.meta.dirname, '..', '..')
const folder = mkdtempSync(path.join(tmpdir(), 'rs-bench-'))
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

function change() {
  appendFileSync(path.join(folder, 'backend', 'rawscribe', 'main.py'), '# one more line\n')
}

/** What the API itself needs for a zip that is ready, until Lambda says Successful. */
async function bare() {
  const FunctionName = 'rawscribe-dev-bench-backend'
  const zip = readFileSync(path.join(folder, 'backend', '.build', 'lambda', 'function-minimal.zip'))
  await lambda.send(new UpdateFunctionCodeCommand({ FunctionName, ZipFile: zip }))
  const state = () => lambda.send(new GetFunctionConfigurationCommand({ FunctionName }))
  while ((await state()).LastUpdateStatus !== 'Successful');
}

for (const part of parts)
  cpSync(path.join(checkout, part), path.join(folder, part), { recursive: true, preserveTimestamps: true })
mkdirSync(path.join(folder, '.rs'))
symlinkSync(path.join(checkout, 'node_modules'), path.join(folder, 'node_modules'))
for (const shared of ['toolchain', 'cache'])
  symlinkSync(path.join(checkout, '.rs', shared), path.join(folder, '.rs', shared))
const endpoint = make('local-start').trim()
const credentials = { accessKeyId: 'test', secretAccessKey: 'test' }
const lambda = new LambdaClient({ endpoint, region: 'us-east-1', credentials })
try {
  make('rs-deploy', ...words)
  change()
  make('rs-deploy-function', ...words)
  const alone = await median(bare)
  const whole = await median(() => {
    change()
    make('rs-deploy-function', ...words)
  })
  process.stdout.write(`load ${loadavg()[0]?.toFixed(1)}, ${runs} runs each, medians\n`)
  process.stdout.write(`update-function-code until Successful  ${(alone / 1000).toFixed(2)} s\n`)
  process.stdout.write(`make rs-deploy-function                ${(whole / 1000).toFixed(2)} s\n`)
  process.stdout.write(`beyond the API ${((whole - alone) / 1000).toFixed(2)} s, ${(whole / alone).toFixed(1)} times\n`)
} finally {
  make('local-stop')
  rmSync(folder, { recursive: true, force: true })
}
