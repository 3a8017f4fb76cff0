import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { type RunResult, jsonLine, shown } from '../e2e/support/project.js'
import { failingAfter } from '../e2e/support/bad-stacks.js'
import { killFamily } from './support/processes.js'
import { makeRig } from './support/rig.js'

const rig = await makeRig('attach', ['first'])
const slowMs = 150

/** Kills a deployment while CloudFormation works, and attaches to what it has begun. */
async function attached(): Promise<RunResult> {
  await rig.begin('first', slowMs)
  const dead = await rig.deploy({
    onLine: (line, pid) => {
      if (line.startsWith('{"type":"step-line","title":"Deploy"')) killFamily(pid)
    },
  })
  expect(dead.stdout).not.toContain('"type":"summary"')
  expect(dead.stdout).not.toContain('"type":"failure"')
  return rig.deploy({ command: 'rs-attach' })
}

describe('rs-attach, after the process of a deployment has died', () => {
  afterAll(async () => rig.remove(), 60_000)

  it('follows what it has begun to its good end', async () => {
    const result = await attached()
    expect(shown(result)).toContain('exit 0')
    expect(jsonLine(result, 'result')).toMatchObject({ data: { outcome: 'ended', status: 'CREATE_COMPLETE' } })
  }, 180_000)

  describe('on one that will fail', () => {
    const file = path.join(rig.project.folder, 'template.yaml')
    let whole = ''

    beforeAll(async () => {
      whole = await readFile(file, 'utf8')
      const bad = Object.entries(failingAfter(1)).map(([id, resource]) => `  ${id}: ${JSON.stringify(resource)}\n`)
      await writeFile(file, whole.replace(/^Resources:\n/m, `Resources:\n${bad.join('')}`))
    })
    afterAll(async () => writeFile(file, whole))

    it('gives the verdict that it would have given itself', async () => {
      await rig.begin('first', slowMs)
      const own = jsonLine(await rig.deploy(), 'failure')
      expect(own).toMatchObject({ code: 'StackFailed' })
      const verdict = jsonLine(await attached(), 'failure')
      expect(verdict).toMatchObject({ code: own['code'], message: own['message'], exitCode: 5 })
    }, 180_000)
  })
})
