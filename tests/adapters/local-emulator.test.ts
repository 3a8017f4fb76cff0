import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { access, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { systemClock } from '../../scripts/adapters/clock.js'
import { makeEmulator } from '../../scripts/adapters/local/emulator.js'
import type { Emulator } from '../../scripts/ports.js'

/** Stands for a local AWS: says what it is (or nothing), and at its end what it could not save. */
const standIn = `
const [folder, manner] = process.argv.slice(1)
const { appendFileSync, writeFileSync } = require('node:fs')
const server = require('node:http').createServer((request, response) => {
  if (manner === 'silent') return
  response.end(JSON.stringify({
    service: 'rawscribe-local-aws', ministack: '1', python: '3', pid: process.pid, port: server.address().port,
    dir: folder, startedAt: 0, notices: [], stackNames: ['one'], state: { problem: 'no space' } }))
})
server.listen(0, '127.0.0.1', () => {
  writeFileSync(folder + '/holder.json', JSON.stringify({ pid: process.pid, port: server.address().port }))
  process.stdout.write('up')
})
process.on('SIGTERM', () => {
  appendFileSync(folder + '/emulator.log', 'local AWS: the last changes are lost, no space\\n')
  process.exit(1)
})`

describe('the local AWS of a folder', () => {
  let stateFolder: string
  let folder: string
  let child: ChildProcess | undefined
  let emulator: Emulator
  beforeEach(async () => {
    stateFolder = await mkdtemp(path.join(tmpdir(), 'emulator-'))
    folder = path.join(stateFolder, 'local')
    await mkdir(folder)
    const python = (): Promise<string> => Promise.reject(new Error('nothing is started here'))
    const place = { toolFolder: stateFolder, stateFolder, env: {}, python, tell: () => undefined, patienceMs: 100 }
    emulator = makeEmulator(place, systemClock)
  })
  afterEach(async () => {
    child?.kill('SIGKILL')
    await rm(stateFolder, { recursive: true })
  })
  const begin = async (manner: string): Promise<void> => {
    child = spawn(process.execPath, ['-e', standIn, folder, manner])
    await once(child.stdout!, 'data')
  }

  it('that is silent is not taken for absent: nothing is started or removed under it', async () => {
    await begin('silent')
    const told = { code: 'ToolFailed', message: expect.stringContaining('does not answer') }
    await expect(emulator.running()).rejects.toMatchObject(told)
    await expect(emulator.start()).rejects.toMatchObject(told)
    await expect(emulator.reset()).rejects.toMatchObject(told)
    await access(path.join(folder, 'holder.json'))
  })

  it('says that changes are not saved, and at its end that they are lost', async () => {
    await writeFile(path.join(folder, 'emulator.log'), 'local AWS: the last changes are lost, of an earlier run\n')
    await begin('unsaved')
    expect(await emulator.running()).toMatchObject({ problem: 'no space', stacks: ['one'] })
    expect(await emulator.stop()).toEqual({ stopped: true, lost: 'the last changes are lost, no space' })
  })

  it('is absent when the process that is noted down is gone, whoever has its port now', async () => {
    await begin('silent')
    child!.kill('SIGKILL')
    await once(child!, 'exit')
    expect(await emulator.running()).toBeUndefined()
    expect(await emulator.stop()).toEqual({ stopped: false })
  })
})
