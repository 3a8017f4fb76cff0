'use strict'
/**
 * Starts the program: what the build writes as dist/main.js, before the name of its first part. Keeps V8's compiled code
 * beside the parts, one file for each command: compiling them anew takes longer than most commands have to do. Node 22
 * can do that by itself (module.enableCompileCache), Node 20 cannot.
 */
const { createHash } = require('node:crypto')
const { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } = require('node:fs')
const path = require('node:path')
const { pathToFileURL } = require('node:url')
const { Script } = require('node:vm')

/** @typedef {{ script: Script, kept: boolean }} Loaded */

// Where V8 can take a part without copying it.
const align = 8
const digestBytes = 32
const headBytes = digestBytes + align

/**
 * Runs the part `first` of the program in `folder`, and whatever it asks for.
 *
 * @param {string} folder
 * @param {string} first file name of the entry
 * @param {string} build names the parts as a whole: compiled code is kept by it
 */
function start(folder, first, build) {
  const command = process.argv.slice(2).find((word) => /^[a-z][a-z-]*$/.test(word)) ?? 'help'
  const cacheFile = path.join(
    folder,
    `code-${build}`,
    `${command}-${process.version}-${process.platform}-${process.arch}.bin`,
  )
  const compiled = readCompiled(cacheFile)
  /** @type {Map<string, { exports: unknown }>} */
  const modules = new Map()
  /** @type {Map<string, Loaded>} */
  const loaded = new Map()

  /** @param {string} name @returns {unknown} */
  function load(name) {
    const known = modules.get(name)
    if (known !== undefined) return known.exports
    const filename = path.join(folder, name)
    // The parts were ES modules, which are strict.
    const code = `(function (exports, require, module, __moduleUrl) {'use strict';${readFileSync(filename, 'utf8')}\n})`
    const cachedData = compiled.get(name)
    const script = new Script(code, { filename, ...(cachedData === undefined ? {} : { cachedData }) })
    loaded.set(name, { script, kept: cachedData !== undefined && script.cachedDataRejected === false })
    const module = { exports: {} }
    modules.set(name, module)
    script.runInThisContext()(module.exports, requireFrom, module, pathToFileURL(filename).href)
    return module.exports
  }
  /** @param {string} id @returns {unknown} */
  function requireFrom(id) {
    return id.startsWith('./') ? load(id.slice(2)) : require(id)
  }

  process.once('exit', (code) => {
    if (code === 0 && [...loaded.values()].some(({ kept }) => !kept)) keepCompiled(cacheFile, compiled, loaded)
  })
  load(first)
}

/** The compiled code of each part; of none where the file is missing or broken. @param {string} file @returns {Map<string, Buffer>} */
function readCompiled(file) {
  try {
    const all = readFileSync(file)
    // V8 looks at the head of what it is given, not at the rest: a damaged one would end the process.
    if (!digest(all).equals(all.subarray(0, digestBytes))) return new Map()
    const size = all.readUInt32LE(digestBytes)
    /** @type {[string, number, number][]} */
    const index = JSON.parse(all.toString('latin1', headBytes, headBytes + size))
    return new Map(index.map(([name, at, length]) => [name, all.subarray(at, at + length)]))
  } catch {
    return new Map()
  }
}

/** @param {Buffer} all */
function digest(all) {
  return createHash('sha256').update(all.subarray(digestBytes)).digest()
}

/**
 * Taken at the end of a run: then it holds the functions that the command needed. What earlier runs kept of other parts
 * stays. A folder that cannot be written to costs time at the next start, nothing else.
 *
 * @param {string} file
 * @param {Map<string, Buffer>} before
 * @param {Map<string, Loaded>} loaded
 */
function keepCompiled(file, before, loaded) {
  const fresh = `${file}.${process.pid}`
  try {
    const parts = new Map(before)
    for (const [name, { script }] of loaded) parts.set(name, script.createCachedData())
    mkdirSync(path.dirname(file), { recursive: true })
    writeFileSync(fresh, packed([...parts]))
    renameSync(fresh, file)
  } catch {
    if (existsSync(fresh)) rmSync(fresh)
  }
}

/** One file of all: a digest of the rest, the length of the index, the index, the parts. @param {[string, Buffer][]} parts @returns {Buffer} */
function packed(parts) {
  const rounded = (/** @type {number} */ bytes) => Math.ceil(bytes / align) * align
  // The index is no longer than with the largest offsets that there can be.
  let at = headBytes + rounded(JSON.stringify(parts.map(([name]) => [name, 2 ** 32, 2 ** 32])).length)
  const index = parts.map(([name, { length }]) => {
    const entry = /** @type {const} */ ([name, at, length])
    at += rounded(length)
    return entry
  })
  const all = Buffer.alloc(at)
  all.writeUInt32LE(all.write(JSON.stringify(index), headBytes, 'latin1'), digestBytes)
  parts.forEach(([, data], i) => data.copy(all, index[i]?.[1]))
  digest(all).copy(all)
  return all
}

module.exports = start
