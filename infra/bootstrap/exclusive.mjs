import { linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'

const pollEveryMs = 100
const defaultMostMs = 15 * 60_000

/**
 * How to wait for another process.
 *
 * @typedef {object} Waiting
 * @property {(pid: number) => void} [onWait] told once, with the holder's process id
 * @property {number} [mostMs] how long at most; 15 minutes unless told
 * @property {AbortSignal} [signal] stops the waiting, with its reason
 * @property {(pid: number | undefined) => Error} [tooLong] what is thrown once it has been waited for so long
 */

/**
 * Runs `work` while no other process of this machine holds `lockFile`; a holder that has died is passed over.
 * Plain JavaScript: the installation uses it before any dependency is there.
 *
 * @template T
 * @param {string} lockFile
 * @param {() => Promise<T>} work
 * @param {Waiting} [waiting]
 * @returns {Promise<T>}
 */
export async function exclusively(lockFile, work, waiting = {}) {
  mkdirSync(path.dirname(lockFile), { recursive: true })
  const mine = `${lockFile}.${process.pid}.${Math.random().toString(36).slice(2)}`
  writeFileSync(mine, String(process.pid))
  try {
    await acquire(lockFile, mine, waiting)
    try {
      return await work()
    } finally {
      rmSync(lockFile, { force: true })
    }
  } finally {
    rmSync(mine, { force: true })
  }
}

/** @param {string} lockFile @param {string} mine @param {Waiting} waiting */
async function acquire(lockFile, mine, { onWait, mostMs = defaultMostMs, signal, tooLong = heldTooLong(lockFile) }) {
  const started = Date.now()
  let told = false
  while (!tryLink(mine, lockFile)) {
    const holder = holderOf(lockFile)
    if (holder !== undefined && !isAlive(holder)) {
      removeIfStill(lockFile, holder)
      continue
    }
    if (holder !== undefined && !told) onWait?.(holder)
    told = told || holder !== undefined
    if (Date.now() - started >= mostMs) throw tooLong(holder)
    signal?.throwIfAborted()
    await wait(pollEveryMs, undefined, signal === undefined ? {} : { signal }).catch((error) => {
      signal?.throwIfAborted()
      throw error
    })
  }
}

/** @param {string} lockFile @returns {(pid: number | undefined) => Error} */
function heldTooLong(lockFile) {
  return (pid) => new Error(`${lockFile} has been held for too long by process ${pid}: end it, or delete the file`)
}

/** A hard link to an existing name fails: of several processes exactly one succeeds. @param {string} from @param {string} to */
function tryLink(from, to) {
  try {
    linkSync(from, to)
    return true
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code === 'EEXIST') return false
    throw error
  }
}

/** @param {string} lockFile @returns {number | undefined} */
function holderOf(lockFile) {
  try {
    const pid = Number(readFileSync(lockFile, 'utf8'))
    return Number.isInteger(pid) && pid > 0 ? pid : undefined
  } catch {
    return undefined
  }
}

/** @param {number} pid */
function isAlive(pid) {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return /** @type {NodeJS.ErrnoException} */ (error).code === 'EPERM'
  }
}

/**
 * Two waiters may find the same dead holder: the second must not remove the first one's fresh lock, so the removal
 * itself is guarded by a lock of its own, and looks again. @param {string} lockFile @param {number} dead
 */
function removeIfStill(lockFile, dead) {
  const guard = `${lockFile}.takeover`
  const mine = `${guard}.${process.pid}`
  writeFileSync(mine, String(process.pid))
  const taken = tryLink(mine, guard)
  rmSync(mine, { force: true })
  if (!taken) {
    const other = holderOf(guard)
    if (other !== undefined && !isAlive(other)) rmSync(guard, { force: true })
    return
  }
  try {
    if (holderOf(lockFile) === dead) rmSync(lockFile, { force: true })
  } finally {
    rmSync(guard, { force: true })
  }
}
