import { afterAll, describe, expect, it, jest } from '@jest/globals'
import { jsonLine, shown } from '../e2e/support/project.js'
import { type Blow, type Interruption, atEveryStep, describeInterruption, interrupt } from './support/interruptions.js'
import { type Cell, type Way, cellsOf, describeCell, runCell } from './support/matrix.js'
import { type Start, makeRig, org, password } from './support/rig.js'
import { type Watched, filesHolding, objectsHolding, watchBelow } from './support/secrets.js'

let seed = Math.abs(jest.getSeed())
/** The whole matrices are in *.full.test.ts; here one of all their cells, another one with each seed of jest. */
function bySeed<T>(all: readonly T[]): T {
  const one = all[seed % all.length]!
  seed = Math.floor(seed / all.length)
  return one
}
/** A first deployment, or a release of code after one; what is left out with one seed is held with another. */
const start = bySeed<Start>(['first', 'code', 'shift'])
let stopWatching = (): Watched => ({ looked: [], found: [] })
const rig = await makeRig('cuts', start === 'first' ? ['first'] : ['first', start], {
  onStart: (pid) => (stopWatching = watchBelow(() => pid, [password])),
})
const watched = stopWatching()

describe('a deployment', () => {
  afterAll(async () => rig.remove(), 60_000)

  it('shows its password to no process, in no file and in no object', async () => {
    expect(watched.found).toEqual([])
    expect(watched.looked.join('\n')).toContain('sam')
    expect(await filesHolding(rig.project.folder, [password])).toEqual([])
    const { read, held } = await objectsHolding(rig.clients().s3, [password])
    expect(held).toEqual([])
    expect(read).toBeGreaterThan(3)
  }, 60_000)

  it("shows a user's password and token in no file and in no object", async () => {
    const second = 'An0ther$$one!"x'
    const user = { RS_USER_NAME: `bob@${org}.org`, PASSWORD: second }
    const added = await rig.deploy({ command: 'rs-add-user', env: { ...user, RS_GROUP: 'RESEARCHERS' } })
    expect(shown(added)).toContain('exit 0')
    const token = await rig.deploy({ command: 'get-rs-token', env: user })
    expect(shown(token)).toContain('exit 0')
    const secrets = [second, ...JSON.stringify(jsonLine(token, 'result')).match(/eyJ[\w-]+\.[\w-]+\.[\w-]+/g)!]
    expect(secrets.length).toBeGreaterThan(1)
    expect(await filesHolding(rig.project.folder, secrets)).toEqual([])
    expect((await objectsHolding(rig.clients().s3, secrets)).held).toEqual([])
    expect(shown(added)).not.toContain(second)
  }, 60_000)

  const ways = start === 'first' ? (['answer-lost', 'killed', 'expired'] as const) : (['killed'] as const)
  const cells = cellsOf(start, rig.clean[start].writes, [bySeed<Way>(ways)])
  // A lost network is for *.full.test.ts: the SDK waits long before it gives up.
  const blow = bySeed<Blow>(['killed', 'ctrl-c'])
  const interruption = bySeed(atEveryStep(rig.clean.first, 'first', blow))
  const one = bySeed<Cell | Interruption>(start === 'first' ? [bySeed(cells), interruption] : [bySeed(cells)])
  const title = 'way' in one ? describeCell(one) : describeInterruption(one)
  it(`ends as one that nothing stopped, from start "${start}" after ${title}`, async () => {
    const { second, state, problems } = await ('way' in one ? runCell(one, rig) : interrupt(one, rig))
    expect(problems).toEqual([])
    if (second !== undefined) expect(shown(second)).toContain('exit 0')
    expect(state).toEqual(rig.clean[start].state)
  }, 180_000)
})
