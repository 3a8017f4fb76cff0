import { createHash } from 'node:crypto'
import { mkdirSync, readFileSync, readdirSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import path from 'node:path'

/** A program that runs (rs-watch, a deployment that waits) still asks for the parts it began with. */
const keepOldMs = 24 * 60 * 60_000
const listOfParts = 'parts.json'

/**
 * Bundles the program into `folder`, split into parts so that a command loads no more than it needs. The parts are
 * CommonJS, for only that can be started from compiled code on every Node; esbuild splits ES modules only, so that each is
 * rewritten afterwards.
 *
 * @param {string} folder
 * @param {string} [entry]
 */
export async function bundle(folder, entry = 'scripts/main.ts') {
  const { build, transform } = await import('esbuild')
  const { outputFiles } = await build({
    entryPoints: { main: entry },
    outdir: folder,
    entryNames: '[name]-[hash]',
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node20.19',
    // Packages that come in both forms are taken as ES modules: only of those is left out what nobody uses.
    mainFields: ['module', 'main'],
    minifySyntax: true,
    sourcemap: false,
    write: false,
    logLevel: 'error',
  })
  const parts = await Promise.all(
    outputFiles.map(async ({ path: file, text }) => {
      const options = /** @type {const} */ ({
        format: 'cjs',
        platform: 'node',
        target: 'node20.19',
        define: { 'import.meta.url': '__moduleUrl' },
        supported: { 'dynamic-import': false },
        logLevel: 'error',
      })
      return { name: path.basename(file), code: (await transform(text, options)).code }
    }),
  )
  write(folder, parts)
}

/** @param {string} folder @param {{ name: string, code: string }[]} parts */
function write(folder, parts) {
  const starter = readFileSync(new URL('start.cjs', import.meta.url), 'utf8')
  const whole = createHash('sha256').update(starter)
  for (const { name, code } of parts) whole.update(name).update(code)
  const build = whole.digest('hex').slice(0, 12)
  const first = parts.find(({ name }) => /^main-\w+\.js$/.test(name))?.name ?? ''
  const main = `#!/usr/bin/env node\n${starter}start(__dirname, '${first}', '${build}')\n`
  mkdirSync(folder, { recursive: true })
  const before = currentParts(folder)
  const current = [...parts.map(({ name }) => name), `code-${build}`, 'package.json', listOfParts, 'main.js']
  // The entry comes last and in one step: a run that starts meanwhile finds either the old program or the whole new one.
  const files = [
    { name: 'package.json', code: '{ "type": "commonjs" }\n' },
    ...parts,
    { name: listOfParts, code: JSON.stringify(current) },
    { name: 'main.js', code: main },
  ]
  for (const { name, code } of files) {
    const file = path.join(folder, name)
    writeFileSync(`${file}.new`, code, { mode: name === 'main.js' ? 0o755 : 0o644 })
    renameSync(`${file}.new`, file)
  }
  const kept = new Set(current)
  for (const name of readdirSync(folder)) {
    if (!kept.has(name)) retire(path.join(folder, name), before.has(name))
  }
}

/** What the last build made, as far as it can be known. @param {string} folder @returns {Set<string>} */
function currentParts(folder) {
  try {
    return new Set(JSON.parse(readFileSync(path.join(folder, listOfParts), 'utf8')))
  } catch {
    return new Set(readdirSync(folder))
  }
}

/** Its time counts from when it was replaced. What cannot be removed stays: the build is done. @param {string} old @param {boolean} replaced */
function retire(old, replaced) {
  const now = new Date()
  try {
    if (replaced) utimesSync(old, now, now)
    else if (statSync(old).mtimeMs < now.getTime() - keepOldMs) rmSync(old, { recursive: true })
  } catch {
    // Another user's, or another build removes it as well.
  }
}
