/**
 * Measures `make rs-watch`: from the save of one file until a request is answered by the new code, and until the release
 * is proved and recorded.
 *
 *     node tests/bench/watch-figures.mjs [runs]
 *
 * Deploys a copy of this checkout to a local AWS of its own (`make help` must have built the program). Prints the
 * machine's load and the medians.
 */
import { spawn, spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { loadavg, tmpdir } from 'node:os'
import path from 'node:path'
import { createInterface } from 'node:readline'

const runs = Number(process.argv[2] ?? 15)
const words = ['ENV=dev', 'ORG=bench', 'CLOUD=local', 'JSON=true']
const checkout = path.resolve(import.meta.dirname, '..', '..')
const folder = mkdtempSync(path.join(tmpdir(), 'rs-bench-'))
const parts = ['Makefile', 'package.json', 'package-lock.json', 'template.yaml', 'scripts', 'infra', 'backend', 'dist']

/** @param {string[]} line */
function make(...line) {
  const { status, stdout, stderr } = spawnSync('make', line, { cwd: folder, encoding: 'utf8' })
  if (status === 0) return stdout
  throw new Error(`make ${line.join(' ')}\n${stdout}\n${stderr}`)
}

/** @param {number[]} all */
const median = (all) => [...all].sort((a, b) => a - b)[Math.floor(all.length / 2)] ?? NaN
/** @param {number[]} all */
const told = (all) => `${(median(all) / 1000).toFixed(2)} s (slowest ${(Math.max(...all) / 1000).toFixed(2)} s)`

/** Saves another answer of the page `/`. Returns when that was. @param {string} service */
function save(service) {
  const file = path.join(folder, 'backend', 'rawscribe', 'routes', 'root.py')
  const changed = readFileSync(file, 'utf8').replace(/"service": "[^"]*"/, `"service": "${service}"`)
  const at = performance.now()
  writeFileSync(file, changed)
  return at
}

/** @param {string} api @param {string} service */
async function answered(api, service) {
  for (;;) {
    const answer = /** @type {{service?: string}} */ (await (await fetch(`${api}/`)).json())
    if (answer.service === service) return performance.now()
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
}

for (const part of parts)
  cpSync(path.join(checkout, part), path.join(folder, part), { recursive: true, preserveTimestamps: true })
mkdirSync(path.join(folder, '.rs'))
symlinkSync(path.join(checkout, 'node_modules'), path.join(folder, 'node_modules'))
for (const shared of ['toolchain', 'cache'])
  symlinkSync(path.join(checkout, '.rs', shared), path.join(folder, '.rs', shared))
make('local-start')
/** @type {import('node:child_process').ChildProcess | undefined} */
let watching
try {
  const deployed = make('rs-deploy', ...words)
  const api = /"api":"([^"]+)"/.exec(deployed)?.[1] ?? ''
  const child = spawn('make', ['rs-watch', ...words], {
    cwd: folder,
    detached: true,
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  watching = child
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  /** Resolves with the first line from now on that holds the text. @param {string} text */
  const line = async (text) => {
    for (;;) {
      const { value, done } = await lines.next()
      if (done) throw new Error(`rs-watch ended without ${text}`)
      if (value.includes(text)) return performance.now()
    }
  }
  await line('"watching ')
  /** @type {number[]} */
  const live = []
  /** @type {number[]} */
  const recorded = []
  // The first save is not measured: nothing is warm before it.
  for (let run = 0; run <= runs; run++) {
    const at = save(`save ${run}`)
    const [seen, proved] = await Promise.all([answered(api, `save ${run}`), line('"step-ended","title":"Release"')])
    if (run === 0) continue
    live.push(seen - at)
    recorded.push(proved - at)
  }
  process.stdout.write(`load ${loadavg()[0]?.toFixed(1)}, ${runs} saves, medians\n`)
  process.stdout.write(`answered by the saved code       ${told(live)}\n`)
  process.stdout.write(`proved over HTTP and recorded    ${told(recorded)}\n`)
} finally {
  if (watching?.pid !== undefined) process.kill(-watching.pid, 'SIGINT')
  make('local-stop')
  rmSync(folder, { recursive: true, force: true })
}
