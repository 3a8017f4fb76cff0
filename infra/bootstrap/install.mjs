import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readFileSync, readdirSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { exclusively } from './exclusive.mjs'

const oldest = [20, 19]
const stampFile = 'node_modules/.installed'
const program = 'dist/main.js'
/** Tests and linters need the development packages as well; running the program does not wait for those. */
const developing = process.env['RS_PACKAGES'] === 'all'

/** @param {string} message @returns {never} */
function stop(message) {
  process.stderr.write(`${message}\n`)
  process.exit(2)
}

function verifyNode() {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
  const [wantedMajor = 0, wantedMinor = 0] = oldest
  if (major > wantedMajor || (major === wantedMajor && minor >= wantedMinor)) return
  stop(
    `Node.js ${process.versions.node} is too old, ${oldest.join('.')} or newer is needed: nvm install 22 (or your system's package), then the same command again`,
  )
}

function installPackages() {
  const lock = createHash('sha256').update(readFileSync('package-lock.json')).digest('hex')
  const present = existsSync(stampFile) ? readFileSync(stampFile, 'utf8') : ''
  // Once a checkout has them they stay, also when the lock file changes.
  const everything = developing || present.endsWith(' all')
  if (present === `${lock} all` || (present === `${lock} run` && !everything)) return
  process.stderr.write(
    `Installing the packages ${everything ? 'for development' : 'that the program needs'} (once) …\n`,
  )
  const omit = everything ? [] : ['--omit=dev']
  const result = spawnSync('npm', ['ci', ...omit, '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'], {
    stdio: ['ignore', 2, 'pipe'],
    encoding: 'utf8',
    // npm's own variables of a surrounding npm or make must not steer this installation.
    env: Object.fromEntries(
      Object.entries(process.env).filter(([name]) => !/^(MAKE|MFLAGS|npm_)/.test(name) && !/PASSWORD/.test(name)),
    ),
  })
  if (result.status !== 0) {
    const said = (result.stderr ?? '')
      .split('\n')
      .filter((line) => /^npm (error|ERR!) ./.test(line) && !/log of this run/.test(line))
    process.stderr.write(`${said.slice(0, 5).join('\n')}\n`)
    stop('npm ci failed, see above: check the network (and a proxy, if there is one), then the same command again')
  }
  writeFileSync(stampFile, `${lock} ${everything ? 'all' : 'run'}`)
}

/** Newest modification time below a folder, folders included: a deleted file counts as a change. @param {string} place @returns {number} */
function newest(place) {
  const here = statSync(place).mtimeMs
  if (!statSync(place).isDirectory()) return here
  return Math.max(here, ...readdirSync(place).map((name) => newest(path.join(place, name))))
}

async function buildProgram() {
  const sources = Math.max(newest('scripts'), newest('infra/bootstrap'), newest('package-lock.json'))
  if (existsSync(program) && statSync(program).mtimeMs >= sources) return
  // Not before now: what it needs has only just been installed.
  const { bundle } = await import('./bundle.mjs')
  await bundle(path.dirname(program))
}

verifyNode()
try {
  await exclusively(
    '.rs/install.lock',
    async () => {
      installPackages()
      await buildProgram()
      const now = new Date()
      utimesSync(program, now, now)
    },
    { onWait: (pid) => process.stderr.write(`Another make (process ${pid}) is installing; waiting for it …\n`) },
  )
} catch (error) {
  stop(`the program could not be built: ${error instanceof Error ? error.message : String(error)}`)
}
