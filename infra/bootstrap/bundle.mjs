import { createHash } from 'node:crypto'
import { mkdirSync, readFileSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import path from 'node:path'

const keepOldMs = 60 * 60_000

/**
 * Bundles the program into `folder`, split into parts so that a command loads no more than it needs. The parts are
 * CommonJS, for only that can be started from compiled code on every Node; esbuild splits ES modules only, so that each is
 * rewritten afterwards.
 *
 * @param {string} folder
 */
export async function bundle(folder) {
  const { build, transform } = await import('esbuild')
  const { outputFiles } = await build({
    entryPoints: ['scripts/main.ts'],
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
  // The entry comes last and in one step: a run that starts meanwhile finds either the old program or the whole new one.
  const files = [{ name: 'package.json', code: '{ "type": "commonjs" }\n' }, ...parts, { name: 'main.js', code: main }]
  for (const { name, code } of files) {
    const file = path.join(folder, name)
    writeFileSync(`${file}.new`, code, { mode: name === 'main.js' ? 0o755 : 0o644 })
    renameSync(`${file}.new`, file)
  }
  const current = new Set([...files.map(({ name }) => name), `code-${build}`])
  for (const name of readdirSync(folder)) {
    const old = path.join(folder, name)
    if (!current.has(name) && statSync(old).mtimeMs < Date.now() - keepOldMs) rmSync(old, { recursive: true })
  }
}
