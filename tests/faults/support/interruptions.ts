import { GetObjectCommand, ListObjectsV2Command } from '@aws-sdk/client-s3'
import { readFile, readdir } from 'node:fs/promises'
import path from 'node:path'
import { type RunResult, shown } from '../../e2e/support/project.js'
import { settled } from './matrix.js'
import { killFamily } from './processes.js'
import { type CleanRun, type Rig, type Start, deployments, letLocksGoStale, lockKey } from './rig.js'

/** What befalls a run from outside. */
export type Blow = 'killed' | 'offline' | 'ctrl-c' | 'ctrl-c-twice'

/** When: at a step's beginning or end, or at the nth call over the wire. */
export type Moment = { step: string; edge: 'started' | 'ended' } | { call: number }

export interface Interruption<From extends Start = Start> {
  start: From
  blow: Blow
  moment: Moment
  /** How long CloudFormation takes for each resource; 0 for no time. */
  slowMs: number
}

export interface Interrupted {
  /** What is wrong with how the run ended, or that nothing befell it; empty when all is well. */
  problems: string[]
  /** The same command again. */
  second: RunResult
  state: string[]
}

export function describeInterruption({ blow, moment, slowMs }: Interruption): string {
  const when = 'call' in moment ? `call ${moment.call}` : `${moment.step} ${moment.edge}`
  return `${blow} at ${when}${slowMs === 0 ? '' : `, ${slowMs} ms a resource`}`
}

/** At the beginning of every step of a clean run of `start` (which is the end of the one before), and at the very end. */
export function atEveryStep<From extends Start>({ steps }: CleanRun, start: From, blow: Blow): Interruption<From>[] {
  const moments = steps.map((step): Moment => ({ step, edge: 'started' }))
  const end: Moment = { step: steps.at(-1) ?? '', edge: 'ended' }
  return [...moments, end].map((moment, i) => ({ start, blow, moment, slowMs: i % 2 === 0 ? 0 : 40 }))
}

/** Interrupts a run, looks at how it ended, and runs the same command again. */
export async function interrupt(one: Interruption, rig: Rig): Promise<Interrupted> {
  await rig.begin(one.start, one.slowMs)
  const { first, fell } = await strike(one, rig)
  const problems = fell ? await problemsOf(one, first, rig) : ['nothing befell it']
  rig.proxy.rules()
  rig.proxy.comeBack()
  if (one.blow !== 'ctrl-c') letLocksGoStale(rig.proxy)
  const second = await rig.deploy()
  return { problems, second, state: settled(second, await rig.state()) }
}

async function strike({ blow, moment }: Interruption, rig: Rig): Promise<{ first: RunResult; fell: boolean }> {
  let pid = 0
  let fell = false
  const blows: Record<Blow, () => void> = {
    killed: () => killFamily(pid),
    offline: () => rig.proxy.goAway(),
    'ctrl-c': () => process.kill(-pid, 'SIGINT'),
    'ctrl-c-twice': () => process.kill(-pid, 'SIGINT'),
  }
  const fall = (): void => {
    if (fell) return
    fell = true
    blows[blow]()
  }
  const away = { matches: () => true, from: 'call' in moment ? moment.call : Infinity, times: 1 }
  // Giving the lock back takes its time: there is something to leave at once.
  const releasing = { matches: isRelease, from: 1, times: Infinity, fault: { kind: 'delayed', ms: 600_000 } } as const
  rig.proxy.rules(...(blow === 'ctrl-c-twice' ? [releasing] : []), { ...away, fault: { kind: 'then', happens: fall } })
  const first = await rig.deploy({
    onStart: (started) => void (pid = started),
    onLine: (line) => {
      if ('step' in moment && line.startsWith(`{"type":"step-${moment.edge}","title":"${moment.step}"`)) fall()
      if (blow === 'ctrl-c-twice' && line.includes('once more leaves at once')) process.kill(-pid, 'SIGINT')
    },
  })
  return { first, fell }
}

function isRelease({ operation }: { operation: string }): boolean {
  return operation === 'DeleteObject locks'
}

async function problemsOf({ blow }: Interruption, first: RunResult, rig: Rig): Promise<string[]> {
  const failures = first.stdout.split('\n').filter((line) => line.startsWith('{"type":"failure"'))
  const failure = JSON.parse(failures.at(-1) ?? '{}') as Record<string, string | undefined>
  const said = [failure['code'], failure['message'], failure['hint']].join(' ')
  const codes: Record<Blow, number[]> = { killed: [-1, 0], offline: [5, 0], 'ctrl-c': [3, 0], 'ctrl-c-twice': [130] }
  const problems = [
    codes[blow].includes(first.exitCode) ? '' : `it ended with ${first.exitCode}`,
    failures.length > 1 ? `it failed ${failures.length} times` : '',
  ]
  if (blow === 'offline' && first.exitCode !== 0) {
    // Over HTTP nobody can tell a lost network from an API that does not answer.
    const known = ['AwsFailed', 'ToolFailed', 'Unhealthy'].includes(failure['code'] ?? '')
    problems.push(known ? '' : 'another code word')
    problems.push((failure['hint'] ?? '') === '' ? 'no hint' : '')
  }
  if (blow === 'ctrl-c' && first.exitCode !== 0) {
    const [way, watched] = ['the same command again', failure['step'] === 'Deploy' ? 'make rs-attach' : '']
    const wayOn = said.startsWith('Interrupted') && said.includes(way) && said.includes(watched)
    problems.push(wayOn ? '' : 'no word of how to go on')
    problems.push((await heldLock(rig)) === undefined ? '' : 'the lock stays')
  }
  if (blow !== 'killed') problems.push(await unclosedLog(first, rig))
  const wrong = problems.filter((text) => text !== '')
  return wrong.length === 0 ? [] : [...wrong, shown(first)]
}

/** The lock, or another object of the deployments bucket, as it lies there; undefined where there is none. */
export async function heldLock(rig: Rig, key = lockKey): Promise<string | undefined> {
  const { s3 } = rig.clients()
  const { Contents = [] } = await s3
    .send(new ListObjectsV2Command({ Bucket: deployments, Prefix: key }))
    .catch(() => ({ Contents: [] }))
  if (Contents.length === 0) return undefined
  return (await s3.send(new GetObjectCommand({ Bucket: deployments, Key: key }))).Body?.transformToString()
}

/** The newest log must close with the status line that agrees with the exit code. */
async function unclosedLog({ exitCode }: RunResult, rig: Rig): Promise<string> {
  const folder = path.join(rig.project.folder, '.rs', 'logs')
  const name =
    (await readdir(folder))
      .filter((one) => one.includes('-rs-deploy-'))
      .sort()
      .at(-1) ?? ''
  const last = (await readFile(path.join(folder, name), 'utf8')).trimEnd().split('\n').at(-1) ?? ''
  return last.includes(`exit ${exitCode}, after`) && last.includes(' closed: ') ? '' : `its log ends with ${last}`
}
