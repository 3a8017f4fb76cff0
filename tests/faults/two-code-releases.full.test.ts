import { writeFile } from 'node:fs/promises'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { type Project, type RunResult, jsonLine, makeProject, shown } from '../e2e/support/project.js'
import { type FaultProxy, type Rule, startProxy } from '../support/fault-proxy.js'
import type { Call } from '../support/wire.js'
import { makeRig } from './support/rig.js'

const rig = await makeRig('people', ['first'])
const other: Project = await makeProject('other')
const main = path.join('backend', 'rawscribe', 'main.py')
const times = 5

/** One of two people, with a checkout and a wire of his own; what he changes is written down in one list of both. */
interface Person {
  name: string
  folder: string
  proxy: FaultProxy
}

describe('two people who release code of one target at once', () => {
  const changes: { by: string; operation: string }[] = []
  const people: Person[] = []
  let good: string

  beforeAll(async () => {
    good = await other.read(main)
    await rig.begin('first')
    const deployed = await rig.deploy()
    if (deployed.exitCode !== 0) throw new Error(shown(deployed))
    for (const [name, folder] of [
      ['anna', rig.project.folder],
      ['bert', other.folder],
    ] as const) {
      people.push({ name, folder, proxy: await startProxy(rig.proxy.url) })
    }
  }, 120_000)
  afterAll(async () => {
    for (const { proxy } of people) await proxy.close()
    await rig.remove()
    await other.remove()
  }, 60_000)

  const noting = (by: string): Rule => ({
    matches: ({ operation, write }: Call) => {
      // Trying to get the lock changes nothing.
      if (write && !operation.endsWith(' locks')) changes.push({ by, operation })
      return false
    },
    from: 1,
    times: 0,
    fault: { kind: 'reset' },
  })
  const save = ({ name, folder }: Person, what: string): Promise<void> =>
    writeFile(path.join(folder, main), `${good}\n# ${what} of ${name}\n`)
  const release = ({ folder, proxy }: Person, more: object = {}): Promise<RunResult> =>
    rig.deploy({ command: 'rs-deploy-function', folder, env: { AWS_ENDPOINT_URL: proxy.url }, ...more })
  const numberOf = (result: RunResult): number => Number(jsonLine(result, 'summary')['release'])
  /** Who changed something, run by run. */
  const turns = (): string[] => changes.map(({ by }) => by).filter((by, i, all) => by !== all[i - 1])

  it(`follow each other, ${times} times: whole releases, the second one of what it has read anew`, async () => {
    for (let round = 1; round <= times; round++) {
      changes.length = 0
      for (const one of people) one.proxy.rules(noting(one.name))
      for (const one of people) await save(one, `round ${round}`)
      const results = await Promise.all(people.map((one) => release(one)))
      for (const one of results) expect(jsonLine(one, 'summary')).toMatchObject({ outcome: 'deployed' })
      expect(turns()).toHaveLength(2)
      expect(results.filter(({ stdout }) => stdout.includes('waiting for '))).toHaveLength(1)
      const numbers = results.map(numberOf)
      expect([...numbers].sort((a, b) => a - b)).toEqual([2 * round, 2 * round + 1])
      const last = numbers[0]! > numbers[1]! ? 0 : 1
      expect(turns().at(-1)).toBe(people[last]!.name)
      expect(results[last]!.stdout).toContain('waiting for ')
      // Live is the code of the one who came second: his own run finds nothing to do.
      expect(jsonLine(await release(people[last]!), 'summary')).toMatchObject({ outcome: 'unchanged' })
    }
    expect(await rig.state()).toContain('receipts consecutive, the last is live')
  }, 300_000)

  it('or the second one is refused, with nothing of his changed', async () => {
    const [anna, bert] = people as [Person, Person]
    changes.length = 0
    let refused: Promise<RunResult> | undefined
    const slow: Rule = {
      matches: ({ operation }) => operation === 'UpdateFunctionCode',
      from: 1,
      times: 1,
      fault: { kind: 'delayed', ms: 5_000 },
    }
    anna.proxy.rules(noting(anna.name), slow)
    bert.proxy.rules(noting(bert.name))
    await save(anna, 'the first')
    await save(bert, 'the second')
    const onLine = (line: string): void => {
      if (!line.startsWith('{"type":"step-ended","title":"Lock"')) return
      refused = release(bert, { env: { AWS_ENDPOINT_URL: bert.proxy.url, RS_LOCK_WAIT: '0' } })
    }
    expect(jsonLine(await release(anna, { onLine }), 'summary')).toMatchObject({ outcome: 'deployed' })
    expect(jsonLine((await refused)!, 'failure')).toMatchObject({ code: 'Refused', exitCode: 3 })
    expect(turns()).toEqual(['anna'])
    expect(await rig.state()).toContain('receipts consecutive, the last is live')
  }, 120_000)
})
