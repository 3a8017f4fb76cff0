import { isStale } from '../../core/lock.js'
import { commandFor } from '../../core/next-command.js'
import {
  type Shift,
  type ShiftWish,
  describeOwner,
  describeShift,
  isLockOf,
  sameFunctions,
  isUnshared,
} from '../../core/shift.js'
import { DeployError } from '../../errors.js'
import type { FunctionAlias } from '../../ports.js'
import type { Step } from '../../report/report.js'
import { confirmDeployment } from '../confirm.js'
import type { TargetContext } from '../context.js'
import { healthPathOf, readAttempts } from '../release/health-gate.js'
import { type Journal, readShift, writeShift } from './shift-journal.js'
import { changedHands, endInPlace } from './take-over-shift.js'
import { readLock, readLockWait } from '../lock/target-lock.js'

/** A shifting run looks at its journal every 5 s (local: 0.5 s); after this long without a sign it counts as dead. */
const graceMs = { aws: 20_000, local: 3_000 }
const pollMs = { aws: 1_000, local: 100 }

export type EndedShift =
  | { kind: 'none' }
  /** By the run that was shifting, or in its place; `release` where a receipt was written here. */
  | {
      kind: 'ended'
      by: 'its run' | 'this run'
      shift: Shift
      serving: Record<string, string>
      release: number | undefined
    }

/** Finishes or aborts the shift of a target, from anywhere: its run does it within seconds; where that is dead, this one. */
export async function endShift(what: ShiftWish, context: TargetContext): Promise<EndedShift> {
  const { report } = context
  if (what === 'finish') {
    readAttempts(context.inputs.HEALTH_ATTEMPTS)
    healthPathOf(context)
    readLockWait(context)
  }
  const found = await report.step('Shift', (step) => look(step, context))
  if (found === undefined) return { kind: 'none' }
  if (what === 'finish') await confirmDeployment(context)
  const silent = await report.step('Ask', (step) => askItsRun(what, found, step, context))
  const release = silent && (await endInPlace(what, silent, context))
  const serving = await verifyEnded(what, found.shift, context)
  return { kind: 'ended', by: silent === undefined ? 'its run' : 'this run', shift: found.shift, serving, release }
}

async function look(step: Step, context: TargetContext): Promise<Journal | undefined> {
  const found = await readShift(context)
  if (found === undefined) step.skip('none is under way')
  else step.say(`${describeOwner(found.shift)}: ${describeShift(found.shift)}`)
  return found
}

/** Undefined once the shift is over; its journal where nobody answers. */
async function askItsRun(
  what: ShiftWish,
  found: Journal,
  step: Step,
  context: TargetContext,
): Promise<Journal | undefined> {
  const { ports, who, cloud, signal } = context
  const kind = cloud.kind === 'aws' ? 'aws' : 'local'
  const { shift } = found
  if (shift.taken !== undefined || !(await isAlive(shift, context))) {
    step.skip(`${shift.taken?.who ?? shift.who} is not there any more`)
    return found
  }
  let held = await wish(what, found, context)
  const deadline = ports.clock.now().getTime() + graceMs[kind]
  step.progress(`asking ${describeOwner(shift)}`)
  while (held !== undefined) {
    const another = held.shift.owner !== shift.owner && held.shift.taken === undefined
    if (another) return askNext(what, found, held, step, context)
    if (ports.clock.now().getTime() >= deadline) {
      step.skip(`${(held.shift.taken ?? shift).who} does not answer`)
      return held
    }
    await ports.clock.sleep(pollMs[kind], signal)
    held = await readShift(context)
  }
  step.say(`${who === shift.who ? 'the other run' : shift.who} did it`)
  return undefined
}

/** Another run goes on with the shift: it is asked too, unless it made another one of it. */
async function askNext(
  what: ShiftWish,
  found: Journal,
  now: Journal,
  step: Step,
  context: TargetContext,
): Promise<Journal | undefined> {
  if (!sameFunctions(found.shift.functions, now.shift.functions)) throw changedHands(what, now.shift, context)
  step.line('plain', `${describeOwner(now.shift)} goes on with it`)
  return askItsRun(what, now, step, context)
}

/** Whether the target's lock is still renewed by the run that shifts; under one that cannot be read no run goes on. */
async function isAlive(shift: Shift, context: TargetContext): Promise<boolean> {
  const found = await readLock(context).catch((error: unknown) => {
    if (error instanceof DeployError && error.code === 'StackState') return undefined
    throw error
  })
  if (found === undefined || !isLockOf(shift, found.lock)) return false
  return !isStale(found.lock, found.object.modifiedAt, found.object.serverNow)
}

async function wish(what: ShiftWish, found: Journal, context: TargetContext): Promise<Journal | undefined> {
  const at = context.ports.clock.now().toISOString()
  let held: Journal | undefined = found
  while (held?.shift.owner === found.shift.owner) {
    const written: Journal | undefined = await writeShift(held, { wish: { what, who: context.who, at } }, context)
    if (written !== undefined) return written
    held = await readShift(context)
  }
  return held
}

/** Its run may have met a gate before it met the wish. */
async function verifyEnded(what: ShiftWish, shift: Shift, context: TargetContext): Promise<Record<string, string>> {
  const { functions } = context.ports
  const aliases = await Promise.all(shift.functions.map(({ name, alias }) => functions.alias(name, alias)))
  const next = await readShift(context)
  const serving = shift.functions.map(({ logicalId }, i) => [logicalId, aliases[i]?.version ?? 'none'] as const)
  const wanted = shift.functions.every((one, i) => {
    const now = aliases[i]
    return now?.version === (what === 'finish' ? one.to : one.from) && isUnshared(now)
  })
  if (wanted && next === undefined) return Object.fromEntries(serving)
  const text = wanted ? 'but another one began since' : `otherwise before it could ${what}`
  throw new DeployError('StackState', `the shift ended, ${text}`, {
    facts: [
      ...serving.map(([label, version], i) => ({ label, text: `version ${version} serves${sharedBy(aliases[i])}` })),
      ...(next === undefined ? [] : [{ label: 'Shift', text: describeOwner(next.shift) }]),
    ],
    hint: commandFor('rs-history', context.target),
  })
}

function sharedBy(alias: FunctionAlias | undefined): string {
  const others = Object.entries(alias?.weights ?? {})
  return others.map(([version, weight]) => `, ${Math.round(weight * 100)} % reach version ${version}`).join('')
}
