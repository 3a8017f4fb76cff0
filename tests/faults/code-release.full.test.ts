import { afterAll, describe, expect, it } from '@jest/globals'
import { type Project, jsonLine, makeProject, shown } from '../e2e/support/project.js'
import { atEveryStep, describeInterruption, heldLock, interrupt } from './support/interruptions.js'
import { type Cell, cellsOf, describeCell, runCell, ruleOf } from './support/matrix.js'
import { killFamily } from './support/processes.js'
import { type Start, letLocksGoStale, makeRig, stack } from './support/rig.js'

const rig = await makeRig('codes', ['first', 'code', 'shift'])
const other: Project = await makeProject('other')

/** How often something is read depends on the clock: whether Lambda is ready (once before the update), how a shift goes. */
function leastTimes(start: Start, operation: string): number {
  if (operation.startsWith('monitoring.')) return 1
  const reads = start === 'shift' ? /\.(GET|Get|Describe|List)/ : /\/configuration$/
  return reads.test(operation) ? 2 : Infinity
}

/** Every call of a clean run, what is read again and again but as often as each run does. */
function boundaries(start: Start): Cell[] {
  const cells = cellsOf(start, rig.clean[start].calls, ['killed'])
  return cells.filter(({ operation, nth }) => nth <= leastTimes(start, operation))
}

/** From the first word of the shift's journal on: what is before it is a release at once. */
function withinShift(): Cell[] {
  const cells = boundaries('shift')
  return cells.slice(cells.findIndex(({ operation, nth }) => operation === 's3.PutObject locks' && nth === 2))
}

async function killedAt(cell: Cell): Promise<void> {
  await rig.begin(cell.start)
  let pid = 0
  rig.proxy.rules(ruleOf([cell], [], () => killFamily(pid)))
  await rig.deploy({ onStart: (started) => void (pid = started) })
  expect(rig.proxy.met()).toBe(1)
  rig.proxy.rules()
}

describe('a release of code that is killed or stopped, or', () => {
  afterAll(async () => {
    await rig.remove()
    await other.remove()
  }, 60_000)

  it.each([...boundaries('code'), ...withinShift()].map((cell) => [cell.start, describeCell(cell), cell] as const))(
    'from start "%s" at %s is found by the same command, which finishes it',
    async (start, _, cell) => {
      const left: { lock?: string | undefined; shift?: string | undefined } = {}
      const { problems, second, state } = await runCell(cell, rig, async () => {
        left.lock = await heldLock(rig)
        left.shift = await heldLock(rig, `locks/${stack}.shift.json`)
      })
      expect(problems).toEqual([])
      expect(shown(second!)).toContain('exit 0')
      expect(second!.stdout.includes('taking over from ')).toBe(left.lock !== undefined)
      expect(/left half way: going on|ended without saying so/.test(second!.stdout)).toBe(left.shift !== undefined)
      expect(state).toEqual(rig.clean[start].state)
    },
    120_000,
  )

  it.each(atEveryStep(rig.clean.code, 'code', 'ctrl-c').map((one) => [describeInterruption(one), one] as const))(
    'ends as one that nothing stopped after %s',
    async (_, one) => {
      const { problems, second, state } = await interrupt(one, rig)
      expect(problems).toEqual([])
      expect(shown(second)).toContain('exit 0')
      expect(state).toEqual(rig.clean.code.state)
    },
    120_000,
  )

  it('loses its network while it shifts says that nobody watches it, and the same command goes on', async () => {
    await rig.begin('shift')
    const lost = await rig.deploy({
      onLine: (line) => {
        if (line.includes('50 % of the requests')) rig.proxy.goAway()
      },
    })
    expect(lost.exitCode).toBe(5)
    expect(lost.stdout).toContain(
      '50 % of the requests reach version 2, the others version 1, and nobody watches it now',
    )
    rig.proxy.comeBack()
    letLocksGoStale(rig.proxy)
    const second = await rig.deploy()
    expect(shown(second)).toContain('exit 0')
    expect(second.stdout).toContain('left half way: going on with it')
    expect(await rig.state()).toEqual(rig.clean.shift.state)
  }, 180_000)

  const writes = withinShift().filter(({ operation }) => /Put|Update|DeleteObject locks/.test(operation))
  const ended = writes.findIndex(({ operation }) => operation === 's3.DeleteObject locks')

  it.each(writes.slice(0, ended).map((cell) => [describeCell(cell), cell] as const))(
    'while it shifts, at %s, is aborted from another checkout while its lock looks alive',
    async (_, cell) => {
      await killedAt(cell)
      const refused = await rig.deploy({
        folder: other.folder,
        command: 'rs-deploy-function',
        env: { RS_LOCK_WAIT: '0' },
      })
      expect(jsonLine(refused, 'failure')).toMatchObject({ code: 'Refused' })
      expect(refused.stdout).toContain('make rs-shift-abort')
      const aborted = await rig.deploy({ folder: other.folder, command: 'rs-shift-abort' })
      expect(jsonLine(aborted, 'summary')).toMatchObject({ outcome: 'aborted', by: 'this run' })
      expect(aborted.stdout).toContain('does not answer')
      expect(await rig.state()).toContain('live 1')
      await goesOn()
    },
    120_000,
  )

  it.each(writes.slice(0, ended).map((cell) => [describeCell(cell), cell] as const))(
    'while it shifts, at %s, is finished from another checkout',
    async (_, cell) => {
      await killedAt(cell)
      letLocksGoStale(rig.proxy)
      const finished = await rig.deploy({ folder: other.folder, command: 'rs-shift-finish' })
      expect(jsonLine(finished, 'summary')).toMatchObject({ outcome: 'finished', by: 'this run' })
      expect(finished.stdout).toContain('is not there any more')
      expect(await rig.state()).toEqual(expect.arrayContaining(['live 2', 'receipts consecutive, the last is live']))
      await goesOn()
    },
    120_000,
  )

  it('after its shift has ended leaves nothing to finish or abort, and the next command records it', async () => {
    await killedAt(writes[ended]!)
    for (const command of ['rs-shift-abort', 'rs-shift-finish']) {
      const result = await rig.deploy({ folder: other.folder, command })
      expect(jsonLine(result, 'summary')).toMatchObject({ outcome: 'none' })
    }
    expect(await rig.state()).toContain('live 2')
    await goesOn()
  }, 120_000)

  /** The same command at once, without STRATEGY: nothing of the shift is in its way. */
  async function goesOn(): Promise<void> {
    letLocksGoStale(rig.proxy)
    const next = await rig.deploy({ command: 'rs-deploy-function' })
    expect(shown(next)).toContain('exit 0')
    const state = await rig.state()
    expect(state).toEqual(expect.arrayContaining(['live 2', 'receipts consecutive, the last is live']))
    expect(state.filter((line) => line.includes('/locks/'))).toEqual([])
  }
})
